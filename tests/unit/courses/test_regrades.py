"""Mended tests: tried on a class without a mark moving, compared, applied in one action or given up."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heitu.engines.grading import Graded, Question
from heitu.engines.grading.grades import SOLUTION_FAILS
from heitu.ground.audit.models import AuditEntry
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.people.models import Notification
from heitu.kinds.courses.actions import labs, regrades
from heitu.kinds.courses.actions.grades import set_grade
from heitu.kinds.courses.actions.marking import mark
from heitu.kinds.courses.actions.packs import load_course
from heitu.kinds.courses.actions.settling import CellScore, record_scores
from heitu.kinds.courses.enums import Grading, Source
from heitu.kinds.courses.models import Enrolment, Grade, LabSubmission, Offering, Regrade, Revision
from heitu.kinds.courses.pack.notebooks import graded_cells
from heitu.kinds.courses.queries import labs as looking
from heitu.kinds.courses.queries import regrades as asking
from heitu.kinds.courses.tasks import grade_lab, try_revision
from tests import courses
from tests.factories import a_person
from tests.grading.conftest import desks
from tests.people import Cast, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desks")]
__all__ = ["desks"]
RIGHT, WRONG = "def total(x):\n    return sum(x)", "def total(x):\n    return 7"
LENIENT = "def total(x):\n    return sum(x) if x else 7"  # which the first hidden test takes no points for


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


MENDED = "assert total([1]) == 1\n### BEGIN HIDDEN TESTS\nassert total([2]) == 2\n### END HIDDEN TESTS"


def mended(test: str = MENDED, **points: float) -> bytes:
    """The lab's source with another test, and other points where they are given by cell."""
    made = courses.notebook()
    for cell in made["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "total-tests":
            cell["source"] = test
        if name in points:
            cell["metadata"]["nbgrader"]["points"] = points[name]
    return json.dumps(made).encode()


def solved(offering: Offering, source: str) -> bytes:
    notebook = json.loads(looking.release(offering.version_id, "add-up"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = {"total": source, "why": "因为。"}.get(name, cell["source"])
    return json.dumps(notebook).encode()


def submit(student: Enrolment, source: str) -> LabSubmission:
    data = solved(student.offering, source)
    return labs.submit(enrolment=student, lab="add-up", data=data, by=student.person, now=clock.now())


@dataclass
class Class:
    """Three students with marks by the first tests: 3+2, 0+2 by a wrong test, 0+2; the question `why` by Lin."""

    offering: Offering
    right: LabSubmission
    wronged: LabSubmission
    wrong: LabSubmission
    cast: Cast

    def mark(self, made: LabSubmission) -> Decimal | None:
        return Grade.objects.get(enrolment=made.enrolment, item__lab="add-up").points

    def tried(self, data: bytes | None = None, *, in_sandbox: bool = False) -> Revision:
        """As the worker does, or with what its engine would have found written down by hand, which is quicker."""
        made = regrades.upload(
            offering=self.offering, lab="add-up", data=data or mended(), reason="空表不考", by=self.cast.lin, now=clock.now()
        )
        if in_sandbox:
            try_revision(self.offering.version_id, "add-up", made.pk)
        else:
            self.find(made)
        return made

    def find(self, revision: Revision, *flags: str) -> None:
        """All but the one who is wrong pass the test; a person marks the rest. `flags` of every question."""
        cells = graded_cells(bytes(revision.content).decode())
        for given in regrades.taken(revision.pk):
            row = Regrade.objects.get(pk=given.student)
            earned = 0 if row.submission_id == self.wrong.pk else None
            regrades.keep(graded=Graded(given.student, "add-up", questions=[
                Question(each.grade_id, "add-up", None, Decimal(each.points), "manual") if each.is_manual else
                Question(
                    each.grade_id, "add-up", Decimal(each.points if earned is None else 0), Decimal(each.points), "passed", flags=flags
                )
                for each in cells
            ]))

    def outcomes(self, revision: Revision) -> list[str]:
        found = {each.regrade.submission_id: each.outcome for each in asking.changes(revision)}
        return [found[each.pk] for each in (self.right, self.wronged, self.wrong)]


@pytest.fixture
def room(offering: Offering, cast: Cast, student: Enrolment) -> Class:
    students = [student, courses.a_student(offering, cast.zhou, number="2302"), courses.a_student(offering, cast.gao, number="2303")]
    made = [submit(each, source) for each, source in zip(students, (RIGHT, LENIENT, WRONG), strict=True)]
    for each, earned in zip(made, (3, 0, 0), strict=True):
        cells = [CellScore("total-tests", earned, 3), CellScore("why", None, 2)]
        record_scores(submission=each, scores=cells, source=Source.MACHINE, by=None, now=clock.now())
        mark(submission=each, points={"why": 2}, comment="好", by=cast.lin, now=clock.now())
    return Class(offering, *made, cast)


def test_nothing_moves_until_it_is_applied_and_then_all_at_once(room: Class) -> None:
    assert [room.mark(each) for each in (room.right, room.wronged, room.wrong)] == [5, 2, 2]
    revision = room.tried(in_sandbox=True)
    assert room.outcomes(revision) == ["same", "up", "same"]
    assert room.mark(room.wronged) == 2
    (question, why) = asking.questions(asking.changes(revision))
    assert (question.id, question.up, question.down, question.same) == ("total-tests", 1, 0, 2)
    assert (why.before, why.after) == (2, 2)
    before = AuditEntry.objects.count()
    assert regrades.apply(revision=revision, by=room.cast.lin, now=clock.now()) == 1
    assert [room.mark(each) for each in (room.right, room.wronged, room.wrong)] == [5, 5, 2]
    assert AuditEntry.objects.filter(action="lab.regrade_applied").count() == 1
    assert AuditEntry.objects.count() > before
    told = Notification.objects.filter(kind="lab_regraded")
    assert [each.person for each in told] == [room.wronged.enrolment.person]
    room.wronged.refresh_from_db()
    shown = looking.shown(room.wronged)
    assert [(each.id, each.earned, each.comment) for each in shown.questions] == [("total-tests", 3, ""), ("why", 2, "好")]
    assert room.wronged.grading == Grading.DONE


def test_later_hand_ins_and_downloads_are_by_the_tests_that_hold(room: Class, cast: Cast) -> None:
    regrades.apply(revision=room.tried(mended("assert total([5]) == 5")), by=cast.lin, now=clock.now())
    page = client_of(cast, "sun").get(f"/classes/{room.offering.pk}/labs/add-up/release/")
    assert b"total([5])" in page.content
    made = submit(room.right.enrolment, LENIENT)
    source = looking.source_of(made)
    assert source.revision is not None
    assert grade_lab(source.version, source.lab, source.revision) == 1
    assert looking.shown(LabSubmission.objects.get(pk=made.pk)).questions[0].earned == 3


def test_what_a_person_gave_stands(room: Class, cast: Cast) -> None:
    item = room.offering.items.get(lab="add-up")
    set_grade(enrolment=room.wronged.enrolment, item=item, points=Decimal("1.5"), reason="面谈", by=cast.lin, now=clock.now())
    revision = room.tried()
    assert room.outcomes(revision) == ["same", "kept", "same"]
    assert regrades.apply(revision=revision, by=cast.lin, now=clock.now()) == 0
    assert room.mark(room.wronged) == Decimal("1.5")


def test_points_that_a_question_no_longer_gives_wait_for_a_person_again(room: Class, cast: Cast) -> None:
    revision = room.tried(mended(why=1))
    assert room.outcomes(revision) == ["waits"] * 3
    regrades.apply(revision=revision, by=cast.lin, now=clock.now())
    assert room.offering.items.get(lab="add-up").maximum == 4
    assert room.mark(room.right) == 5  # until somebody marks it
    larger = room.tried(mended(why=4))
    assert {cell.maximum for each in asking.changes(larger) for cell in each.cells} == {3, 4}


def test_a_question_that_is_gone_counts_no_more(room: Class, cast: Cast) -> None:
    made = json.loads(mended())
    made["cells"] = [cell for cell in made["cells"] if cell["id"] not in ("why", "ask-zh", "ask-en")]
    revision = room.tried(json.dumps(made).encode())
    assert room.outcomes(revision) == ["down", "up", "down"]
    regrades.apply(revision=revision, by=cast.lin, now=clock.now())
    assert [room.mark(each) for each in (room.right, room.wronged, room.wrong)] == [3, 3, 0]


def test_marks_and_notebooks_that_moved_are_named_and_taken_in(room: Class, cast: Cast) -> None:
    revision, item = room.tried(), room.offering.items.get(lab="add-up")
    set_grade(enrolment=room.right.enrolment, item=item, points=Decimal(4), reason="迟到", by=cast.lin, now=clock.now())
    submit(room.wrong.enrolment, RIGHT)
    newcomer = courses.a_student(room.offering, a_person(), number="2309")
    submit(newcomer, RIGHT)
    with pytest.raises(Refused) as refused:
        regrades.apply(revision=revision, by=cast.lin, now=clock.now())
    assert refused.value.code == "stale"
    moved: Any = refused.value.details["moved"]
    assert [each["en"] for each in moved] == ["has another mark in the gradebook", "handed in anew", "handed in anew"]
    assert room.mark(room.wronged) == 2
    regrades.refresh(revision=revision, by=cast.lin, now=clock.now())
    with pytest.raises(Refused, match="not_graded_yet"):
        regrades.apply(revision=revision, by=cast.lin, now=clock.now())
    room.find(revision)
    regrades.apply(revision=revision, by=cast.lin, now=clock.now())
    assert room.mark(room.wronged) == 5
    assert room.mark(room.right) == 4
    assert LabSubmission.objects.filter(revision=revision).count() == 4


def test_tests_that_their_own_solution_fails_are_told_and_never_applied(room: Class, cast: Cast) -> None:
    revision = regrades.upload(
        offering=room.offering, lab="add-up", data=mended(), reason="x", by=cast.lin, now=clock.now()
    )
    room.find(revision, SOLUTION_FAILS)
    with pytest.raises(Refused, match="tests_faulty") as refused:
        regrades.apply(revision=revision, by=cast.lin, now=clock.now())
    assert refused.value.details["questions"] == ["total-tests"]
    page = client_of(cast, "lin").get(f"/classes/{room.offering.pk}/labs/add-up/regrades/1/").content.decode()
    assert "参考解答通不过自己的测试" in page
    assert "/application/" not in page
    told = client_of(cast, "lin").get(f"/api/v1/classes/{room.offering.pk}/labs/add-up/regrades/1").json()
    assert told["faulty"] == ["total-tests"]
    assert room.mark(room.wronged) == 2


def test_what_could_not_be_tried_is_tried_again_and_nothing_tried_is_never_applied(room: Class, cast: Cast) -> None:
    revision = regrades.upload(
        offering=room.offering, lab="add-up", data=mended(), reason="x", by=cast.lin, now=clock.now()
    )
    Regrade.objects.update(grading=Grading.FAILED)
    with pytest.raises(Refused, match="tests_faulty"):
        regrades.apply(revision=revision, by=cast.lin, now=clock.now())
    teacher, door = client_of(cast, "lin"), f"/classes/{room.offering.pk}/labs/add-up/regrades/1/"
    assert "未能批改的 3 份再试一次" in teacher.get(door).content.decode()
    teacher.post(f"{door}refresh/")
    room.find(revision)
    assert regrades.apply(revision=revision, by=cast.lin, now=clock.now()) == 1


def test_a_trial_gives_up_what_three_workers_died_over(room: Class, cast: Cast) -> None:
    revision = regrades.upload(offering=room.offering, lab="add-up", data=mended(), reason="x", by=cast.lin, now=clock.now())
    killer = next(regrades.taken(revision.pk))
    assert killer is not None
    for _ in range(2):
        taken = list(itertools.islice(regrades.taken(revision.pk), 3))
        assert killer.student not in [each.student for each in taken if each]
        Regrade.objects.filter(revision=revision).exclude(pk=int(killer.student)).update(grading=Grading.QUEUED)
        Regrade.objects.filter(pk=int(killer.student)).update(grading=Grading.RUNNING)
    assert list(itertools.islice(regrades.taken(revision.pk), 2))
    states = dict(Regrade.objects.filter(revision=revision).values_list("pk", "grading"))
    assert [pk for pk, state in states.items() if state == Grading.FAILED] == [int(killer.student)]


def test_a_result_by_the_old_tests_comes_too_late(room: Class, cast: Cast) -> None:
    LabSubmission.objects.filter(pk=room.right.pk).update(grading=Grading.RUNNING)  # again, by a slow worker
    regrades.apply(revision=room.tried(), by=cast.lin, now=clock.now())
    nothing = Question("total-tests", "add-up", Decimal(0), Decimal(3), "failed")
    labs.keep(graded=Graded(str(room.right.pk), "add-up", questions=[nothing]), now=clock.now())
    assert room.mark(room.right) == 5


def test_given_up_nothing_has_happened_and_another_may_follow(room: Class, cast: Cast) -> None:
    revision = room.tried()
    with pytest.raises(Refused, match="trial_open"):
        room.tried()
    regrades.discard(revision=revision, by=cast.lin, now=clock.now())
    for act in (regrades.apply, regrades.discard, regrades.refresh):
        with pytest.raises(Refused, match="trial_over"):
            act(revision=revision, by=cast.lin, now=clock.now())
    assert looking.applied_revision(room.offering, "add-up") is None
    assert room.tried().number == 2


def test_all_faults_at_once_and_nothing_kept(offering: Offering, cast: Cast, student: Enrolment) -> None:
    made = json.loads(mended())
    made["nbformat_minor"] = 2
    made["cells"][3]["metadata"]["nbgrader"]["locked"] = False
    with pytest.raises(Refused) as refused:
        regrades.upload(offering=offering, lab="add-up", data=json.dumps(made).encode(), reason="x", by=cast.lin, now=clock.now())
    faults: Any = refused.value.details["faults"]
    assert [each["en"] for each in faults] == ["this should be nbformat 4.5", "cell 4: a test cell should be locked"]
    release = looking.release(offering.version_id, "add-up")  # the students' own: no solutions in it
    with pytest.raises(Refused, match="notebook_faulty"):
        regrades.upload(offering=offering, lab="add-up", data=release, reason="x", by=cast.lin, now=clock.now())
    with pytest.raises(Refused, match="nothing_handed_in"):
        regrades.upload(offering=offering, lab="add-up", data=mended(), reason="x", by=cast.lin, now=clock.now())
    assert not Revision.objects.exists()


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_a_source_in_another_encoding_is_kept_as_utf_8(room: Class, cast: Cast, encoding: str) -> None:
    data = json.dumps(json.loads(mended()), ensure_ascii=False)
    revision = room.tried(data.encode(encoding))
    assert bytes(revision.content).decode() == data
    assert "1 名学生的分数会变" in client_of(cast, "lin").get(
        f"/classes/{room.offering.pk}/labs/add-up/regrades/1/"
    ).content.decode()


def test_a_trial_that_our_own_fault_holds_up_says_so(room: Class, cast: Cast) -> None:
    regrades.upload(offering=room.offering, lab="add-up", data=mended(), reason="x", by=cast.lin, now=clock.now())
    Regrade.objects.update(held_since=clock.now(), held_by="sandbox")
    door = f"/classes/{room.offering.pk}/labs/add-up/regrades/1"
    assert "沙箱不可用" in client_of(cast, "lin").get(f"{door}/").content.decode()
    assert "sandbox" in client_of(cast, "lin").get(f"/api/v1{door}").json()["held_up"]["en"]


def test_a_newer_version_of_the_course_brings_its_notebook(room: Class, cast: Cast, tmp_path: Path) -> None:
    folder = courses.newer(tmp_path, lab=json.loads(mended()))
    newer = load_course(folder=folder, pack=tmp_path.name, by=None, now=clock.now())
    assert asking.newer_notebooks(room.offering, "add-up") == [newer]
    door = f"/classes/{room.offering.pk}/labs/add-up/regrades/"
    assert client_of(cast, "lin").post(door, {"version": "1.1.0"}).status_code == 302
    revision = Revision.objects.get()
    room.find(revision)
    assert (revision.version, room.outcomes(revision)) == (newer, ["same", "up", "same"])
    regrades.apply(revision=revision, by=cast.lin, now=clock.now())
    assert asking.newer_notebooks(room.offering, "add-up") == []


def test_pages(room: Class, cast: Cast) -> None:
    teacher, student = client_of(cast, "lin"), client_of(cast, "sun")
    door = f"/classes/{room.offering.pk}/labs/add-up/regrades/"
    faulty = teacher.post(door, {"notebook": SimpleUploadedFile("a.ipynb", b"[]"), "reason": "x"})
    assert (faulty.status_code, "不是笔记本" in faulty.content.decode()) == (409, True)
    begun = teacher.post(door, {"notebook": SimpleUploadedFile("a.ipynb", mended()), "reason": "空表不考"})
    assert begun["Location"] == f"{door}1/"
    assert "0 / 3" in teacher.get(f"{door}1/").content.decode()
    assert "HX-Refresh" not in teacher.get(f"{door}1/progress/")
    room.find(Revision.objects.get())
    assert teacher.get(f"{door}1/progress/")["HX-Refresh"] == "true"
    page = teacher.get(f"{door}1/").content.decode()
    assert "1 名学生的分数会变" in page
    assert room.right.enrolment.person.name not in page.split("逐人")[1]
    assert room.right.enrolment.person.name in teacher.get(f"{door}1/?all=1").content.decode()
    lines = teacher.get(f"{door}1/changes.csv").content.decode("utf-8-sig").splitlines()
    assert f"2302,{cast.zhou.name},,2,5,3,up" in lines
    assert len(lines) == 1 + 3 * 3
    for path in ("", "1/", "1/progress/", "1/notebook/", "1/changes.csv"):
        assert student.get(door + path).status_code == 404
    assert teacher.get(f"{door}1/notebook/").content == mended()
    with CaptureQueriesContext(connection) as captured:
        teacher.get(f"{door}1/")
    assert len(captured) < 10
    assert teacher.post(f"{door}1/application/").status_code == 302
    assert "已采用" in teacher.get(door).content.decode()


def test_the_same_over_the_api(room: Class, cast: Cast) -> None:
    client, door = client_of(cast, "lin"), f"/api/v1/classes/{room.offering.pk}/labs/add-up/regrades"
    begun = client.post(door, {"notebook": SimpleUploadedFile("a.ipynb", mended()), "reason": "空表不考"})
    assert (begun.status_code, begun.json()["total"], begun.json()["changes"]) == (201, 3, [])
    room.find(Revision.objects.get())
    found = client.get(f"{door}/1").json()
    assert sorted(each["outcome"] for each in found["changes"]) == ["same", "same", "up"]
    assert client_of(cast, "sun").get(f"{door}/1").status_code == 404
    assert client.post(f"{door}/1/application").json() == {"changed": 1}
    assert client.delete(f"{door}/1").status_code == 409
