"""A teacher mends a test in a real browser: a class of sixty graded again, compared, applied, taken away as CSV and XLSX; and
marks by keyboard."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from heitu.ground.core import clock
from heitu.kinds.courses.actions import labs
from heitu.kinds.courses.actions.enrolments import import_roster
from heitu.kinds.courses.models import Enrolment, Grade, Offering, Revision
from heitu.kinds.courses.queries import labs as looking
from heitu.kinds.courses.tasks import grade_lab, try_revision
from tests import courses
from tests.browser.conftest import overflow
from tests.grading.conftest import desks
from tests.people import Cast, make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("desks")]
__all__ = ["desks"]
SIZE = 60
RIGHT, LENIENT = "def total(x):\n    return sum(x)", "def total(x):\n    return sum(x) if x else 7"


@pytest.fixture
def cast(settings: Any, tmp_path: Path) -> Cast:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return make_cast(clock.now())


@pytest.fixture
def offering(cast: Cast, tmp_path: Path) -> Offering:
    """Sixty students from a roster, their notebooks handed in and graded: every other one falls to a test that is wrong."""
    adoption = courses.an_adoption(courses.loaded(tmp_path, now=clock.now()), cast, now=clock.now())
    offering = courses.an_offering(adoption, cast, now=clock.now())
    lines = ["邮箱,姓名,学号", *(f"s{number}@new.example,学生{number},{number:04d}" for number in range(SIZE))]
    import_roster(offering=offering, file_name="名单.csv", data="\n".join(lines).encode("gbk"), by=cast.lin, now=clock.now())
    for place, student in enumerate(offering.enrolments.select_related("person").order_by("student_number")):
        hand_in(student, LENIENT if place % 2 else RIGHT, why="因为舍入。" if place < 3 else None)
    assert grade_lab(offering.version_id, "add-up") == SIZE
    return offering


def hand_in(student: Enrolment, source: str, *, why: str | None) -> None:
    """`why` None leaves the written question untouched, which earns 0 without a person."""
    notebook = json.loads(looking.release(student.offering.version_id, "add-up"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "total" or (name == "why" and why):
            cell["source"] = source if name == "total" else why
    data = json.dumps(notebook).encode()
    labs.submit(enrolment=student, lab="add-up", data=data, by=student.person, now=clock.now())


def mended(folder: Path) -> str:
    made = courses.notebook()
    for cell in made["cells"]:
        if cell["id"] == "total-tests":
            cell["source"] = "assert total([1]) == 1\n### BEGIN HIDDEN TESTS\nassert total([2]) == 2\n### END HIDDEN TESTS"
    (folder / "mended.ipynb").write_text(json.dumps(made, ensure_ascii=False))
    return str(folder / "mended.ipynb")


def test_a_test_is_mended_for_a_class_of_sixty(
    page: Any, sign_in: Any, axe: Any, cast: Cast, offering: Offering, tmp_path: Path
) -> None:
    window, door = page("/"), f"/classes/{offering.pk}/labs/add-up/"
    sign_in(window, cast.lin)
    mark_by_keyboard(window, door, axe)

    window.goto(door)
    window.click("aside a[href$='/regrades/']")
    window.set_input_files("[name=notebook]", mended(tmp_path))
    window.fill("[name=reason]", "空表不在题目里")
    window.click("main form button.primary")
    assert f"0 / {SIZE}" in window.locator(".next-step").inner_text()
    try_revision(offering.version_id, "add-up", Revision.objects.get().pk)
    window.get_by_text("30 名学生的分数会变").wait_for()  # the page asked for itself anew
    assert axe(window) == []
    phone = page(window.url, width=390, context=None)
    sign_in(phone, cast.lin)
    phone.goto(window.url)
    assert overflow(phone) == 0
    with window.expect_download() as file:
        window.click("a[href$='changes.csv']")
    assert sum(line[-1] == "up" for line in rows_of(file.value.path())) == 30
    before = marks()
    window.click("form[action$='/application/'] button")
    assert "已采用" in window.locator(".page-head").inner_text()
    after = marks()
    assert sum(after[key] - before[key] == 3 for key in after) == 30
    taken_away(window, offering, after)


def mark_by_keyboard(window: Any, door: str, axe: Any) -> None:
    """Two items of a rubric; then digits, Enter, k and j, the mouse untouched."""
    window.goto(f"{door}rubric/")
    for words, points in (("提到舍入", "1.5"), ("太短", "-0.5")):
        window.fill("[name=text_zh]", words)
        window.fill("[name=points]", points)
        window.click("main form button.primary")
        window.get_by_role("rowheader", name=words).wait_for()
    window.goto(f"{door}marking/")
    assert axe(window) == []
    window.keyboard.press("1")
    window.keyboard.press("2")
    assert window.locator("[data-points]").input_value() == "1"
    window.keyboard.press("Enter")
    window.get_by_text("已评 1 / 3").wait_for()
    window.keyboard.press("k")
    window.get_by_role("heading", name="第 1 份答案").wait_for()
    assert window.locator("[data-item]:checked").count() == 2
    window.keyboard.press("j")
    for left in (2, 3):
        window.get_by_role("heading", name=f"第 {left} 份答案").wait_for()
        window.keyboard.press("1")
        window.keyboard.press("Enter")
    window.get_by_text("没有等待评分的答案").wait_for()


def marks() -> dict[str, float]:
    rows = Grade.objects.filter(item__lab="add-up").values_list("enrolment__student_number", "points")
    return {number: float(points) for number, points in rows}


def taken_away(window: Any, offering: Offering, expected: dict[str, float]) -> None:
    """The gradebook as CSV and XLSX says what the database does."""
    window.goto(f"/classes/{offering.pk}/gradebook/")
    with window.expect_download() as file:
        window.click("a[href$='export.csv']")
    lines = rows_of(file.value.path())[1:]
    assert {line[0]: float(line[3]) for line in lines} == expected
    with window.expect_download() as file:
        window.click("a[href$='export.xlsx']")
    sheet = openpyxl.load_workbook(io.BytesIO(file.value.path().read_bytes())).active
    assert {str(row[0]): row[3] for row in sheet.iter_rows(min_row=2, values_only=True)} == expected


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(Path(path).read_text(encoding="utf-8-sig"))))
