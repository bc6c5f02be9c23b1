"""A term in a real browser: a teacher opens a class, imports a roster, gives a lab, marks in place; a student joins by phone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from heitu.ground.core import clock
from heitu.kinds.courses.models import GradeChange, Offering
from tests import courses
from tests.browser.conftest import overflow
from tests.people import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast(clock.now())


def test_a_term(page: Any, sign_in: Any, axe: Any, cast: Cast, tmp_path: Path) -> None:
    adoption = courses.an_adoption(courses.loaded(tmp_path, now=clock.now()), cast, now=clock.now())
    window = page("/")
    sign_in(window, cast.lin)
    offering = open_a_class(window, adoption.pk)
    import_a_roster(window, tmp_path, size=60)
    assert offering.enrolments.count() == 60
    give_the_lab(window, offering)
    code = window.locator("#join-code").inner_text()

    phone = page("/", width=390)
    sign_in(phone, cast.sun)
    phone.goto(f"/classes/join/?code={code}")
    phone.click("main form button[type=submit]")
    assert "加起来" in phone.locator(".next-step").inner_text()
    assert overflow(phone) == 0
    phone.click(".next-step a.primary")
    assert phone.locator("h1").inner_text() == "加起来"

    sign_in(window, cast.lin)  # the student's session took the place of the teacher's
    mark_in_place(window, offering)
    for path in (f"/classes/{offering.pk}/gradebook/", f"/classes/{offering.pk}/", "/courses/adding-up/versions/1.0.0/units/sums/"):
        window.goto(path)
        assert axe(window) == [], path
        window.emulate_media(media="print")
        assert window.locator(":is(button, input, select, nav:not(.pagination), .button):visible").count() == 0, path
        window.emulate_media(media="screen")


def open_a_class(window: Any, adoption: int) -> Offering:
    today = timezone.localdate()
    window.goto(f"/adoptions/{adoption}/")
    window.click(".next-step a.primary")
    window.fill("[name=title]", "计算机 2301 班")
    window.fill("[name=term]", "2026 春")
    window.fill("[name=starts_on]", str(today))
    window.fill("[name=ends_on]", str(today + timedelta(days=120)))
    window.click("main form button.primary")
    window.wait_for_load_state()
    return Offering.objects.get()


def import_a_roster(window: Any, folder: Path, *, size: int) -> None:
    """From the card of the next step, in GBK as a spreadsheet writes it."""
    lines = ["邮箱,姓名,学号", *(f"s{number}@new.example,学生{number},{number:04d}" for number in range(size))]
    (folder / "名单.csv").write_bytes("\n".join(lines).encode("gbk"))
    window.click(".next-step a.primary")
    window.set_input_files("[name=file]", str(folder / "名单.csv"))
    window.click("main form button.primary")
    assert f"{size} 行全部正确" in window.locator("main").inner_text()


def give_the_lab(window: Any, offering: Offering) -> None:
    now = timezone.localtime()
    window.goto(f"/classes/{offering.pk}/")
    window.click(".next-step a.primary")
    window.fill("[name='opens_add-up']", f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}")
    window.fill("[name='due_add-up']", f"{now + timedelta(days=9):%Y-%m-%dT%H:%M}")
    window.click("main form button.primary")
    window.click("form[action$='/code/'] button")


def mark_in_place(window: Any, offering: Offering) -> None:
    """Type a mark where it stands; then another, which needs a reason; the page is never left."""
    window.goto(f"/classes/{offering.pk}/gradebook/")
    cell = window.locator(".gradebook tbody tr").first.locator("td").nth(1)
    cell.locator("a").click()
    cell.locator("[name=points]").fill("4")
    cell.locator("button").click()
    cell.locator("a", has_text="4.00").wait_for()
    cell.locator("a").click()
    cell.locator("[name=points]").fill("5")
    cell.locator("button").click()
    window.locator(".toast").wait_for()  # why: no reason was given; what was typed is still there
    assert cell.locator("[name=points]").input_value() == "5"
    cell.locator("[name=reason]").fill("漏加一题")
    cell.locator("button").click()
    cell.locator("a", has_text="5.00").wait_for()
    assert window.url.endswith("/gradebook/")
    kept = list(GradeChange.objects.order_by("pk").values_list("before", "after", "reason"))
    assert [(str(before), str(after), reason) for before, after, reason in kept] == [
        ("None", "4.00", ""), ("4.00", "5.00", "漏加一题")
    ]
