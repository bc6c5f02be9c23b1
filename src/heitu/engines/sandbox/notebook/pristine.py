"""Python's and numpy's own names as they were before the first cell, to be put back before a test that has to run in
the process of whoever is tested.

This undoes what a cell patched by assignment. Against code that patches this module or the interpreter's memory it is
no protection: tests that run outside need none.
"""

from __future__ import annotations

import builtins
import sys
import threading
from types import ModuleType
from typing import Any

import numpy as np
from IPython.core.interactiveshell import InteractiveShell

_MODULES: tuple[ModuleType, ...] = (builtins, np, np.testing, np.linalg, np.random)
_CLASSES: tuple[type, ...] = (InteractiveShell,)
_KEPT: list[tuple[Any, dict[str, Any]]] = []
_ALLOWED = {"input", "_"}


def remember() -> None:
    """Before the fork."""
    _KEPT[:] = [(place, dict(vars(place))) for place in (*_MODULES, *_CLASSES)]


def restore() -> None:
    """Put back what was changed, and end tracing."""
    sys.settrace(None)
    sys.setprofile(None)
    threading.settrace(None)
    for place, names in _KEPT:
        for name, value in names.items():
            if vars(place).get(name) is not value and name not in _ALLOWED:
                setattr(place, name, value)
