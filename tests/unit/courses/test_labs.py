"""A lab from the notebook that a student downloads to the mark in the gradebook, graded in the real sandbox."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.kinds.courses.actions import compute, labs
from heitu.kinds.courses.actions.marking import mark
from heitu.kinds.courses.enums import Grading
from heitu.kinds.courses.models import Enrolment, Grade, LabSubmission, Offering
from heitu.kinds.courses.queries import labs as asking
from heitu.kinds.courses.queries import marking
from heitu.kinds.courses.tasks import grade_lab, grade_slow
from tests import courses
from tests.grading.conftest import desks
from tests.people import Cast, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desks")]
__all__ = ["desks"]  # skips what grades where this machine has no sandbox
RIGHT, WRONG = "def total(x):\n    return sum(x)", "def total(x):\n    return 1"


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


def solved(offering: Offering, source: str = RIGHT, why: str = "因为舍入。") -> bytes:
    """The students' notebook as the class gives it, with answers in it."""
    notebook = json.loads(asking.release(offering.version_id, "add-up"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "total":
            cell["source"] = source
        elif name == "why":
            cell["source"] = why
    return json.dumps(notebook).encode()


def submit(student: Enrolment, source: str = RIGHT, **more: Any) -> LabSubmission:
    data = solved(student.offering, source, **more)
    return labs.submit(enrolment=student, lab="add-up", data=data, by=student.person, now=clock.now())


def graded(made: LabSubmission) -> asking.Shown:
    for task in (grade_lab, grade_slow):
        task(made.enrolment.offering.version_id, "add-up")
    made.refresh_from_db()
    return asking.shown(made)


def sent(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_the_students_notebook_tells_nothing(offering: Offering) -> None:
    given = asking.release(offering.version_id, "add-up").decode()
    assert "return sum(x)" not in given
    assert "total([]) == 0" not in given
    assert "total([1]) == 1" in given


def test_from_hand_in_to_mark(offering: Offering, cast: Cast, student: Enrolment) -> None:
    made = submit(student)
    assert asking.place_of(made) == asking.Place(0, is_running=False, lacking="numpy")  # no worker runs here
    found = graded(made)
    assert made.grading == Grading.WAITING
    assert [(each.id, each.earned, each.maximum) for each in found.questions] == [("total-tests", 3.0, 3.0), ("why", None, 2.0)]
    assert marking.pile(offering, "add-up").answers == [(made.pk, True)]
    answer = marking.answer_in(made)
    assert [(each.id, each.source) for each in answer.questions] == [("why", "因为舍入。")]
    mark(submission=made, points={"why": 1.5}, comment="再具体些。", by=cast.lin, now=clock.now())
    made.refresh_from_db()
    assert (made.grading, asking.shown(made).earned) == (Grading.DONE, 4.5)
    assert Grade.objects.get(enrolment=student, item__lab="add-up").points == Decimal("4.50")
    with pytest.raises(Refused, match="not_waiting"):
        mark(submission=made, points={"why": 2}, comment="", by=cast.lin, now=clock.now())


def test_wrong_work_earns_nothing_and_is_told_no_hidden_test(student: Enrolment) -> None:
    made = submit(student, WRONG)
    found = graded(made)
    assert found.questions[0].earned == 0
    assert student.person.name in Path(made.feedback_zh.path).read_text()
    for kept in (made.feedback_zh, made.feedback_en):
        assert "total([])" not in Path(kept.path).read_text()


def test_all_that_wait_are_graded_by_one_job_and_in_turn(offering: Offering, cast: Cast, student: Enrolment) -> None:
    others = [courses.a_student(offering, person) for person in (cast.zhou, cast.gao)]
    made = [submit(each, source) for each, source in zip([student, *others], (RIGHT, WRONG, RIGHT), strict=True)]
    assert [asking.place_of(each).ahead for each in made] == [0, 1, 2]  # type: ignore[union-attr]
    assert ProcrastinateJob.objects.filter(queue_name="grade").values("lock").distinct().count() == 1
    assert grade_lab(offering.version_id, "add-up") == 3
    assert grade_lab(offering.version_id, "add-up") == 0


def test_another_language_is_refused_when_it_is_handed_in(student: Enrolment) -> None:
    notebook = json.loads(solved(student.offering))
    notebook["metadata"]["kernelspec"] = {"name": "ir", "language": "R", "display_name": "R"}
    with pytest.raises(Refused, match="language"):
        labs.submit(enrolment=student, lab="add-up", data=json.dumps(notebook).encode(), by=student.person, now=clock.now())
    assert not LabSubmission.objects.exists()


def test_what_was_held_up_is_graded_once_the_machine_is_well(student: Enrolment) -> None:
    made = submit(student)
    LabSubmission.objects.update(held_since=clock.now(), held_by="disk")
    made.refresh_from_db()
    assert "磁盘已满" in asking.place_of(made).words.zh  # type: ignore[union-attr]
    assert graded(made).questions[0].earned == 3
    assert (made.held_since, made.held_by) == (None, "")


def test_what_a_dead_worker_had_taken_is_graded_by_the_next(student: Enrolment) -> None:
    made = submit(student)
    LabSubmission.objects.filter(pk=made.pk).update(grading=Grading.RUNNING)
    assert grade_lab(made.enrolment.offering.version_id, "add-up") == 0
    made.refresh_from_db()
    place = asking.place_of(made)
    assert place is not None
    assert place.is_retried
    assert "进程中断过，会单独重试" in replace(place, lacking="").words.zh
    assert grade_slow(made.enrolment.offering.version_id, "add-up") == 1
    assert asking.shown(LabSubmission.objects.get(pk=made.pk)).questions[0].earned == 3


def test_the_same_again_is_the_same_and_a_better_one_counts(student: Enrolment) -> None:
    first = submit(student, WRONG)
    assert submit(student, WRONG) == first
    second = submit(student)
    assert (second.number, graded(second).questions[0].earned) == (2, 3)


@pytest.mark.parametrize(("data", "code"), [
    (b"print(1)", "not_json"), (b"[]", "not_a_notebook"), (b'{"nbformat": 4}', "no_cells"), (b"", "not_json"),
])
def test_what_is_no_notebook_is_refused_by_name_and_nothing_is_kept(student: Enrolment, data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        labs.submit(enrolment=student, lab="add-up", data=data, by=student.person, now=clock.now())
    assert refused.value.field == "notebook"
    assert refused.value.code == code
    assert not LabSubmission.objects.exists()


def test_a_run_is_paid_with_the_voucher(offering: Offering, cast: Cast, student: Enrolment) -> None:
    offering.voucher_minutes = 15
    offering.save()
    with pytest.raises(Refused, match="insufficient"):
        submit(student)
    assert not LabSubmission.objects.exists()
    compute.ledger.transfer(
        debit=compute._source(), credit=compute.voucher_of(student), amount=15, by=cast.lin, now=clock.now(), key="t", reason="t",
    )
    submit(student)
    assert compute.balances.balance(compute.voucher_of(student)).available == 5


def test_it_is_late_by_the_students_own_date(offering: Offering, student: Enrolment) -> None:
    made = labs.submit(
        enrolment=student, lab="add-up", data=solved(offering), by=student.person, now=clock.now() + timedelta(days=15, hours=12)
    )
    assert made.days_late == 2


def test_pages(offering: Offering, cast: Cast, student: Enrolment) -> None:
    mine, teachers = client_of(cast, "sun"), client_of(cast, "lin")
    door = f"/classes/{offering.pk}/labs/add-up/"
    assert mine.post(door, {"notebook": SimpleUploadedFile("a.ipynb", b"no")}).status_code == 409
    assert mine.post(door, {"notebook": SimpleUploadedFile("a.ipynb", solved(offering))}).status_code == 302
    made = LabSubmission.objects.get()
    assert "every 20s" in mine.get(door).content.decode()
    asked = re.search(r'hx-get="([^"]+)"', mine.get(f"{door}{made.pk}/progress/").content.decode())
    assert asked is not None
    with CaptureQueriesContext(connection) as captured:
        assert mine.get(asked[1]).status_code == 204
    assert len(captured) <= 6
    LabSubmission.objects.update(grading=Grading.RUNNING)
    assert "正在批改" in mine.get(asked[1]).content.decode()
    graded(made)
    assert "hx-get" not in mine.get(asked[1]).content.decode()
    page = mine.get(f"{door}{made.pk}/feedback/")
    assert "sandbox" in page["Content-Security-Policy"]
    assert mine.get(f"{door}{made.pk}/autograded/").status_code == 404
    assert b"total([]) == 0" in sent(teachers.get(f"{door}{made.pk}/autograded/"))
    assert sent(mine.get(f"{door}{made.pk}/notebook/")) == solved(offering)
    assert "等待人工评分" in teachers.get(door).content.decode()
    assert "因为舍入" in teachers.get(f"{door}marking/").content.decode()
    assert mine.get(f"{door}marking/").status_code == 404
    marked = teachers.post(f"{door}marking/", {"submission": made.pk, "cell-why": "3"})
    assert marked.status_code == 409
    assert "孙琪" not in teachers.get(f"{door}marking/").content.decode()
    assert teachers.post(f"{door}marking/", {"submission": made.pk, "cell-why": "2", "comment": "好"}).status_code == 302
    assert "没有等待评分的答案" in teachers.get(f"{door}marking/").content.decode()
    assert "好" in mine.get(door).content.decode()


def test_the_same_over_the_api(offering: Offering, cast: Cast, student: Enrolment) -> None:
    mine, door = client_of(cast, "sun"), f"/api/v1/classes/{offering.pk}/labs/add-up"
    given = mine.get("/api/v1/courses/adding-up/versions/1.0.0/labs/add-up/notebook")
    assert given.content == asking.release(offering.version_id, "add-up")
    refused = mine.post(f"{door}/submissions", {"notebook": SimpleUploadedFile("a.ipynb", b"no")})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_json")
    given = mine.post(f"{door}/submissions", {"notebook": SimpleUploadedFile("a.ipynb", solved(offering))})
    assert (given.status_code, given.json()["grading"], given.json()["ahead"]) == (201, "queued", 0)
    graded(LabSubmission.objects.get())
    found = mine.get(f"{door}/submissions/{given.json()['id']}").json()
    assert (found["grading"], found["earned"], found["maximum"]) == ("waiting", 3, 5)
    assert client_of(cast, "zhou").get(f"{door}/submissions/{given.json()['id']}").status_code == 404


def test_another_student_sees_nothing_of_it(offering: Offering, cast: Cast, student: Enrolment) -> None:
    made = submit(student)
    courses.a_student(offering, cast.zhou)
    door = f"/classes/{offering.pk}/labs/add-up/{made.pk}/"
    for part in ("progress/", "notebook/", "feedback/", "autograded/"):
        assert client_of(cast, "zhou").get(door + part).status_code == 404


def test_a_list_of_many_asks_no_more(offering: Offering, cast: Cast, student: Enrolment) -> None:
    client, door = client_of(cast, "lin"), f"/classes/{offering.pk}/labs/add-up/"
    counts = []
    for each in (student, courses.a_student(offering, cast.zhou), courses.a_student(offering, cast.gao)):
        submit(each)
        client.get(door)
        with CaptureQueriesContext(connection) as captured:
            client.get(door)
        counts.append(len(captured))
    assert len(set(counts)) == 1
    assert counts[0] < 12


def test_a_stale_form_marks_nobody_else(offering: Offering, cast: Cast, student: Enrolment) -> None:
    other = submit(courses.a_student(offering, cast.zhou))
    made = submit(student)
    graded(made)
    mark(submission=made, points={"why": 2}, comment="", by=cast.lin, now=clock.now())
    door = f"/classes/{offering.pk}/labs/add-up/marking/"
    for asked in (str(made.pk), "", "x"):
        assert client_of(cast, "lin").post(door, {"submission": asked, "cell-why": "1"}).status_code == 409
    other.refresh_from_db()
    assert other.grading == Grading.WAITING


def test_a_lab_that_opens_later_and_one_that_is_over_are_not_next(offering: Offering, cast: Cast, student: Enrolment) -> None:
    mine, door = client_of(cast, "sun"), f"/classes/{offering.pk}/"
    for opens, due, said in ((2, 9, "还没有开放"), (-30, -8, "提交已截止")):
        offering.deadlines.update(opens_at=clock.now() + timedelta(days=opens), due_at=clock.now() + timedelta(days=due))
        page = mine.get(f"{door}labs/add-up/").content.decode()
        assert said in page
        assert 'type="file"' not in page
        assert "现在没有要交的实验" in mine.get(door).content.decode()
