"""Grades as tables: in the columns of `nbgrader export`, and question by question."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from heitu.engines.grading.grades import Graded

# Source: nbgrader 0.9.6, plugins/export.py.
COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score",
)
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(grades: Iterable[Graded]) -> str:
    """A row a student, as nbgrader writes them."""
    rows: list[dict[str, object]] = [
        {
            "assignment": each.assignment, "timestamp": each.timestamp, "student_id": plain(each.student),
            "raw_score": float(each.earned), "late_submission_penalty": float(each.penalty),
            "score": float(each.earned - each.penalty), "max_score": float(each.maximum),
        }
        for each in sorted(grades, key=lambda each: each.student)
    ]
    return _table(COLUMNS, rows)


def questions(grades: Iterable[Graded]) -> str:
    """A row a question: what was earned (empty where a person has to mark), of how much, why, and flags."""
    names = ("student_id", "notebook", "question", "earned", "maximum", "why", "flags")
    rows: list[dict[str, object]] = [
        {
            "student_id": plain(each.student), "notebook": plain(question.notebook), "question": question.id,
            "earned": "" if question.earned is None else float(question.earned), "maximum": float(question.maximum),
            "why": question.why, "flags": " ".join((*each.flags, *question.flags)),
        }
        for each in sorted(grades, key=lambda each: each.student) for question in each.questions
    ]
    return _table(names, rows)


def _table(names: Iterable[str], rows: list[dict[str, object]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(names), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def plain(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
