"""Values as data: what passes by value between two sandboxes, and what stays at home with a number to be asked by.

A message is JSON with the bytes of arrays behind it: no pickle and no marshal, since the reader doesn't trust the
writer. JSON's own null, bool, string, float and small integers stand for themselves; a list is [tag, …]:

    l s f d     list, set, frozenset, dict: its number in the message, then its items    t  tuple
    a n         numpy array (its number, dtype, shape, blob), scalar (dtype, blob)
    i c b B     large integer, complex, bytes, bytearray                                 r  range   /  slice
    q           one of few other exact types, by a function of FORMS                     k  a type both sides have
    m           the container of that number, again                                      M  a module, by name
    x           an object of the writer's: number, kind, type's name, more               y  one of the reader's own
    D           pandas' DataFrame, Series or Index                                       T  a framework's tensor

Containers that can change are numbered in the order in which they are met, so that both sides agree on them.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from heitu.engines.sandbox.notebook.envelope import Unreadable, seal, unseal

_SAFE = 1 << 62
_MOST_ITEMS = 2_000_000
_NUMERIC = "?bBhHiIlLqQefdgFDSUmM"

# Types that both sides have: passing one by name gives nothing away and nothing in.
KNOWN: dict[str, type] = {
    f"{kind.__module__}.{kind.__qualname__}": kind
    for kind in (
        *(kind for kind in vars(__import__("builtins")).values() if isinstance(kind, type)),
        *(getattr(np, name) for name in dir(np) if isinstance(getattr(np, name, None), type)),
        type(None), types.FunctionType, types.GeneratorType, types.ModuleType, types.MethodType,
        collections.OrderedDict, collections.Counter, collections.deque, collections.defaultdict,
        datetime.date, datetime.datetime, datetime.timedelta, datetime.time, decimal.Decimal, fractions.Fraction,
    )
}
_NAMES = {kind: name for name, kind in KNOWN.items()}

# Exact type → to plain arguments, and from them.
FORMS: dict[str, tuple[type, Callable[[Any], list[Any]], Callable[..., Any]]] = {
    "decimal": (decimal.Decimal, lambda v: [str(v)], decimal.Decimal),
    "fraction": (fractions.Fraction, lambda v: [v.numerator, v.denominator], fractions.Fraction),
    "datetime": (datetime.datetime, lambda v: [v.isoformat()], datetime.datetime.fromisoformat),
    "date": (datetime.date, lambda v: [v.isoformat()], datetime.date.fromisoformat),
    "delta": (datetime.timedelta, lambda v: [v.days, v.seconds, v.microseconds], datetime.timedelta),
    "ellipsis": (type(...), lambda v: [], lambda: ...),
    "notimplemented": (type(NotImplemented), lambda v: [], lambda: NotImplemented),
    "default": (
        collections.defaultdict, lambda v: [dict(v)], lambda items: collections.defaultdict(None, items)
    ),
    "counter": (collections.Counter, lambda v: [dict(v)], collections.Counter),
    "ordered": (collections.OrderedDict, lambda v: [[list(pair) for pair in v.items()]], collections.OrderedDict),
    "deque": (collections.deque, lambda v: [list(v), v.maxlen], collections.deque),
}
_VIEWS: dict[str, tuple[type, Callable[[Any], list[Any]], Callable[..., Any]]] = {
    "keys": (type({}.keys()), lambda v: [list(v)], lambda keys: dict.fromkeys(keys).keys()),
    "values": (type({}.values()), lambda v: [list(v)], lambda items: dict(enumerate(items)).values()),
    "items": (type({}.items()), lambda v: [list(v)], lambda pairs: dict(pairs).items()),
}
FORMS |= _VIEWS
_FORM_OF = {kind: name for name, (kind, _, _) in FORMS.items()}


class Writer:
    """Writes one message. `keep` says what becomes of an object that stays at home: the rest of its ["x", …]."""

    def __init__(self, keep: Callable[[Any], list[Any]], numbered: Iterable[Any] = ()) -> None:
        """`numbered` are containers of the message that this one answers: a result may be one of the arguments."""
        self._keep = keep
        self._blobs: list[bytes] = []
        self._size = 0
        self._items = 0
        self.numbered: list[Any] = []
        self._numbers: dict[int, int] = {}
        for value in numbered:
            self._number(value)

    def message(self, body: Any) -> bytes:
        """The whole message; `body` is JSON with values that `value` made in it."""
        return seal(body, *self._blobs)

    def value(self, value: Any) -> Any:
        """JSON for a value."""
        self._items += 1
        if self._items > _MOST_ITEMS:
            raise ValueError("too many items to pass on")
        kind = type(value)
        if value is None or kind is bool or kind is str or kind is float:
            return value
        if kind is int:
            return value if -_SAFE < value < _SAFE else ["i", hex(value)]
        write = _WRITERS.get(kind)
        if write is not None:
            return write(self, value)
        return self._rarer(value, kind)

    def _rarer(self, value: Any, kind: type) -> Any:
        """By its exact type, never by `isinstance`: that would ask a stand-in what it is."""
        if issubclass(kind, np.generic) and kind.__module__ == "numpy":
            return self._scalar(value)
        if issubclass(kind, np.dtype):
            return ["a", -1, value.str, [], None] if value.char in _NUMERIC else self._keep(value)
        if issubclass(kind, type) and value in _NAMES:
            return ["k", _NAMES[value]]
        if kind is types.ModuleType:
            return ["M", value.__name__]
        if kind in _FORM_OF:
            name = _FORM_OF[kind]
            return ["q", name, [self.value(each) for each in FORMS[name][1](value)]]
        return self._table(value, kind) or self._tensor(value, kind) or self._keep(value)

    def _number(self, value: Any) -> int | None:
        """Of a container met for the first time; None for one met before."""
        if id(value) in self._numbers:
            return None
        self._numbers[id(value)] = len(self.numbered)
        self.numbered.append(value)
        return len(self.numbered) - 1

    def _again(self, value: Any) -> list[Any]:
        return ["m", self._numbers[id(value)]]

    def _many(self, tag: str, value: Any) -> Any:
        number = self._number(value)
        if number is None:
            return self._again(value)
        return [tag, number, *[self.value(each) for each in value]]

    def _dict(self, value: dict[Any, Any]) -> Any:
        number = self._number(value)
        if number is None:
            return self._again(value)
        return ["d", number, *[self.value(each) for pair in value.items() for each in pair]]

    def _array(self, value: Any) -> Any:
        if value.dtype.char not in _NUMERIC:
            return self._objects(value) if value.dtype.char == "O" else self._keep(value)
        number = self._number(value)
        if number is None:
            return self._again(value)
        order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
        return ["a", number, value.dtype.str, list(value.shape), self._blob(value.tobytes(order)), order]

    def _objects(self, value: Any) -> Any:
        number = self._number(value)
        if number is None:
            return self._again(value)
        return ["a", number, "O", list(value.shape), [self.value(each) for each in value.ravel().tolist()], "C"]

    def _scalar(self, value: Any) -> Any:
        if value.dtype.char not in _NUMERIC:
            return self._keep(value)
        return ["n", value.dtype.str, self._blob(np.asarray(value).tobytes())]

    def _blob(self, data: bytes) -> list[int]:
        self._blobs.append(data)
        self._size += len(data)
        return [self._size - len(data), len(data)]

    def _table(self, value: Any, kind: type) -> Any:
        pandas = sys.modules.get("pandas")
        name = kind.__name__
        if pandas is None or kind is not getattr(pandas, name, None) or name not in _TABLES:
            return None
        try:
            return ["D", name, [self.value(each) for each in _TABLES[name][0](value)]]
        except _Strange:
            return None

    def _tensor(self, value: Any, kind: type) -> Any:
        for name, (is_one, to_array, _) in _TENSORS.items():
            framework = sys.modules.get(name)
            if framework is not None and is_one(framework, kind) and (array := to_array(value)) is not None:
                return ["T", name, self.value(array)]
        return None


_WRITERS: dict[type, Callable[[Writer, Any], Any]] = {
    list: lambda w, v: w._many("l", v),
    tuple: lambda w, v: ["t", *[w.value(each) for each in v]],
    dict: Writer._dict,
    set: lambda w, v: w._many("s", v),
    frozenset: lambda w, v: ["f", *[w.value(each) for each in v]],
    complex: lambda w, v: ["c", v.real, v.imag],
    bytes: lambda w, v: ["b", w._blob(v)],
    bytearray: lambda w, v: ["B", w._blob(bytes(v))],
    range: lambda w, v: ["r", v.start, v.stop, v.step],
    slice: lambda w, v: ["/", w.value(v.start), w.value(v.stop), w.value(v.step)],
    np.ndarray: Writer._array,
}


class Reader:
    """Reads one message. `find` makes of the rest of ["x", …] a stand-in, `own` gives back one of our own objects."""

    def __init__(
        self, data: bytes, find: Callable[..., Any], own: Callable[[int], Any], numbered: list[Any] | None = None
    ) -> None:
        self.body, self._blobs = unseal(data)
        self._find, self._own = find, own
        self.numbered: list[Any] = list(numbered or [])

    def value(self, said: Any) -> Any:
        """The value that its JSON says. Raises Unreadable."""
        try:
            return self._value(said)
        except Unreadable:
            raise
        except Exception as error:
            raise Unreadable(f"{type(error).__name__}: {error}") from None

    def _value(self, said: Any) -> Any:
        if type(said) is not list:
            if type(said) is dict:
                raise Unreadable("a bare object")
            return said
        return _READERS[said[0]](self, *said[1:])

    def _put(self, number: int, value: Any) -> Any:
        if number != len(self.numbered):
            raise Unreadable("containers out of order")
        self.numbered.append(value)
        return value

    def _list(self, number: int, *items: Any) -> Any:
        made: list[Any] = self._put(number, [])
        made += [self._value(each) for each in items]
        return made

    def _set(self, number: int, *items: Any) -> Any:
        made: set[Any] = self._put(number, set())
        made.update(self._value(each) for each in items)
        return made

    def _dict(self, number: int, *items: Any) -> Any:
        made: dict[Any, Any] = self._put(number, {})
        for key, value in zip(items[::2], items[1::2], strict=True):
            made[self._value(key)] = self._value(value)
        return made

    def _array(self, number: int, kind: str, shape: list[int], blob: Any, order: str = "C") -> Any:
        if number == -1:
            return _dtype(kind)
        if kind == "O":
            made = self._put(number, np.empty(shape, object))
            for place, each in zip(np.ndindex(*shape), blob, strict=True):
                made[place] = self._value(each)
            return made
        values = np.frombuffer(self._bytes(blob), _dtype(kind)).reshape(shape, order="F" if order == "F" else "C")
        return self._put(number, values.copy(order="K"))

    def _bytes(self, blob: list[int]) -> bytes:
        start, length = blob
        if start < 0 or length < 0 or start + length > len(self._blobs):
            raise Unreadable("bytes that aren't there")
        return bytes(self._blobs[start : start + length])

    def _form(self, name: str, arguments: list[Any]) -> Any:
        return FORMS[name][2](*[self._value(each) for each in arguments])

    def _table(self, name: str, parts: list[Any]) -> Any:
        return _TABLES[name][1](sys.modules["pandas"], *[self._value(each) for each in parts])

    def _tensor(self, name: str, array: Any) -> Any:
        return _TENSORS[name][2](sys.modules[name], self._value(array))


def _dtype(kind: str) -> Any:
    found = np.dtype(kind)
    if found.char not in _NUMERIC:
        raise Unreadable("a dtype that isn't passed")
    return found


_READERS: dict[str, Callable[..., Any]] = {
    "l": Reader._list,
    "s": Reader._set,
    "d": Reader._dict,
    "a": Reader._array,
    "t": lambda r, *items: tuple(r._value(each) for each in items),
    "f": lambda r, *items: frozenset(r._value(each) for each in items),
    "n": lambda r, kind, blob: np.frombuffer(r._bytes(blob), _dtype(kind))[0],
    "i": lambda r, text: int(text, 16),
    "c": lambda r, real, imag: complex(real, imag),
    "b": lambda r, blob: r._bytes(blob),
    "B": lambda r, blob: bytearray(r._bytes(blob)),
    "r": lambda r, *ends: range(*ends),
    "/": lambda r, *ends: slice(*[r._value(each) for each in ends]),
    "q": Reader._form,
    "k": lambda r, name: KNOWN[name],
    "m": lambda r, number: r.numbered[number],
    "M": lambda r, name: r._find("module", name),
    "x": lambda r, *rest: r._find(*rest),
    "y": lambda r, number: r._own(number),
    "D": Reader._table,
    "T": Reader._tensor,
}


class _Strange(ValueError):
    """A table with a column that isn't passed by value."""


_AS_OBJECTS = ("object", "str", "string")


def _column(values: Any) -> list[Any]:
    """A column as an array and the name of its dtype; text and mixed ones as arrays of objects."""
    kind, array = str(values.dtype), values.to_numpy()
    if kind in _AS_OBJECTS:
        return [array.astype(object), kind]
    if array.dtype.char in _NUMERIC and str(array.dtype) == kind:
        return [array, kind]
    raise _Strange(kind)


def _index(index: Any) -> Any:
    if type(index).__name__ == "RangeIndex":
        return range(index.start, index.stop, index.step)
    if type(index).__name__ != "Index":
        raise _Strange(type(index).__name__)
    return _column(index)


def _as_index(pandas: Any, values: Any, name: Any) -> Any:
    if isinstance(values, range):
        return pandas.RangeIndex(values, name=name)
    return pandas.Index(values[0], dtype=values[1], name=name)


def _as_series(pandas: Any, values: list[Any], index: Any, label: Any, name: Any) -> Any:
    return pandas.Series(values[0], _as_index(pandas, index, label), dtype=values[1], name=name)


def _as_frame(pandas: Any, columns: list[Any], names: Any, over: Any, index: Any, label: Any) -> Any:
    rows = _as_index(pandas, index, label)
    made = pandas.DataFrame({n: pandas.Series(c[0], rows, dtype=c[1]) for n, c in enumerate(columns)}, index=rows)
    made.columns = _as_index(pandas, names, over)
    return made


_TABLES: dict[str, tuple[Callable[[Any], list[Any]], Callable[..., Any]]] = {
    "Series": (lambda v: [_column(v), _index(v.index), v.index.name, v.name], _as_series),
    "DataFrame": (
        lambda v: [[_column(v.iloc[:, n]) for n in range(v.shape[1])], _index(v.columns), v.columns.name,
                   _index(v.index), v.index.name],
        _as_frame,
    ),
    "Index": (lambda v: [_index(v), v.name], _as_index),
    "RangeIndex": (lambda v: [_index(v), v.name], _as_index),
}


def _torch_array(value: Any) -> Any:
    return None if value.requires_grad or value.device.type != "cpu" else value.detach().contiguous().numpy()


_TENSORS: dict[str, tuple[Callable[[Any, type], bool], Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    "torch": (lambda lib, kind: kind is lib.Tensor, _torch_array, lambda lib, array: lib.from_numpy(array.copy())),
    "mindspore": (
        lambda lib, kind: kind is lib.Tensor, lambda value: value.asnumpy(), lambda lib, array: lib.Tensor(array),
    ),
}
