"""Runs work that strangers wrote, and says what it is worth. A library and a command; knows no Django.

Names are loaded when first asked for, so that whoever only shows a verdict doesn't wait for numpy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from heitu.engines.judge.errors import BrokenTask
    from heitu.engines.judge.judging import judge
    from heitu.engines.judge.verdict import CaseResult, Progress, Speedup, Verdict
    from heitu.engines.sandbox.errors import Broken, BrokenCall, LayersMissing
    from heitu.engines.sandbox.nursery import Nursery

_HOMES = {
    "Broken": "heitu.engines.sandbox.errors",
    "BrokenCall": "heitu.engines.sandbox.errors",
    "BrokenTask": "heitu.engines.judge.errors",
    "CaseResult": "heitu.engines.judge.verdict",
    "LayersMissing": "heitu.engines.sandbox.errors",
    "Nursery": "heitu.engines.sandbox.nursery",
    "Progress": "heitu.engines.judge.verdict",
    "Speedup": "heitu.engines.judge.verdict",
    "Verdict": "heitu.engines.judge.verdict",
    "judge": "heitu.engines.judge.judging",
}

__all__ = [
    "Broken",
    "BrokenCall",
    "BrokenTask",
    "CaseResult",
    "LayersMissing",
    "Nursery",
    "Progress",
    "Speedup",
    "Verdict",
    "judge",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(importlib.import_module(_HOMES[name]), name)
