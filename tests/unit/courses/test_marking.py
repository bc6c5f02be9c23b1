"""Marking by hand: by a rubric or as typed, one answer after another without names, and what an edited item does."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from heitu.ground.audit.models import AuditEntry
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.core.text import Text
from heitu.kinds.courses.actions import labs
from heitu.kinds.courses.actions import marking as actions
from heitu.kinds.courses.actions.classes import edit_offering, extend, set_deadlines
from heitu.kinds.courses.actions.settling import CellScore, record_scores
from heitu.kinds.courses.enums import Source
from heitu.kinds.courses.marks import by_rubric
from heitu.kinds.courses.models import Enrolment, Grade, LabSubmission, Offering, RubricItem, RubricUse
from heitu.kinds.courses.queries import labs as looking
from heitu.kinds.courses.queries import marking
from heitu.kinds.courses.queries.classes import lab_standings, waiting_for_person
from heitu.kinds.courses.queries.errands import errands
from tests import courses
from tests.people import Cast, client_of

pytestmark = pytest.mark.django_db
ADDS = st.lists(st.decimals(-9, 9, places=2), max_size=6)


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def answers(offering: Offering, cast: Cast, student: Enrolment) -> list[LabSubmission]:
    """Three students' notebooks, graded but for the question `why` of 2 points."""
    students = [student, courses.a_student(offering, cast.zhou), courses.a_student(offering, cast.gao)]
    return [an_answer(each, f"答案{number}") for number, each in enumerate(students)]


def an_answer(student: Enrolment, why: str) -> LabSubmission:
    notebook = json.loads(looking.release(student.offering.version_id, "add-up"))
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "why":
            cell["source"] = why
    data = json.dumps(notebook).encode()
    made = labs.submit(enrolment=student, lab="add-up", data=data, by=student.person, now=clock.now())
    cells = [CellScore("total-tests", 3, 3), CellScore("why", None, 2)]
    record_scores(submission=made, scores=cells, source=Source.MACHINE, by=None, now=clock.now())
    return made


def an_item(offering: Offering, cast: Cast, points: float, zh: str = "提到舍入") -> RubricItem:
    text = Text(zh=zh, en="rounding")
    return actions.add_item(
        offering=offering, lab="add-up", cell="why", text=text, points=Decimal(str(points)), by=cast.lin, now=clock.now()
    )


def mark(made: LabSubmission, cast: Cast, points: float | None = None, *items: RubricItem, **more: Any) -> None:
    ticked = {"why": [each.pk for each in items]}
    actions.mark(submission=made, points={"why": points}, ticked=ticked, comment="", by=cast.lin, now=clock.now(), **more)


def points_of(made: LabSubmission) -> Decimal | None:
    return Grade.objects.get(enrolment=made.enrolment, item__lab="add-up").points


@given(ADDS, st.integers(0, 10))
def test_a_rubric_never_leaves_the_range(points: list[Decimal], maximum: int) -> None:
    found = by_rubric(points, Decimal(maximum))
    assert 0 <= found <= maximum
    if all(each >= 0 for each in points):
        assert found == min(sum(points), Decimal(maximum))
    elif all(each < 0 for each in points):
        assert found == max(maximum + sum(points), Decimal(0))


def test_items_say_how_many_points_unless_some_are_typed(offering: Offering, cast: Cast, answers: list[LabSubmission]) -> None:
    half, minus = an_item(offering, cast, 0.5), an_item(offering, cast, -0.5, "太短")
    mark(answers[0], cast, None, half)
    mark(answers[1], cast, None, minus)
    mark(answers[2], cast, 1.25, half, minus)
    assert [points_of(each) for each in answers] == [Decimal("3.50"), Decimal("4.50"), Decimal("4.25")]
    assert RubricUse.objects.count() == 4
    assert marking.answer_in(answers[2]).questions[0].ticked == {half.pk, minus.pk}


def test_nothing_given_a_strangers_item_and_too_much_are_refused(offering: Offering, cast: Cast, answers: list[LabSubmission]) -> None:
    gone = an_item(offering, cast, 1)
    actions.retire_item(item=gone, by=cast.lin, now=clock.now())
    for points, items, code in ((None, (), "points_missing"), (3, (), "points_out_of_range"), (None, (gone,), "item_unknown")):
        with pytest.raises(Refused, match=code):
            mark(answers[0], cast, points, *items)
    assert marking.pile(offering, "add-up").marked == 0


def test_marked_anew_only_by_whoever_saw_the_last_mark(offering: Offering, cast: Cast, answers: list[LabSubmission]) -> None:
    mark(answers[0], cast, 1)
    seen = marking.answer_in(answers[0]).seen
    with pytest.raises(Refused, match="not_waiting"):
        mark(answers[0], cast, 2)
    mark(answers[0], cast, 2, seen=seen)
    assert points_of(answers[0]) == 5
    with pytest.raises(Refused, match="not_waiting"):
        mark(answers[0], cast, 0, seen=seen)


def test_an_edited_item_asks_then_works_out_anew_what_used_it(offering: Offering, cast: Cast, answers: list[LabSubmission]) -> None:
    item = an_item(offering, cast, 1)
    mark(answers[0], cast, None, item)
    mark(answers[1], cast, 1.75, item)  # typed: stands
    mark(answers[2], cast, 0)

    def edit(points: float, *, confirmed: bool) -> int:
        return actions.edit_item(
            item=item, text=item.text, points=Decimal(str(points)), confirmed=confirmed, by=cast.lin, now=clock.now()
        )

    with pytest.raises(Refused) as refused:
        edit(1.5, confirmed=False)
    assert (refused.value.code, refused.value.details["marks"]) == ("marks_change", 2)
    assert edit(1.5, confirmed=True) == 1
    assert [points_of(each) for each in answers] == [Decimal("4.50"), Decimal("4.75"), Decimal("3.00")]
    entry = AuditEntry.objects.filter(action="rubric.item_edited").get()
    assert entry.detail == {"from": "1.00", "to": "1.50", "used": 2, "changed": 1}
    assert edit(2, confirmed=True) == 1  # the item stays with the score that was worked out
    assert points_of(answers[0]) == 5


def test_a_rubric_is_taken_from_another_class_once(offering: Offering, adoption: Any, cast: Cast) -> None:
    an_item(offering, cast, 1)
    other = courses.an_offering(adoption, cast, now=clock.now(), title="另一班")
    client, door = client_of(cast, "lin"), f"/classes/{other.pk}/labs/add-up/rubric/"
    assert offering.title in client.get(door).content.decode()
    for _ in range(2):
        assert client.post(f"{door}copy/", {"offering": offering.pk}).status_code == 302
    assert [(each.cell, each.points) for each in marking.items_of(other, "add-up")] == [("why", 1)]


def test_the_page_leads_through_all_answers_without_names(offering: Offering, cast: Cast, answers: list[LabSubmission]) -> None:
    client, door = client_of(cast, "lin"), f"/classes/{offering.pk}/labs/add-up/marking/"
    item = an_item(offering, cast, -0.5)
    page = client.get(door).content.decode()
    assert "已评 0 / 3" in page
    assert "答案0" in page
    assert not any(each.enrolment.person.name in page for each in answers)
    sent = {"submission": answers[0].pk, "seen": marking.answer_in(answers[0]).seen, "items-why": item.pk, "cell-why": ""}
    saved = client.post(door, sent | {"comment": "再具体些。", "keep_comment": "on"})
    assert saved["Location"] == f"{door}?answer={answers[1].pk}"
    page = client.get(saved["Location"]).content.decode()
    assert "已评 1 / 3" in page
    assert "再具体些。" in page
    (phrase,) = marking.snippets_of(offering, "add-up")
    sent = {"submission": answers[1].pk, "seen": marking.answer_in(answers[1]).seen, "cell-why": "1", "snippets": phrase.pk}
    assert client.post(door, sent).status_code == 302
    assert marking.answer_in(answers[1]).comment == "再具体些。"
    assert "1.50 / 2" in client.get(f"{door}?answer={answers[0].pk}").content.decode()
    assert client.post(door, sent).status_code == 409
    with CaptureQueriesContext(connection) as captured:
        client.get(door)
    assert len(captured) <= 12


def test_rubric_pages(offering: Offering, cast: Cast, answers: list[LabSubmission]) -> None:
    client, door = client_of(cast, "lin"), f"/classes/{offering.pk}/labs/add-up/rubric/"
    assert client_of(cast, "sun").get(door).status_code == 404
    assert client.post(door, {"cell": "why", "points": "1"}).status_code == 409
    assert client.post(door, {"cell": "why", "text_zh": "提到舍入", "points": "1"}).status_code == 302
    (item,) = marking.items_of(offering, "add-up")
    mark(answers[0], cast, None, item)
    edited = client.post(f"{door}{item.pk}/", {"text_zh": "提到舍入", "points": "2"})
    assert edited.status_code == 409
    assert "1 份评分用过它" in edited.content.decode()
    assert client.post(f"{door}{item.pk}/", {"text_zh": "提到舍入", "points": "2", "confirmed": "on"}).status_code == 302
    assert points_of(answers[0]) == 5
    assert client.post(f"{door}snippets/", {"text": "很好"}).status_code == 302
    assert "很好" in client.get(door).content.decode()
    assert client.post(f"{door}snippets/", {"remove": marking.snippets_of(offering, "add-up").get().pk}).status_code == 302
    assert client.post(f"{door}{item.pk}/ending/").status_code == 302
    assert marking.items_of(offering, "add-up") == []


def test_the_same_over_the_api(offering: Offering, cast: Cast, answers: list[LabSubmission]) -> None:
    client, door = client_of(cast, "lin"), f"/api/v1/classes/{offering.pk}/labs/add-up"
    kind = {"content_type": "application/json"}
    said = {"cell": "why", "text": {"zh": "提到舍入", "en": ""}, "points": "1"}
    item = client.post(f"{door}/rubric", said, **kind).json()
    assert client.get(f"{door}/answers").json()[0] == {"answer": answers[0].pk, "waits": True}
    given = {"points": {"why": None}, "ticked": {"why": [item["id"]]}}
    marked = client.put(f"{door}/answers/{answers[0].pk}", given, **kind).json()
    assert (marked["questions"][0]["earned"], marked["questions"][0]["ticked"]) == (1, [item["id"]])
    assert client.put(f"{door}/rubric/{item['id']}", said | {"points": "2"}, **kind).status_code == 409
    changed = client.put(f"{door}/rubric/{item['id']}", said | {"points": "2", "confirmed": True}, **kind)
    assert (changed.status_code, points_of(answers[0])) == (200, 5)
    assert client.post(f"{door}/rubric", said | {"cell": "x"}, **kind).json()["code"] == "cell_unknown"
    assert client_of(cast, "sun").get(f"{door}/answers").status_code == 404


def test_an_extension_given_afterwards_takes_the_lateness_away(offering: Offering, cast: Cast, answers: list[LabSubmission]) -> None:
    late = answers[0]
    LabSubmission.objects.filter(pk=late.pk).update(due_at=clock.now() - timedelta(hours=30))
    late.refresh_from_db()
    mark(late, cast, 2)
    assert points_of(late) == Decimal("4.00")
    assert "迟交 2 天" in client_of(cast, "sun").get(f"/classes/{offering.pk}/labs/add-up/").content.decode()
    due = clock.now() + timedelta(days=20)
    extend(enrolment=late.enrolment, lab="add-up", due_at=due, reason="病假", by=cast.lin, now=clock.now())
    assert points_of(late) == 5


def test_another_date_for_the_class_holds_for_what_was_handed_in_before(
    offering: Offering, cast: Cast, answers: list[LabSubmission]
) -> None:
    late, other = answers[:2]
    for each in answers:
        mark(each, cast, 2)
    assert points_of(late) == 5
    given, opens, yesterday = offering.deadlines.get(), clock.now() - timedelta(days=9), clock.now() - timedelta(hours=30)
    extend(
        enrolment=other.enrolment, lab="add-up", due_at=given.due_at + timedelta(days=1), reason="病假", by=cast.lin, now=clock.now()
    )
    set_deadlines(offering=offering, deadlines={"add-up": (opens, yesterday)}, by=cast.lin, now=clock.now())
    assert (points_of(late), points_of(other)) == (Decimal("4.00"), 5)
    later = given.due_at + timedelta(days=9)
    set_deadlines(offering=offering, deadlines={"add-up": (opens, later)}, by=cast.lin, now=clock.now())
    assert points_of(late) == 5
    (standing,) = lab_standings(other.enrolment)
    assert (standing.due_at, standing.is_extended) == (later, False)  # an extension takes nothing away
    other.refresh_from_db()
    assert other.due_at == later


def test_only_the_last_notebook_of_who_is_in_the_class_waits(offering: Offering, cast: Cast, answers: list[LabSubmission]) -> None:
    assert waiting_for_person(offering).count == len(answers)
    first = answers[0]
    LabSubmission.objects.create(
        enrolment=first.enrolment, lab="add-up", number=2, sha256="0" * 64, submitted_at=clock.now(), due_at=clock.now()
    )
    Enrolment.objects.filter(pk=answers[1].enrolment_id).update(left_at=clock.now())
    assert waiting_for_person(offering).count == len(answers) - 2
    ((_, need),) = errands(cast.lin, clock.now()).needs
    assert need.sentence.en.startswith(f"{len(answers) - 2} lab(s)")
    assert need.url == f"/classes/{offering.pk}/labs/add-up/marking/"
    assert need.url in client_of(cast, "lin").get(f"/classes/{offering.pk}/").content.decode()


def test_an_edited_late_rule_is_in_the_audit_trail(offering: Offering, cast: Cast) -> None:
    plan = courses.a_plan(clock.now(), late_percent=25)
    edit_offering(offering=offering, plan=plan, by=cast.lin, now=clock.now())
    changed = AuditEntry.objects.get(action="offering.edited").detail["changed"]
    assert changed == {"late_percent": {"from": "10", "to": "25"}}
