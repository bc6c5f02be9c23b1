"""What every kind of task.yaml is made of."""

from __future__ import annotations

import difflib
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class Part(BaseModel):
    """A closed, frozen piece of task.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Part):
    """A text in both languages."""

    zh: str
    en: str


class Limits(Part):
    """Bounds of one sandbox; `seconds` is processor time a call, behind it thrice as much of wall clock and 5 s."""

    seconds: float = Field(default=2.0, gt=0, le=600)
    memory_mb: int = Field(default=512, ge=16, le=65536)
    processes: int = Field(default=8, ge=1, le=256)
    disk_mb: int = Field(default=16, ge=1, le=4096)


def nearest(word: str, known: Any, said: str = ", did you mean {}?") -> str:
    """', did you mean …' for a word that isn't known, or nothing."""
    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.5)
    return said.format(close[0]) if close else ""
