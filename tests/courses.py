"""A small course for tests, written into a folder, and classes made through the product's own actions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from heitu.engines.lifecycle.actions import load_programme, move
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person, Team
from heitu.kinds.courses.actions.adoptions import open_adoption
from heitu.kinds.courses.actions.classes import Plan, open_offering, set_deadlines
from heitu.kinds.courses.actions.enrolments import enrol
from heitu.kinds.courses.actions.packs import load_course
from heitu.kinds.courses.enums import Entry
from heitu.kinds.courses.models import Adoption, CourseVersion, Enrolment, Offering
from heitu.kinds.courses.queries.adoptions import open_call
from heitu.stages.applications import actions as applications
from heitu.stages.applications.models import Application
from tests import stages
from tests.factories import NOW
from tests.people import Cast

FIGURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><defs><marker id="tip" refX="2" refY="2">'
    '<path d="M0 0 4 2 0 4z"/></marker></defs><path d="M2 10h30" stroke="currentColor" marker-end="url(#tip)"/></svg>\n'
)
UNITS = {
    "sums": {
        "zh": """# 求和

## 从循环到数组
一个数组的和，可以逐个相加，
也可以一次算完。参见[误差](errors)与[实验](lab:add-up)。

:::{figure} ../figures/sum.svg
:alt: 箭头
求和的次序。
:::

```python
total = x.sum()
```

$$
s = \\sum_i x_i
$$

:::{exercise} 试一试
把 $n$ 个数相加要几次加法？
:::

:::{solution}
$n - 1$ 次。
:::
""",
        "en": """# Sums

## From a loop to an array
Add up one by one, or all at once. See [errors](errors) and the [lab](lab:add-up).

:::{figure} ../figures/sum.svg
:alt: An arrow
The order of adding.
:::

```python
total = x.sum()
```

$$
s = \\sum_i x_i
$$

:::{exercise} Try it
How many additions do $n$ numbers take?
:::

:::{solution}
$n - 1$ of them.
:::
""",
    },
    "errors": {
        "zh": "# 误差\n\n## 舍入\n每次相加都会舍入。\n\n:::{note}\n次序有关系。\n:::\n",
        "en": "# Errors\n\n## Rounding\nEvery addition rounds.\n\n:::{note}\nOrder matters.\n:::\n",
    },
}


def manifest(**changes: Any) -> dict[str, Any]:
    """The small course's course.yaml as data."""
    return {
        "title": {"zh": "求和入门", "en": "Adding up"}, "summary": {"zh": "学会求和。", "en": "Learn to add."},
        "audience": {"zh": "人人。", "en": "Everybody."}, "authors": [{"zh": "测试组", "en": "Testers"}],
        "licence": "CC-BY-4.0", "version": "1.0.0",
        "changelog": [{"version": "1.0.0", "date": "2026-03-01", "zh": "首版。", "en": "First."}],
        "toolchains": ["numpy"], "hours": {"lectures": 4, "labs": 2}, "requires": [],
        "teaches": [{"skill": "numpy-vectorisation", "level": 2}],
        "textbooks": [{
            "id": "book", "title": {"zh": "算书", "en": "Sums"}, "authors": ["A. Dder"], "publisher": "Abacus Press",
            "editions": [{"edition": 1, "year": 2020, "changes": {"zh": "首版。", "en": "First."}}],
        }],
        "units": [
            {
                "id": "sums", "title": {"zh": "求和", "en": "Sums"}, "summary": {"zh": "加。", "en": "Add."}, "hours": 2,
                "skills": [{"skill": "numpy-vectorisation", "level": 2}], "labs": ["add-up"],
                "reads": [{"textbook": "book", "edition": 1, "chapters": "1"}],
            },
            {
                "id": "errors", "title": {"zh": "误差", "en": "Errors"}, "summary": {"zh": "错。", "en": "Err."}, "hours": 2,
                "skills": [{"skill": "numerical-stability", "level": 1}], "labs": [], "reads": [],
            },
        ],
        "labs": [{
            "id": "add-up", "title": {"zh": "加起来", "en": "Add it up"}, "hours": 2, "toolchain": "numpy", "seconds": 5,
            "voucher_minutes": 10, "skills": {
                "total-tests": [{"skill": "numpy-vectorisation", "level": 2}],
                "why": [{"skill": "numerical-stability", "level": 1}],
            },
        }],
    } | changes


def _text(name: str, language: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": f"{name}-{language}", "metadata": {"lang": language}, "source": source}


def _graded(name: str, kind: str, source: str, **grading: Any) -> dict[str, Any]:
    usual = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    cell: dict[str, Any] = {
        "cell_type": kind, "id": name, "metadata": {"nbgrader": usual | {"grade_id": name} | grading}, "source": source,
    }
    return cell if kind == "markdown" else cell | {"execution_count": None, "outputs": []}


def notebook(*, cells: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A sound nbgrader source: a solution, its tests, a written question."""
    return {
        "cells": cells if cells is not None else [
            _text("intro", "zh", "# 加起来\n\n写一个 `total`。"), _text("intro", "en", "# Add it up\n\nWrite `total`."),
            _graded("total", "code", "def total(x):\n    ### BEGIN SOLUTION\n    return sum(x)\n    ### END SOLUTION", solution=True),
            _graded(
                "total-tests", "code", "assert total([1]) == 1\n### BEGIN HIDDEN TESTS\nassert total([]) == 0\n### END HIDDEN TESTS",
                grade=True, locked=True, points=3,
            ),
            _text("ask", "zh", "为什么？"), _text("ask", "en", "Why?"),
            _graded("why", "markdown", "", grade=True, solution=True, points=2),
        ],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4, "nbformat_minor": 5,
    }


def write(
    folder: Path, *, units: Mapping[str, Mapping[str, str]] = UNITS, figures: Mapping[str, str] | None = None,
    lab: Mapping[str, Any] | None = None, **changes: Any,
) -> Path:
    """The small course in `folder`/courses/adding-up of a pack that has skills; answers the course's folder."""
    course = folder / "courses" / "adding-up"
    for name in ("units", "labs/add-up", "figures"):
        (course / name).mkdir(parents=True, exist_ok=True)
    if not (folder / "skills.yaml").exists():
        (folder / "skills.yaml").write_text("skills:\n  - slug: numpy-vectorisation\n  - slug: numerical-stability\n")
    (course / "course.yaml").write_text(yaml.safe_dump(manifest(**changes), allow_unicode=True, sort_keys=False))
    for unit, texts in units.items():
        for language, text in texts.items():
            (course / "units" / f"{unit}.{language}.md").write_text(text)
    for name, svg in ({"sum.svg": FIGURE} if figures is None else figures).items():
        (course / "figures" / name).write_text(svg)
    made = json.dumps(lab or notebook(), ensure_ascii=False, indent=1)
    (course / "labs" / "add-up" / "add-up.ipynb").write_text(made + "\n")
    return course


def newer(folder: Path, version: str = "1.1.0", **changes: Any) -> Path:
    """The course with a newer version number, and whatever else changes."""
    first = {"version": "1.0.0", "date": "2026-03-01", "zh": "首版。", "en": "First."}
    change = {"version": version, "date": "2026-05-01", "zh": "更好。", "en": "Better."}
    return write(folder, version=version, changelog=[change, first], **changes)


def loaded(folder: Path, *, now: datetime = NOW, **changes: Any) -> CourseVersion:
    return load_course(folder=write(folder, **changes), pack=folder.name, by=None, now=now)


def an_application(
    version: CourseVersion, cast: Cast, *, team: Team | None = None, lead: Person | None = None, now: datetime = NOW
) -> Application:
    """Lin's team asks to teach the course; the call is opened by Chen where it isn't yet."""
    load_programme(path=stages.PROGRAMMES / "course-adoption.yaml", by=None, now=now)
    call = open_call(version.course) or open_adoption(
        course=version.course, institution=cast.company, closes_at=now + timedelta(days=300), by=cast.chen, now=now
    )
    lead = lead or cast.lin
    application = applications.start(call=call, team=team or cast.dengta, by=lead, now=now)
    answers = {"setting": "计算机专业二年级的必修实践课。", "term": "2026 秋", "students": 60}
    applications.change_answers(
        application=application, answers=answers, declarations=stages.ALL_TICKED, by=lead, now=now
    )
    return application


def an_adoption(version: CourseVersion, cast: Cast, *, now: datetime = NOW) -> Adoption:
    application = an_application(version, cast, now=now)
    move(case=application.case, event="submit", by=cast.lin, now=now)
    move(case=application.case, event="adopt", by=cast.chen, now=now)
    return Adoption.objects.get(application=application)


def a_plan(now: datetime = NOW, **changes: Any) -> Plan:
    given: dict[str, Any] = {
        "title": "计算机 2301 班", "term": "2026 春", "starts_on": now.date(), "ends_on": now.date() + timedelta(days=120),
    }
    return Plan(**(given | changes))


def an_offering(adoption: Adoption, cast: Cast, *, now: datetime = NOW, given: bool = True, **changes: Any) -> Offering:
    """Lin's class, its lab open since an hour and due in a fortnight."""
    offering = open_offering(adoption=adoption, plan=a_plan(now, **changes), by=cast.lin, now=now)
    if given:
        dates = {"add-up": (now - timedelta(hours=1), now + timedelta(days=14))}
        set_deadlines(offering=offering, deadlines=dates, by=cast.lin, now=now)
    return offering


def a_student(offering: Offering, person: Person, *, number: str = "", now: datetime = NOW) -> Enrolment:
    return enrol(offering=offering, person=person, entry=Entry.HAND, student_number=number, by=None, now=now)


TITLE = Text(zh="期末考试", en="Final examination")
