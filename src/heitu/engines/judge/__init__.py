"""Runs work that strangers wrote, and says what it is worth. A library and a command; knows no Django.

Names are loaded when first asked for: the sandbox's warm parent lies in this package too, and must carry
nothing of the grader's into the processes that it forks.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from heitu.engines.judge.errors import Broken, BrokenCall, BrokenTask, LayersMissing
    from heitu.engines.judge.judging import judge
    from heitu.engines.judge.sandbox.nursery import Nursery
    from heitu.engines.judge.verdict import CaseResult, Progress, Speedup, Verdict

_HOMES = {
    "Broken": "errors",
    "BrokenCall": "errors",
    "BrokenTask": "errors",
    "CaseResult": "verdict",
    "LayersMissing": "errors",
    "Nursery": "sandbox.nursery",
    "Progress": "verdict",
    "Speedup": "verdict",
    "Verdict": "verdict",
    "judge": "judging",
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
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
