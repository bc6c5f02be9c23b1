"""What a machine's own timing must look like before it may say who is faster. No timing here, so no luck either."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from heitu.engines.judge.certificate import Certificate


@pytest.mark.parametrize(("geomean", "low", "high", "ok"), [
    (1.0, 0.99, 1.01, True), (1.029, 0.99, 1.059, True), (0.98, 0.95, 1.0, True),
    (1.04, 1.03, 1.05, False), (0.96, 0.95, 0.97, False),  # one of the twins is favoured
    (1.0, 0.80, 1.25, False), (1.01, 0.99, 1.07, False), (0.99, 0.94, 1.01, False),  # even by luck
])
def test_even_and_told_narrowly(geomean: float, low: float, high: float, ok: bool) -> None:
    assert Certificate(geomean, low, high).ok is ok


@given(st.floats(0.5, 2), st.floats(1, 2), st.floats(1, 2))
def test_neither_twin_is_favoured(geomean: float, below: float, above: float) -> None:
    """The same looked at from the other side, but where rounding decides."""
    one, other = Certificate(geomean, geomean / below, geomean * above), Certificate(1 / geomean, 1 / geomean / above, below / geomean)
    assume(all(abs(end * border - 1) > 1e-9 for end in (geomean, one.low, one.high, other.low, other.high) for border in (
        1.03, 1 / 1.03, 1.06, 1 / 1.06,
    )))
    assert (one.is_even, one.is_wide) == (other.is_even, other.is_wide)


def test_it_says_what_to_mend() -> None:
    assert str(Certificate(1.1, 1.08, 1.12)) == "one program against itself came out at 1.100 (1.080–1.120)"
    assert "too noisy to tell" in str(Certificate(1.0, 0.8, 1.2))
