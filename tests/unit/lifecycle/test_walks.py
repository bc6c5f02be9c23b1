"""Wherever random walks lead, what must always hold does."""

from __future__ import annotations

from datetime import datetime
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heitu.engines.lifecycle import actions
from heitu.engines.lifecycle.models import Case
from heitu.engines.lifecycle.tasks import sweep_deadlines
from heitu.ground.core.errors import Refused
from heitu.ground.people.models import Person
from tests.unit.lifecycle import library
from tests.unit.lifecycle.library import NOW, REQUEST, a_case, version
from tests.unit.lifecycle.walks import Walker, check, walk


@pytest.mark.parametrize("machine", ["case", "call"])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_no_walk_breaks_a_case(machine: str, seed: int, reader: Person, librarian: Person) -> None:
    random = Random(seed)

    def between(case: Case, now: datetime) -> None:
        library.shelf.update({"in": random.random() < 0.7, "fines": random.random() < 0.3})
        if random.random() < 0.3:
            sweep_deadlines(now)

    case = a_case(version(), machine)
    walker = Walker({"reader": reader, "librarian": librarian}, {"request": REQUEST}, between)
    end = walk(case, walker, random=random, now=NOW)
    check(case)
    if case.closed_at:
        with pytest.raises(Refused) as caught:
            actions.move(case=case, event="ask", by=reader, now=end)
        assert caught.value.code == "closed"
