"""The names of the asking side: its own where it has them, else what the other side's name now stands for."""

from __future__ import annotations

import builtins
import importlib
from collections.abc import Callable
from typing import Any

from heitu.engines.sandbox.notebook import chance, standins
from heitu.engines.sandbox.notebook.peer import Peer

_BUILT_IN = frozenset(dir(builtins))


class Borrowed(dict[str, Any]):
    """A namespace whose missing names are asked for.

    `imports` are the names that the source notebook imports: they are modules or parts of them as this side has
    them, whatever the other side put in their place, provided that the other side has the name at all. `theirs` are
    names that the other side is to define, even where Python has something built in by that name.
    """

    def __init__(self, own: dict[str, Any], place: dict[str, Any], exchange: Callable[[bytes], bytes]) -> None:
        super().__init__(own)
        self.peer = Peer(exchange, self, self._forget, guarded=True)
        self._imports: dict[str, list[str]] = place.get("imports", {})
        self._theirs = frozenset(place.get("theirs", []))
        self._asked: dict[str, Any] = {}
        self._imported: dict[str, Any] = {}

    def __missing__(self, name: str) -> Any:
        if (name in _BUILT_IN and name not in self._theirs) or name.startswith("__"):
            raise KeyError(name)
        if name in self._imported:
            return self._imported[name]
        if name not in self._asked:
            self._asked[name] = self._found(name)
        return self._asked[name]

    def _found(self, name: str) -> Any:
        try:
            if name in self._imports and self.peer.ask("has", name):
                self._imported[name] = _imported(*self._imports[name])
                return self._imported[name]
            return self.peer.ask("name", name, origin=name)
        except NameError:
            raise KeyError(name) from None

    def get(self, name: str, default: Any = None) -> Any:
        """A dict's own would pass over the names that are missing."""
        try:
            return self[name]
        except KeyError:
            return default

    def copy(self) -> dict[str, Any]:
        """For doctest, which runs each example in a copy of what it is given."""
        return Copied(self)

    def refresh(self, *, with_chance: bool) -> None:
        """Before a cell: what was asked for may have changed."""
        self._asked.clear()
        self._imported.clear()
        for name in self._theirs & self.keys():
            del self[name]
        self.peer.chance = None
        if with_chance:
            state = self.peer.ask("chance")
            self.peer.chance = chance.State()
            self.peer.chance.take(state)

    def _forget(self) -> None:
        """After a deed over there: it may have bound other values to names. Functions are asked each time anyway."""
        self._asked = {name: value for name, value in self._asked.items() if isinstance(value, standins.FarCallable)}

    def hand_over(self, names: list[str]) -> None:
        """Give the other side what this cell bound and later cells there read."""
        for name in names:
            if name in self.keys():
                try:
                    self.peer.ask("put", name, self[name])
                except Exception:
                    continue


class Copied(dict[str, Any]):
    """A namespace of its own in front of another."""

    def __init__(self, behind: Borrowed) -> None:
        super().__init__()
        self._behind = behind

    def __missing__(self, name: str) -> Any:
        return self._behind[name]


def _imported(module: str, attribute: str = "") -> Any:
    found = importlib.import_module(module)
    if not attribute:
        return found
    return getattr(found, attribute) if hasattr(found, attribute) else importlib.import_module(f"{module}.{attribute}")
