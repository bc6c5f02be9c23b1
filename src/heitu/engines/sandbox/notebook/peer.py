"""One of two sides that ask each other for what their objects do: each has its own sandbox, and the worker between
them hands the messages over.

A question is {"do": deed, "with": [values]}, an answer {"ok": value} or {"raised": [name, base, arguments]}; with
either come the arguments that changed, what was printed meanwhile, and the state of the random generators.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from heitu.engines.sandbox.notebook import chance, shell, standins
from heitu.engines.sandbox.notebook.values import Reader, Writer

_FUNCTIONS = (
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodWrapperType, np.ufunc,
    functools.partial, type(functools.lru_cache(lambda: 0)), type(np.mean),
)
_MIXED = "mixed"
_ITERATORS: tuple[type, ...] = (
    types.GeneratorType, map, zip, filter, enumerate, reversed,
    type(iter([])), type(iter(())), type(iter("")), type(iter({})), type(iter(set())), type(iter(range(0))),
    type(iter({}.values())), type(iter({}.items())), type(iter(b"")),
)


class Gone(Exception):
    """The other side has ended."""


class Rule:
    """What a stand-in may be, by where it came from. Notes what it saw.

    `learning` lets all pass, to note it. Otherwise, with `origins`, an object of a class of its own may stand only
    where the author's solution had one too; with none, it may stand anywhere, but may not be compared with a plain
    value, nor become one in an operation with a plain value: it would be told what it is expected to equal.
    """

    def __init__(self, origins: dict[str, list[str]] | None = None, *, learning: bool = True) -> None:
        self._origins, self._learning = origins, learning
        self.seen: dict[str, set[str]] = {}

    def check(self, origin: str, kind: str, name: str) -> None:
        """Raises TypeError for an object where a plain value was expected."""
        place = brief(origin)
        self.seen.setdefault(place, set()).add(kind)
        if kind == "object" and not self.has_object(origin):
            raise TypeError(f"{place} is an object of type {name}, where a plain value was expected")

    def has_object(self, origin: str) -> bool:
        """Whether an object may come from there."""
        return self._origins is None or "object" in self._origins.get(brief(origin), ())

    def check_mixed(self, do: str, given: tuple[Any, ...], origin: str, result: Any) -> None:
        """Raises TypeError for an object that turned into a plain value when it met one."""
        if do not in standins.MEETS or isinstance(result, standins.Far):
            return
        if all(isinstance(each, standins.FarObject) for each in given):
            return
        place = brief(origin)
        self.seen.setdefault(place, set()).add(_MIXED)
        if not self._learning and _MIXED not in (self._origins or {}).get(place, ()):
            raise TypeError(f"{place}: an object of a class of its own is no plain value")


def brief(origin: str) -> str:
    """The name that it began with and the last step, so that a chain of any length is one place."""
    root = origin.split(".")[0].split("(")[0].split("[")[0]
    last = max(origin.rfind("."), origin.rfind("("), origin.rfind("["))
    return root + origin[last:] if last > 0 else root


class Peer:
    """This side. `exchange` sends a message and waits for the next; `names` are what "name" asks for; `after` is
    called when the other side has done something."""

    def __init__(
        self, exchange: Callable[[bytes], bytes], names: dict[str, Any], after: Callable[[], None] | None = None,
        *, guarded: bool = False,
    ) -> None:
        """`guarded`: the other side is a stranger's, and may use what it was given, but not look behind it."""
        self._exchange, self._names, self._after, self._guarded = exchange, names, after, guarded
        self.rule = Rule()
        self._kept: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._classes: dict[int, type[BaseException]] = {}
        self.chance: chance.State | None = None

    # ── asking ──────────────────────────────────────────────────────────────────────────────────────────────

    def ask(self, do: str, *given: Any, origin: str = "") -> Any:
        """Let the other side do something. Raises what that raised, Gone, Unreadable, and TypeError by the rule."""
        writer = Writer(self._keep)
        body: dict[str, Any] = {"do": do, "with": [writer.value(each) for each in given]}
        self._tell_chance(body, writer)
        data = self._exchange(writer.message(body))
        while True:
            reader = Reader(data, functools.partial(self._stand_in, origin), self._own, writer.numbered)
            if "do" not in reader.body:
                if self._after is not None and do not in ("name", "has"):
                    self._after()
                result = self._result(reader)
                self.rule.check_mixed(do, given, origin, result)
                return result
            data = self._exchange(self.answer(self.reader(data)))

    def _result(self, reader: Reader) -> Any:
        body = reader.body
        if "gone" in body:
            raise Gone(str(body["gone"]))
        error = self._exception(*body["raised"], reader=reader) if "raised" in body else None
        result = reader.value(body.get("ok"))
        for number, content in body.get("changed", []):
            _become(reader.numbered[number], reader.value(content))
        for output in body.get("said", []):
            print(output["text"], end="", file=sys.stderr if output["name"] == "stderr" else sys.stdout)
        self._hear_chance(body, reader)
        if error is not None:
            raise error
        return result

    def _exception(self, number: int | None, name: str, base: str, arguments: Any, *, reader: Reader) -> BaseException:
        """Theirs as one of ours: a built-in one as itself, one of their own by its built-in base."""
        if number is None:
            found = getattr(builtins, base, None)
            kind = found if isinstance(found, type) and issubclass(found, BaseException) else RuntimeError
        else:
            kind = self._class(number, name, base)
        try:
            return kind(*reader.value(arguments))
        except Exception:
            return RuntimeError(f"{name}")

    def _class(self, number: int, name: str, base: str) -> type[BaseException]:
        if number not in self._classes:
            self._classes[number] = standins.exception_class(name, base)
        return self._classes[number]

    def _stand_in(self, origin: str, number: Any, kind: str = "", name: str = "", base: str = "") -> Any:
        if number == "module":  # by name: whatever it is over there, here it is our own
            return importlib.import_module(kind)
        if kind == "exception":
            return self._class(number, name, base)
        if kind == "object" and base == "callable" and not self.rule.has_object(origin):
            kind = "callable"  # one that can be called may stand for a function, and do no more than one
        self.rule.check(origin, kind, name)
        return standins.KINDS[kind](self, number, origin, name)

    def reader(self, question: bytes) -> Reader:
        """Of a question from the other side."""
        return Reader(question, functools.partial(self._stand_in, "argument"), self._own)

    # ── answering ───────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, reader: Reader) -> bytes:
        """Do what was asked for, and say what became of it. Never raises."""
        shell.COLLECTOR.begin()
        body: dict[str, Any] = {}
        before: list[Any] = []
        try:
            given = [reader.value(each) for each in reader.body["with"]]
            before = [_content(each) for each in reader.numbered]
            if self._guarded:
                self._insist_on_use(reader.body, given)
            self._hear_chance(reader.body, reader)
            result = self._deed(reader.body["do"])(*given)
            writer = Writer(self._keep, reader.numbered)
            body["ok"] = writer.value(result)
        except BaseException as error:
            writer = Writer(self._keep, reader.numbered)
            body = {"raised": self._raised(error, writer)}
        changed = [n for n, content in enumerate(before) if not _is_same(content, _content(reader.numbered[n]))]
        body["changed"] = [[n, writer.value(_copy(reader.numbered[n]))] for n in changed]
        body["said"] = [output for output in shell.COLLECTOR.take() if output["output_type"] == "stream"]
        self._tell_chance(body, writer)
        return writer.message(body)

    def _insist_on_use(self, body: dict[str, Any], given: list[Any]) -> None:
        """Raises PermissionError for all but using a thing that was handed over: functions are called, objects have
        attributes without underscores. What lies behind them holds the tests."""
        do, first = body["do"], body["with"][0]
        handed_over = type(first) is list and first[0] == "y"
        if not handed_over or do not in standins.USES:
            raise PermissionError(f"{do} isn't for the other side")
        if do == "call":
            return
        if _kind(given[0])[0] != "object" and do not in ("next", "iter", "repr"):
            raise PermissionError("functions and classes of the other side are called only")
        if do.endswith("attr") and str(given[1]).startswith("_"):
            raise PermissionError("a name that isn't for the other side")

    def _deed(self, name: str) -> Callable[..., Any]:
        own: dict[str, Callable[..., Any]] = {"name": self._named, "has": self._names.__contains__, "put": self._put,
                                              "chance": self._chance}
        return own.get(name) or standins.DEEDS[name]

    def _named(self, name: str) -> Any:
        if name not in self._names:
            raise NameError(f"name {name!r} is not defined")
        return self._names[name]

    def _chance(self) -> Any:
        self.chance = chance.State()
        return self.chance.news()

    def _put(self, name: str, value: Any) -> None:
        self._names[name] = value

    def _raised(self, error: BaseException, writer: Writer) -> list[Any]:
        kind = type(error)
        base = next(each.__name__ for each in kind.__mro__ if each.__module__ == "builtins")
        number = None if kind.__module__ == "builtins" else self._keep(kind)[1]
        try:
            return [number, kind.__name__, base, writer.value(error.args)]
        except Exception:
            return [number, kind.__name__, base, ["t", str(error)]]

    def _keep(self, value: Any) -> list[Any]:
        """Give an object a number by which the other side can ask for it; theirs go back by theirs."""
        if isinstance(value, standins.Far):
            return ["y", standins.number_of(value)]
        number = self._numbers.setdefault(id(value), len(self._numbers) + 1)
        self._kept[number] = value
        return ["x", number, *_kind(value)]

    def _own(self, number: int) -> Any:
        return self._kept[number]

    # ── chance ──────────────────────────────────────────────────────────────────────────────────────────────

    def _tell_chance(self, body: dict[str, Any], writer: Writer) -> None:
        if self.chance is not None and (news := self.chance.news()) is not None:
            body["chance"] = writer.value(news)

    def _hear_chance(self, body: dict[str, Any], reader: Reader) -> None:
        if "chance" in body:
            self.chance = self.chance or chance.State()
            self.chance.take(reader.value(body["chance"]))


def _kind(value: Any) -> list[str]:
    kind = type(value)
    if isinstance(value, type):
        if issubclass(value, BaseException):
            base = next(each.__name__ for each in value.__mro__ if each.__module__ == "builtins")
            return ["exception", value.__name__, base]
        return ["class", value.__name__]
    if kind in _FUNCTIONS:
        return ["callable", kind.__name__]
    if kind in _ITERATORS:
        return ["iterator", kind.__name__]
    return ["object", kind.__name__, "callable" if callable(value) else ""]


def _content(value: Any) -> Any:
    """As much of a container as tells later whether it has changed."""
    if isinstance(value, np.ndarray):
        return value.tobytes() if value.dtype.char != "O" else list(value.ravel())
    if isinstance(value, dict):
        return [each for pair in value.items() for each in pair]
    return list(value)


def _is_same(before: Any, now: Any) -> bool:
    if isinstance(before, bytes):
        return bool(before == now)
    return len(before) == len(now) and all(a is b for a, b in zip(before, now, strict=True))


def _copy(value: Any) -> Any:
    return value.copy()


def _become(target: Any, content: Any) -> None:
    """Put new content into a container that others hold."""
    if isinstance(target, np.ndarray):
        if target.shape == content.shape:
            target[...] = content
    elif isinstance(target, list):
        target[:] = content
    else:
        target.clear()
        target.update(content)
