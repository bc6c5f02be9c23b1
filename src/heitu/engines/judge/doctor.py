"""What this machine offers: every layer tried in a real sandbox, the toolchain, the cost of an empty call."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from heitu.engines.sandbox.box import Box, Room
from heitu.engines.sandbox.errors import LayersMissing
from heitu.engines.sandbox.layers import ESSENTIAL, LAYERS, PURPOSE
from heitu.engines.sandbox.nursery import Nursery
from heitu.engines.sandbox.toolchains import TOOLCHAINS, interpreter

_PROBE = b"def probe():\n    return None\n"
_BOOT = {"language": "numpy", "file": "submission.py", "entry": "probe"}
_ROUNDS = 20
_OK, _MISSING = "ok", "missing"


@dataclass(frozen=True)
class Health:
    """Missing layers (with the kernel's word), those that couldn't be tried for want of them, and costs in seconds where a
    sandbox could be made.
    """

    missing: dict[str, str] = field(default_factory=dict)
    waived: list[str] = field(default_factory=list)
    compiler: str | None = None
    start_seconds: float | None = None
    empty_call_seconds: float | None = None
    untried: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether untrusted work may run here."""
        return all(layer in self.waived for layer in self.missing)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        layers = {layer: layer not in self.missing and layer not in self.untried for layer in LAYERS}
        return {"ok": self.ok, "layers": layers, **vars(self)}

    def __str__(self) -> str:
        rows = [_row(layer, self._state(layer), PURPOSE[layer], self.missing.get(layer, "")) for layer in LAYERS]
        rows.append(_row("g++", _OK if self.compiler else _MISSING, self.compiler or "apt-get install g++", ""))
        rows += [
            _row(name, _OK if there else _MISSING, "" if there else f"heitu judge --install {name}", "")
            for name, there in _frameworks()
        ]
        if self.start_seconds is not None and self.empty_call_seconds is not None:
            start, call = self.start_seconds * 1e3, self.empty_call_seconds * 1e6
            rows.append(f"  a sandbox costs {start:.1f} ms, an empty call {call:.0f} µs")
        if not self.ok:
            needed = [layer for layer in self.missing if layer not in self.waived]
            rows.append(f"Untrusted work is refused here.\n{LayersMissing(needed, '').zh}\n{LayersMissing(needed, '').en}")
        return "\n".join(rows)

    def _state(self, layer: str) -> str:
        if layer in self.untried:
            return "untried"
        return _MISSING if layer in self.missing else _OK


def _row(name: str, state: str, words: str, why: str) -> str:
    return f"  {state:8} {name:18} {words}  {why}".rstrip()


def _frameworks() -> list[tuple[str, bool]]:
    return [(name, interpreter(name) is not None) for name, chain in TOOLCHAINS.items() if not chain.is_own]


def refusal() -> LayersMissing | None:
    """Why untrusted work may not run here, None where it may."""
    try:
        with Nursery():
            return None
    except LayersMissing as missing:
        return missing


def examine(allow_missing: Iterable[str] = ()) -> Health:
    """Look, then try: layers that fail are waived one by one to learn of the next."""
    waived, missing = list(allow_missing), dict[str, str]()
    compiler = shutil.which("g++", path="/usr/bin:/bin")
    for _ in LAYERS:
        try:
            absent, start, empty = _tried([*waived, *missing])
            missing.update(dict.fromkeys((name for name in absent if name not in missing), "waived"))
            return Health(missing, waived, compiler, start, empty)
        except LayersMissing as error:
            missing.update(dict.fromkeys(error.layers, error.why))
            if any(layer in ESSENTIAL for layer in error.layers):
                break
    return Health(missing, waived, compiler, untried=[layer for layer in LAYERS if layer not in missing])


def _tried(waived: list[str]) -> tuple[list[str], float, float]:
    """Layers that are absent, median seconds of a sandbox from fork to end, and of an empty call."""
    with Nursery(waived=waived) as nursery:
        starts, calls = [], []
        for _ in range(_ROUNDS):
            begun = time.perf_counter()
            with Box(nursery, Room(), _BOOT, [("submission.py", _PROBE)]) as box:
                box.start(5.0)
                starts.append(time.perf_counter() - begun)
                calls += [box.nothing() for _ in range(5)]
        return nursery.missing(), statistics.median(starts), statistics.median(calls)
