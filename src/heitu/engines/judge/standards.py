"""Accuracy standards as data: which rule, with which numbers for which output dtype."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from heitu.engines.judge.errors import BrokenTask

_FILE = Path(__file__).with_name("standards.yaml")


@dataclass(frozen=True)
class Standard:
    """One standard's numbers for one dtype. `label` is what a verdict records, such as cann-mixed@1."""

    label: str
    rule: str
    numbers: dict[str, float]


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return table


def names() -> list[str]:
    """Every standard that a task may name."""
    return sorted(_table())


def needs_third_party(name: str) -> bool:
    """Whether the standard measures against a third party's implementation."""
    return bool(_table()[name]["rule"] == "dual")


def standard(name: str, dtype: str, *, ulps: float | None = None) -> Standard:
    """The numbers of `name` for outputs of `dtype`; `ulps` overrides the rule ulp's own.

    Raises BrokenTask when the standard says nothing about that dtype.
    """
    entry = _table()[name]
    if dtype not in entry["dtypes"]:
        known = ", ".join(entry["dtypes"])
        raise BrokenTask(
            "standard_without_dtype",
            f"精度标准 {name} 没有 {dtype} 的数值（只有 {known}）；请换标准，例如 ulp 或 torch-close",
            f"the standard {name} has no numbers for {dtype} (only {known}); name another, such as ulp or torch-close",
        )
    general = {key: value for key, value in entry.items() if key not in ("version", "rule", "dtypes")}
    numbers = {key: number(value) for key, value in {**general, **entry["dtypes"][dtype]}.items()}
    if ulps is not None:
        numbers["ulps"] = ulps
    return Standard(f"{name}@{entry['version']}", entry["rule"], numbers)


def number(value: float | str) -> float:
    """Read 2^-9, 1e-7 (which YAML takes for text) or a plain number."""
    text = str(value)
    base, power, exponent = text.partition("^")
    return float(base) ** float(exponent) if power else float(text)
