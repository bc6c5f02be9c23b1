"""Run in nbgrader's environment: `by_nbgrader.py COURSE ASSIGNMENT SECONDS` prints its scores and times as JSON.

COURSE holds `source/` and `submitted/`. One process for the whole class, as a teacher would run it.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config


def main() -> None:
    course, assignment, seconds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # it runs alembic by name
    logging.disable(logging.CRITICAL)
    settings = Config()
    settings.CourseDirectory.root = str(course)
    settings.CourseDirectory.db_url = f"sqlite:///{course}/gradebook.db"
    settings.Execute.timeout = seconds
    settings.ClearSolutions.enforce_metadata = True
    api = NbGraderAPI(config=settings)
    made = api.generate_assignment(assignment)
    if not made["success"]:
        sys.exit(str(made))
    times, failed = {}, {}
    for student in sorted(path.name for path in (course / "submitted").iterdir()):
        begun = time.monotonic()
        done = api.autograde(assignment, student)
        times[student] = time.monotonic() - begun
        if not done["success"]:
            failed[student] = (done.get("log") or "")[-300:]
    print(json.dumps({"scores": scores(course, assignment, times), "seconds": times, "failed": failed}))


def scores(course: Path, assignment: str, students: dict[str, float]) -> dict[str, dict[str, float | None]]:
    """Student → notebook/question → automatic score."""
    found: dict[str, dict[str, float | None]] = {}
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        for student in students:
            try:
                submission = book.find_submission(assignment, student)
            except MissingEntry:
                continue
            found[student] = {
                f"{notebook.name}/{grade.name}": grade.auto_score for notebook in submission.notebooks for grade in notebook.grades
            }
    return found


main()
