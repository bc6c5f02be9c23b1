"""Values that pass between two sandboxes: what goes in comes out, and nothing else does."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from heitu.engines.sandbox.notebook.envelope import Unreadable, seal
from heitu.engines.sandbox.notebook.values import Reader, Writer

numbers_alone = st.integers() | st.floats(allow_nan=False) | st.complex_numbers(allow_nan=False)
scalars = st.none() | st.booleans() | numbers_alone | st.text() | st.binary()
hashable = st.none() | st.booleans() | st.integers() | st.text()
plain = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(hashable, inner, max_size=4) | st.tuples(inner, inner)
        | st.sets(hashable, max_size=4) | st.frozensets(hashable, max_size=4)
    ),
    max_leaves=8,
)


def passed(value: Any) -> Any:
    writer = Writer(lambda kept: ["x", 1, "object", type(kept).__name__])
    data = writer.message({"ok": writer.value(value)})
    reader = Reader(data, lambda *rest: rest, lambda number: number)
    return reader.value(reader.body["ok"])


@settings(max_examples=60, deadline=None)
@given(plain)
def test_plain_values_come_out_as_they_went_in(value: Any) -> None:
    found = passed(value)
    assert found == value
    assert type(found) is type(value)


numbers = arrays.arrays(
    st.sampled_from(["bool", "int8", "int64", "uint16", "float32", "float64", "complex128", "<U3", "datetime64[D]"]),
    arrays.array_shapes(min_dims=0, max_dims=3, max_side=4),
)


@settings(max_examples=60, deadline=None)
@given(numbers)
def test_arrays_come_out_as_they_went_in(value: Any) -> None:
    found = passed(value)
    assert found.dtype == value.dtype
    assert found.shape == value.shape
    assert found.tobytes() == value.tobytes()


def test_what_is_shared_stays_shared() -> None:
    inner = [1]
    circle: list[Any] = [inner, inner]
    circle.append(circle)
    found = passed(circle)
    assert found[0] is found[1]
    assert found[2] is found


class Sly(int):
    pass


STRANGE = {
    "a subclass": Sly(3), "an object": object(), "a matrix": np.zeros(1).view(np.matrix),
    "a record": np.zeros(1, dtype=[("a", int)]),
}


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE.keys())
def test_anything_else_stays_at_home(value: Any) -> None:
    assert passed(value)[1] == "object"


CROOKED: list[Any] = [
    ["a", 0, "<f8", [1 << 40], [0, 8], "C"], ["a", 0, "|O8", [1], [0, 8], "C"], ["a", 5, "<f8", [0], [0, 0], "C"], ["b", [0, 99]],
    ["m", 3], ["k", "os.system"], ["q", "eval", ["1"]], ["nope"], [], {"a": 1}, ["d", 0, 1], ["l"], ["i", "x"], ["T", "os", 1],
    ["D", "Series", []], ["s", 0, ["l", 1]],
]


@pytest.mark.parametrize("said", CROOKED, ids=str)
def test_a_strangers_message_is_no_value(said: Any) -> None:
    reader = Reader(seal({"ok": said}), lambda *rest: rest, lambda number: {}[number])
    with pytest.raises(Unreadable):
        reader.value(said)


NO_MESSAGES = [b"", b"\xff\xff\xff\xff", seal({})[:5], b"\x02\x00\x00\x00[]", b"\x05\x00\x00\x00" + json.dumps("abc").encode()]


@pytest.mark.parametrize("data", NO_MESSAGES)
def test_what_is_no_message_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        Reader(data, lambda *rest: rest, lambda number: number)
