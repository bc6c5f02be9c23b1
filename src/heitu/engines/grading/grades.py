"""What comes of grading a submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from heitu.engines.grading.reading import Notebook
from heitu.engines.sandbox.reports import Output

# Why a question has the score that it has, for the student: code → Chinese, English.
WHY = {
    "passed": ("测试通过", "the tests pass"),
    "partial": ("部分得分", "part of the points"),
    "failed": ("测试未通过", "a test fails"),
    "no_response": ("未作答", "no response"),
    "manual": ("等待人工评分", "waits to be marked by a person"),
    "timeout": ("超过每格时限，已中断", "ran longer than a cell may, and was interrupted"),
    "ended": ("程序在此之前已结束或被终止", "the program had ended, or was ended, before this"),
    "missing": ("提交中缺少此单元格", "the cell is missing from the submission"),
    "warned": ("测试期间有内容写到标准错误（如警告）", "something was written to stderr, a warning perhaps"),
    "not_submitted": ("未提交此笔记本", "this notebook was not handed in"),
}
SOLUTION_FAILS = "solution_fails_too"  # a question's flag: so a person should look at the test


@dataclass(frozen=True)
class Question:
    """One graded cell, or one otter question. `hidden`: its tests are, at least in part, not the student's to see."""

    id: str
    notebook: str
    earned: Decimal | None
    maximum: Decimal
    why: str
    kind: str = "test"
    hidden: bool = False
    flags: tuple[str, ...] = ()
    cases: tuple[tuple[str, bool, bool], ...] = ()

    @property
    def zh(self) -> str:
        """The message for the student."""
        return WHY[self.why][0]

    @property
    def en(self) -> str:
        """The message for the student."""
        return WHY[self.why][1]

    def as_json(self) -> dict[str, Any]:
        """For `--json` and the platform."""
        return {
            "id": self.id, "notebook": self.notebook, "kind": self.kind,
            "earned": None if self.earned is None else float(self.earned), "maximum": float(self.maximum),
            "why": self.why, "zh": self.zh, "en": self.en, "flags": list(self.flags),
            "cases": [{"name": name, "passed": passed, "hidden": hidden} for name, passed, hidden in self.cases],
        }


@dataclass(frozen=True)
class Ran:
    """A notebook as it ran; `unseen` are places of cells whose outputs may tell of hidden tests."""

    name: str
    notebook: Notebook
    unseen: frozenset[int] = frozenset()
    seconds: float = 0.0


@dataclass
class Graded:
    """One student's submission: `refused` has code, Chinese and English where nothing could be graded.

    `takes_long`: it was handed back undone, to be graded apart from the rest; there is nothing else in it then.
    """

    student: str
    assignment: str
    questions: list[Question] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    ran: list[Ran] = field(default_factory=list)
    refused: tuple[str, str, str] | None = None
    seconds: float = 0.0
    penalty: Decimal = Decimal(0)
    timestamp: str = ""
    takes_long: bool = False

    @property
    def earned(self) -> Decimal:
        """Points so far, without those that a person has to give."""
        return sum((each.earned for each in self.questions if each.earned is not None), Decimal(0))

    @property
    def maximum(self) -> Decimal:
        """All points."""
        return sum((each.maximum for each in self.questions), Decimal(0))

    @property
    def needs_person(self) -> bool:
        """Whether any question waits for one."""
        return any(each.earned is None for each in self.questions)

    def as_json(self) -> dict[str, Any]:
        """For `--json` and the platform."""
        code, zh, en = self.refused or ("", "", "")
        return {
            "student": self.student, "assignment": self.assignment, "earned": float(self.earned),
            "maximum": float(self.maximum), "needs_person": self.needs_person, "seconds": round(self.seconds, 3),
            "refused": {"code": code, "zh": zh, "en": en} if self.refused else None, "flags": self.flags,
            "questions": [each.as_json() for each in self.questions],
        }


Files = Mapping[str, bytes]
Outputs = list[Output]
