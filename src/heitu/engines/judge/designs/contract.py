"""task.yaml of kind design."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from heitu.engines.judge.designs.licences import KNOWN
from heitu.engines.judge.parts import Limits, Name, Part, Words, nearest

Start = Literal["service", "command"]


class Check(Part):
    """One acceptance check: the function of this name in acceptance.py. A `required` one must pass, others only earn."""

    name: Name
    title: Words
    weight: float = Field(default=1.0, gt=0)
    public: bool = False
    required: bool = True


class Design(Part):
    """task.yaml of kind design. `limits.seconds` bounds one exchange of requests; `answer_kb` each answer.

    `examples` says of each folder in examples/ whether it must be accepted and which checks it fails.
    """

    kind: Literal["design"]
    title: Words
    summary: Words | None = None
    skills: list[str] = []
    toolchain: Literal["numpy", "torch", "mindspore"] = "numpy"
    start: list[Start] = Field(default=["service"], min_length=1)
    start_seconds: float = Field(default=10.0, gt=0, le=120)
    answer_kb: int = Field(default=256, ge=1, le=1024)
    limits: Limits = Limits(seconds=10, memory_mb=512, processes=64, disk_mb=32)
    checks: list[Check] = Field(min_length=2)
    examples: dict[str, list[Name]] = Field(min_length=1)
    licences: list[str] = Field(min_length=1)
    checklist: list[Words] = Field(min_length=1)

    @field_validator("licences")
    @classmethod
    def _known(cls, value: list[str]) -> list[str]:
        for name in value:
            if name not in KNOWN:
                raise ValueError(f"unknown licence {name}{nearest(name, KNOWN)}")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Design:
        names = [check.name for check in self.checks]
        if len(set(names)) != len(names):
            raise ValueError("checks: two share a name")
        if all(check.public for check in self.checks) or not any(check.public for check in self.checks):
            raise ValueError("checks: at least one must be public, and one hidden (without public)")
        if not any(check.required for check in self.checks):
            raise ValueError("checks: at least one must be required")
        for example, failing in self.examples.items():
            for name in set(failing) - set(names):
                raise ValueError(f"examples.{example}: no check {name}{nearest(name, names)}")
        return self
