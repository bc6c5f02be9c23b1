"""What is wrong with an assignment or a submission, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from heitu.engines.sandbox.errors import Broken


@dataclass(frozen=True)
class Fault:
    """One fault of a source notebook; `cell` counts from 1, 0 for the whole file."""

    code: str
    cell: int
    grade_id: str
    zh: str
    en: str

    def __str__(self) -> str:
        place = f"cell {self.cell}" + (f" ({self.grade_id})" if self.grade_id else "") if self.cell else "notebook"
        return f"{place}: {self.zh} / {self.en}"

    def as_json(self) -> dict[str, object]:
        """For `--json` and the platform."""
        return {"code": self.code, "cell": self.cell, "grade_id": self.grade_id, "zh": self.zh, "en": self.en}


class BrokenAssignment(Broken):
    """The assignment must be mended before anything is graded by it; lists every fault."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.name, self.faults = name, faults
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(
            "assignment", f"作业 {name} 有 {len(faults)} 处错误：\n{lines}", f"assignment {name} has {len(faults)} faults"
        )


class Unreadable(Exception):
    """A file that can't be graded: why, and what to do. The rest of the class goes on."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{code}: {en}")
        self.code, self.zh, self.en = code, zh, en
