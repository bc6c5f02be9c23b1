"""Stand-ins for objects that live in the other sandbox: every use of one is a question to it."""

from __future__ import annotations

import builtins
import inspect
import operator
from collections.abc import Callable, Iterator
from typing import Any, Protocol

_OWN = frozenset({"_asker", "_number", "_origin", "_name"})


class Asker(Protocol):
    """Whoever carries questions over."""

    def ask(self, do: str, *given: Any, origin: str = "") -> Any:
        """Do something over there; `origin` says where the result comes from, for the rule on what it may be."""


class Far:
    """An object over there."""

    __slots__ = ("_asker", "_name", "_number", "_origin")

    def __init__(self, asker: Asker, number: int, origin: str, name: str) -> None:
        for slot, value in (("_asker", asker), ("_number", number), ("_origin", origin), ("_name", name)):
            object.__setattr__(self, slot, value)

    def __getattribute__(self, name: str) -> Any:
        if name in _OWN:
            return object.__getattribute__(self, name)
        if name == "__signature__":
            return _signature(ask(self, "parameters"))
        if name == "__class__" and type(self) is not FarObject:
            return type(self)
        return ask(self, "getattr", name, step=f".{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        ask(self, "setattr", name, value)

    def __delattr__(self, name: str) -> None:
        ask(self, "delattr", name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return ask(self, "call", arguments, named, step="()")

    def __repr__(self) -> str:
        return str(ask(self, "repr"))

    def __hash__(self) -> int:
        return int(ask(self, "hash"))


class FarCallable(Far):
    """A function or method: it is called, and equals itself alone."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Far) and number_of(other) == number_of(self)

    __hash__ = Far.__hash__


class FarClass(FarCallable):
    """A class: it makes objects over there, and knows them."""

    __slots__ = ()

    def __instancecheck__(self, instance: Any) -> bool:
        return bool(ask(self, "is_instance", instance))

    def __subclasscheck__(self, subclass: Any) -> bool:
        return bool(ask(self, "is_subclass", subclass))

    __hash__ = Far.__hash__


class FarIterator(Far):
    """A generator or another of Python's own iterators: it can be walked, and equals itself alone."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return ask(self, "next", step="[]")

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = Far.__hash__


class FarObject(Far):
    """Anything else: all that Python can do with an object is done over there."""

    __slots__ = ()

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return ask(self, "array", dtype)

    def __iter__(self) -> Iterator[Any]:
        made: Iterator[Any] = ask(self, "iter", step="[]")
        return made

    def __next__(self) -> Any:
        return ask(self, "next", step="[]")

    def __enter__(self) -> Any:
        return ask(self, "method", "__enter__", step="()")

    def __exit__(self, *_: object) -> Any:
        return ask(self, "method", "__exit__", None, None, None)


def number_of(far: Far) -> int:
    """By which the other side knows it."""
    number: int = object.__getattribute__(far, "_number")
    return number


def ask(far: Far, do: str, *given: Any, step: str = "") -> Any:
    """Ask for something to be done with it."""
    asker: Asker = object.__getattribute__(far, "_asker")
    return asker.ask(do, far, *given, origin=object.__getattribute__(far, "_origin") + step)


def _signature(parameters: list[list[Any]]) -> inspect.Signature:
    kinds = list(inspect._ParameterKind)
    made = [
        inspect.Parameter(name, kinds[kind], default=... if has_default else inspect.Parameter.empty)
        for name, kind, has_default in parameters
    ]
    return inspect.Signature(made)


_TWO = ["add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and_", "or_", "xor"]
_COMPARED = ["eq", "ne", "lt", "le", "gt", "ge"]
_ONE = ["neg", "pos", "abs", "invert", "index"]
# Deeds in which an object meets a second value, and may answer by it.
MEETS = frozenset((*_TWO, *_COMPARED, *(f"reflected_{name}" for name in _TWO), "contains"))
_PLAIN: dict[str, Callable[..., Any]] = {"bool": bool, "int": int, "float": float, "complex": complex, "str": str, "len": len}


def _two(name: str) -> Callable[..., Any]:
    return lambda self, other: ask(self, name, other, step=f".{name}")


def _reflected(name: str) -> Callable[..., Any]:
    return lambda self, other: ask(self, f"reflected_{name}", other, step=f".{name}")


def _one(name: str) -> Callable[..., Any]:
    return lambda self: ask(self, name, step=f".{name}")


for _name in _TWO:
    _bare = _name.rstrip("_")
    setattr(FarObject, f"__{_bare}__", _two(_name))
    setattr(FarObject, f"__r{_bare}__", _reflected(_name))
for _name in _COMPARED:
    setattr(FarObject, f"__{_name}__", _two(_name))
for _name in (*_ONE, *_PLAIN):
    setattr(FarObject, f"__{_name}__", _one(_name))
for _name in ("round", "format"):
    setattr(FarObject, f"__{_name}__", lambda self, *given, do=_name: ask(self, do, *given, step=f".{do}"))
for _name, _step in (("getitem", "[]"), ("setitem", ""), ("delitem", ""), ("contains", "")):
    setattr(FarObject, f"__{_name}__", lambda self, *given, do=_name, step=_step: ask(self, do, *given, step=step))
FarObject.__hash__ = Far.__hash__  # type: ignore[method-assign]

KINDS = {"callable": FarCallable, "class": FarClass, "iterator": FarIterator, "object": FarObject, "module": FarCallable}


def exception_class(name: str, base: str) -> type[BaseException]:
    """A class of ours for an exception of theirs, so that `except` and `assertRaises` can name it."""
    found = getattr(builtins, base, Exception)
    if not (isinstance(found, type) and issubclass(found, Exception)):
        found = Exception
    return type(name, (found,), {})


def _parameters(of: Any) -> list[list[Any]]:
    listed = inspect.signature(of).parameters.values()
    return [[p.name, int(p.kind), p.default is not inspect.Parameter.empty] for p in listed]


def _array(target: Any, dtype: Any) -> Any:
    import numpy as np

    return np.asarray(target, dtype)


def _other_way_round(name: str) -> Callable[[Any, Any], Any]:
    return lambda a, b: getattr(operator, name)(b, a)


# What can be asked for: done where the object lives.
DEEDS: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in (*_TWO, *_COMPARED, *_ONE, "getitem", "setitem", "delitem", "contains")},
    **{f"reflected_{name}": _other_way_round(name) for name in _TWO},
    **_PLAIN,
    "getattr": getattr, "setattr": setattr, "delattr": delattr, "repr": repr, "hash": hash, "iter": iter, "next": next,
    "round": round, "format": format, "parameters": _parameters, "array": _array,
    "call": lambda f, given, named: f(*given, **named),
    "method": lambda target, name, *given: getattr(target, name)(*given),
    "is_instance": lambda kind, value: isinstance(value, kind),
    "is_subclass": lambda kind, other: issubclass(other, kind),
}
# Of these, what the side that was handed something may ask of the author's.
USES = frozenset(DEEDS) - {"method", "parameters", "is_instance", "is_subclass", "format", "delattr"}
