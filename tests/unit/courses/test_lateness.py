"""A rule for lateness that changes: earlier marks stand unless their teacher, having seen them, says otherwise."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from heitu.ground.audit.models import AuditEntry
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.people.models import Notification
from heitu.kinds.courses.actions.classes import Plan, edit_offering, extend
from heitu.kinds.courses.actions.grades import set_grade
from heitu.kinds.courses.actions.settling import CellScore, record_scores
from heitu.kinds.courses.enums import Source
from heitu.kinds.courses.models import Enrolment, Grade, LabSubmission, Offering
from heitu.kinds.courses.queries.lateness import late_changes
from heitu.kinds.courses.views import classes
from tests import courses
from tests.people import Cast, client_of

pytestmark = pytest.mark.django_db


def handed_in(student: Enrolment, *, days_late: float, earned: float | None = 5) -> LabSubmission:
    """By the class's rule of today; 5 of 5 points, or still waiting."""
    now, offering = clock.now(), student.offering
    made = LabSubmission.objects.create(
        enrolment=student, lab="add-up", number=1, sha256="0" * 64, submitted_at=now, due_at=now - timedelta(days=days_late),
        late_percent=offering.late_percent, late_days=offering.late_days,
    )
    cells = [CellScore("total-tests", 3, 3), CellScore("why", None if earned is None else earned - 3, 2)]
    record_scores(submission=made, scores=cells, source=Source.MACHINE, by=None, now=now)
    return made


@pytest.fixture
def late(student: Enrolment) -> LabSubmission:
    return handed_in(student, days_late=2.5)


def points(made: LabSubmission) -> Decimal | None:
    return Grade.objects.get(enrolment=made.enrolment, item__lab="add-up").points


def plan(**changes: Any) -> Plan:
    return courses.a_plan(clock.now(), **changes)


def edit(offering: Offering, cast: Cast, late_for: Any = None, **changes: Any) -> Offering:
    return edit_offering(offering=offering, plan=plan(**changes), late_for=late_for, by=cast.lin, now=clock.now())


def test_it_asks_and_nothing_is_changed_until_it_is_said(offering: Offering, cast: Cast, late: LabSubmission) -> None:
    assert points(late) == Decimal("3.50")
    with pytest.raises(Refused, match="marks_change") as refused:
        edit(offering, cast, late_percent=20)
    assert refused.value.details["marks"] == [
        {"student": late.enrolment_id, "lab": "add-up", "before": "3.50", "after": "2.00"}
    ]
    offering.refresh_from_db()
    assert (offering.late_percent, points(late)) == (10, Decimal("3.50"))
    edit(offering, cast, title="另一个名字")  # which has nothing to do with it


def test_from_now_on(offering: Offering, cast: Cast, late: LabSubmission) -> None:
    edit(offering, cast, "new", late_percent=20)
    assert points(late) == Decimal("3.50")
    extend(
        enrolment=late.enrolment, lab="add-up", due_at=clock.now() + timedelta(days=20), reason="病假", by=cast.lin, now=clock.now()
    )
    assert points(late) == Decimal("5.00")
    fresh = courses.a_student(offering, cast.zhou, number="2302")
    assert points(handed_in(fresh, days_late=2.5)) == Decimal("2.00")
    assert not Notification.objects.filter(kind="late_rule").exists()


def test_for_all_that_was_handed_in(offering: Offering, cast: Cast, late: LabSubmission) -> None:
    kept = handed_in(courses.a_student(offering, cast.zhou, number="2302"), days_late=1)
    set_grade(
        enrolment=kept.enrolment, item=offering.items.get(), points=Decimal(1), reason="面谈", by=cast.lin, now=clock.now()
    )
    waits = handed_in(courses.a_student(offering, cast.gao, number="2303"), days_late=1, earned=None)
    found = late_changes(offering, plan(late_percent=20))
    assert [(each.made, each.before, each.after) for each in found] == [
        (late, Decimal("3.50"), Decimal("2.00")), (waits, None, None),
    ]
    edit(offering, cast, "all", late_percent=20)
    assert (points(late), points(kept)) == (Decimal("2.00"), Decimal("1.00"))
    waits.refresh_from_db()
    assert waits.late_percent == 20
    assert [each.person for each in Notification.objects.filter(kind="late_rule")] == [late.enrolment.person]
    assert AuditEntry.objects.get(action="offering.late_rule_applied").detail == {"late_percent": 20, "late_days": 7, "notebooks": 2}
    assert late_changes(offering, plan(late_percent=20)) == []


def test_the_page_shows_before_and_after_and_asks(offering: Offering, cast: Cast, late: LabSubmission) -> None:
    teacher, door = client_of(cast, "lin"), f"/classes/{offering.pk}/settings/"
    given = {
        "title": offering.title, "term": offering.term, "starts_on": str(offering.starts_on), "ends_on": str(offering.ends_on),
        "late_percent": 20, "late_days": 7,
    }
    assert 'name="late_for"' not in teacher.get(door).content.decode()
    asked = teacher.post(door, given)
    assert asked.status_code == 409
    assert "3.50 → <strong>2.00</strong>" in asked.content.decode()
    assert 'name="late_for"' in asked.content.decode()
    assert teacher.post(door, {**given, "late_for": "some"}).status_code == 409
    assert teacher.post(door, {**given, "late_for": "all"}).status_code == 302
    assert points(late) == Decimal("2.00")


def test_a_long_list_is_cut_into_pages(
    offering: Offering, cast: Cast, late: LabSubmission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classes, "LATE_SHOWN", 0)
    teacher, door = client_of(cast, "lin"), f"/classes/{offering.pk}/settings/late/"
    asked = teacher.post(f"/classes/{offering.pk}/settings/", {
        "title": offering.title, "term": offering.term, "starts_on": str(offering.starts_on), "ends_on": str(offering.ends_on),
        "late_percent": 20, "late_days": 7,
    })
    assert f'href="{door}?late_percent=20&amp;late_days=7"' in asked.content.decode()
    page = teacher.get(door, {"late_percent": 20, "late_days": 7}).content.decode()
    assert "3.50 → <strong>2.00</strong>" in page
    assert points(late) == Decimal("3.50")
    assert teacher.get(door, {"late_percent": "x"}).status_code == 302
    assert client_of(cast, "sun").get(door, {"late_percent": 20, "late_days": 7}).status_code == 404


def test_the_same_over_the_api(offering: Offering, cast: Cast, late: LabSubmission) -> None:
    client, door = client_of(cast, "lin"), f"/api/v1/classes/{offering.pk}"
    given = {
        "title": "新名字", "term": offering.term, "starts_on": str(offering.starts_on), "ends_on": str(offering.ends_on),
        "late_percent": 0, "late_days": 7,
    }
    refused = client.put(door, given, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "marks_change")
    changed = client.put(door, {**given, "late_for": "all"}, content_type="application/json")
    assert (changed.status_code, changed.json()["title"], points(late)) == (200, "新名字", Decimal("5.00"))
    assert client_of(cast, "sun").put(door, given, content_type="application/json").status_code == 404
