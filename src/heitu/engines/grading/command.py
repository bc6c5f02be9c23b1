"""`heitu grade`: exit 0 when the class was graded, 2 for a broken assignment or call, 3 for an internal fault."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from heitu.engines.grading import csvs, feedback, writing_back
from heitu.engines.grading.assignment import Assignment
from heitu.engines.grading.faults import BrokenAssignment
from heitu.engines.grading.grades import SOLUTION_FAILS, Graded
from heitu.engines.grading.grading import Progress, grade
from heitu.engines.grading.handing import Class
from heitu.engines.grading.opening import open_assignment
from heitu.engines.sandbox.errors import Broken, BrokenCall
from heitu.engines.sandbox.nursery import Nursery
from heitu.engines.sandbox.side import Limits
from heitu.engines.sandbox.toolchains import NOTEBOOKS

_BROKEN, _FAULT = 2, 3


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("assignment", type=click.Path(path_type=Path))
@click.argument("submissions", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON a student, as soon as it is there.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path, dir_okay=False),
              help="Write a row a question here; a name that ends in grades.csv gets nbgrader's export columns.")
@click.option("--feedback", "feedback_folder", type=click.Path(path_type=Path, file_okay=False),
              help="Write one HTML page a student into this folder.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="Of the feedback.")
@click.option("--write-back", type=click.Path(path_type=Path, file_okay=False),
              help="Write autograded/STUDENT/ASSIGNMENT/x.ipynb and grades.csv into this folder, as nbgrader does.")
@click.option("--release", type=click.Path(path_type=Path, file_okay=False),
              help="Write the students' version of the assignment into this folder.")
@click.option("--strict", is_flag=True, help="0 where nbgrader rewards a result that is no number of points.")
@click.option("--missing", type=click.Choice(["put-back", "by-hand"]), default="put-back",
              help="A test that a submission lacks: run it all the same, or leave it to a person as nbgrader does.")
@click.option("--workers", type=click.IntRange(1, 64), help="Submissions at once (default: one a core).")
@click.option("--seconds", type=click.FloatRange(0.1, 3600), default=30.0, help="Processor time for a cell.")
@click.option("--memory", type=click.IntRange(64, 1 << 20), default=1024, help="Megabytes for a submission.")
@click.option("--toolchain", type=click.Choice(list(NOTEBOOKS)), default="numpy", help="What notebooks can import.")
@click.option("--allow-missing", multiple=True, metavar="LAYER", help="Run without a layer that this machine lacks.")
def command(assignment: Path, submissions: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Grade SUBMISSIONS by ASSIGNMENT, an nbgrader source folder or notebook, an otter autograder zip, or the source
    notebook of otter assign.

    SUBMISSIONS are notebooks or zips, one a student, or folders of them (nbgrader's `submitted` among these).
    """
    try:
        found = open_assignment(assignment)
        if options["release"]:
            _release(found, options["release"])
        grades = _graded(found, submissions, as_json, options) if submissions else []
        if not submissions and not options["release"]:
            raise click.UsageError("SUBMISSIONS are missing")
        _keep(grades, options)
    except Broken as error:
        _complain(as_json, error)
        sys.exit(_BROKEN)
    except click.ClickException:
        raise
    except Exception:
        click.echo(traceback.format_exc(), err=True)
        sys.exit(_FAULT)
    if not as_json:
        click.echo(_table(grades))


def _graded(found: Assignment, paths: tuple[Path, ...], as_json: bool, options: dict[str, Any]) -> list[Graded]:
    submissions = Class(paths, found.name)
    if not len(submissions):
        raise BrokenCall("no_submissions", "没有找到提交", "there are no submissions")
    limits = Limits(seconds=options["seconds"], memory_mb=options["memory"])
    watcher = _watch if sys.stderr.isatty() else None
    grades = []
    with Nursery(NOTEBOOKS[options["toolchain"]], waived=options["allow_missing"]) as nursery:
        put_back = options["missing"] == "put-back"
        for each in grade(
            found, submissions, nursery=nursery, limits=limits, strict=options["strict"], progress=watcher,
            workers=options["workers"], put_back=put_back,
        ):
            grades.append(_finished(each, as_json, options))
    return grades


def _finished(graded: Graded, as_json: bool, options: dict[str, Any]) -> Graded:
    """Write what is wanted of one student, and keep the scores only: notebooks of a class would fill the memory."""
    if as_json:
        click.echo(json.dumps(graded.as_json(), ensure_ascii=False))
    if folder := options["feedback_folder"]:
        folder.mkdir(parents=True, exist_ok=True)
        page = feedback.coloured(feedback.page(graded, options["language"]))
        (folder / f"{writing_back.safe(graded.student)}.html").write_text(page, encoding="utf-8")
    if options["write_back"]:
        writing_back.write(graded, options["write_back"])
    graded.ran = []
    return graded


def _keep(grades: list[Graded], options: dict[str, Any]) -> None:
    if options["write_back"] and grades:
        writing_back.write_table(grades, options["write_back"])
    if path := options["csv_file"]:
        text = csvs.export(grades) if path.name.endswith("grades.csv") else csvs.questions(grades)
        path.write_text(text, encoding="utf-8-sig")


def _release(found: Assignment, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in found.releases.items():
        (folder / f"{name}.ipynb").write_bytes(data)
    for name, data in found.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def _complain(as_json: bool, error: Broken) -> None:
    if as_json:
        faults = [each.as_json() for each in error.faults] if isinstance(error, BrokenAssignment) else []
        click.echo(json.dumps({"error": error.code, "zh": error.zh, "en": error.en, "faults": faults}, ensure_ascii=False))
    click.echo(f"{error.zh}\n{error.en}", err=True)


def _watch(progress: Progress) -> None:
    left = "" if progress.left is None else f", about {progress.left:.0f} s left"
    end = "\n" if progress.done == progress.total else ""
    click.echo(f"\r{progress.done}/{progress.total or '?'}{left}   {end}", nl=False, err=True)


def _table(grades: list[Graded]) -> str:
    lines = []
    for each in sorted(grades, key=lambda each: each.student):
        if each.refused:
            _, zh, en = each.refused
            lines.append(f"{each.student:24} {zh} / {en}")
        marked = "  ".join(f"{q.id}={'-' if q.earned is None else q.earned}{'!' if q.flags else ''}" for q in each.questions)
        lines.append(f"{each.student:24} {each.earned - each.penalty}/{each.maximum}  {marked}")
    return "\n".join(lines + list(_legend(grades)))


def _legend(grades: list[Graded]) -> Iterator[str]:
    """What the table's marks mean, where it has any; and that a source whose solution fails may be the wrong file."""
    questions = [question for each in grades for question in each.questions]
    if any(question.earned is None for question in questions):
        yield "-  由人评分 / a person has to mark it"
    if any(question.flags for question in questions):
        yield "!  有标记，--csv 和 --json 里有说明 / has flags, which --csv and --json name"
    failing = list(dict.fromkeys(question.id for question in questions if SOLUTION_FAILS in question.flags))
    if failing:
        yield (
            f"{'、'.join(failing)}：作业自己的解答也没通过，请检查作业（是不是学生版？） / the assignment's own solution fails "
            f"{', '.join(failing)}: mend it (is it the students' version?)"
        )
