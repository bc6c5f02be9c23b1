"""Classes: students come in, labs get dates, one student gets more time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from heitu.ground.audit.models import AuditEntry
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.people.models import Notification, Person
from heitu.kinds.courses.actions.classes import add_teacher, extend, open_offering, remove_teacher, set_deadlines
from heitu.kinds.courses.actions.enrolments import change_code, enrol_by_email, import_roster, join, leave
from heitu.kinds.courses.enums import Entry
from heitu.kinds.courses.models import Adoption, Enrolment, Offering, RosterRun
from heitu.kinds.courses.queries.classes import lab_standings, next_lab
from tests import courses
from tests.factories import a_person
from tests.people import Cast

pytestmark = pytest.mark.django_db
NOW = clock.now()
ROSTER = "邮箱,姓名,学号\na@new.example,甲,1\nb@new.example,乙,2\nsun@yunling.edu.example,孙琪,3\n"


def take_over(offering: Offering, cast: Cast, table: str | bytes, name: str = "r.csv") -> RosterRun:
    data = table.encode() if isinstance(table, str) else table
    return import_roster(offering=offering, file_name=name, data=data, by=cast.lin, now=NOW)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_roster_brings_a_class_in(offering: Offering, cast: Cast, encoding: str) -> None:
    run = take_over(offering, cast, ROSTER.encode(encoding))
    assert (run.rows, run.created, run.changed, run.faults) == (3, 3, 0, [])
    assert Person.objects.get(email="a@new.example").name == "甲"
    assert offering.enrolments.get(person=cast.sun).student_number == "3"
    assert Notification.objects.filter(person=cast.sun, kind="enrolled").count() == 1


def test_a_roster_twice_changes_only_what_changed(offering: Offering, cast: Cast) -> None:
    take_over(offering, cast, ROSTER)
    leave(enrolment=offering.enrolments.get(person=cast.sun), reason="", by=cast.lin, now=NOW)
    run = take_over(offering, cast, ROSTER.replace("乙,2", "乙,22"))
    assert (run.created, run.changed) == (0, 2)
    assert offering.enrolments.filter(left_at__isnull=True).count() == 3


def test_with_one_row_at_fault_nobody_comes_in(offering: Offering, cast: Cast, student: Enrolment) -> None:
    table = (
        "email,name,student_number\nfine@new.example,好,9\nnot an address,坏,8\ntwice@new.example,二,7\n"
        "twice@new.example,二,7\nlin@yunling.edu.example,林,6\nother@new.example,,2301\n"
    )
    before = (Enrolment.objects.count(), Person.objects.count())
    run = take_over(offering, cast, table)
    assert [(fault["row"], fault["column"]) for fault in run.faults] == [
        (3, "email"), (4, "email"), (4, "student_number"), (5, "email"), (5, "student_number"), (6, "email"), (7, "name"),
        (7, "student_number"),
    ]
    assert all(fault["zh"] and fault["en"] for fault in run.faults)
    assert (Enrolment.objects.count(), Person.objects.count()) == before


@pytest.mark.parametrize(("table", "code"), [
    ("email,nam\nx@y.example,x\n", "column_unknown"), ("name\nx\n", "column_missing"), ("email,name\n", "file_empty"),
    (b"email,name\n\xff\xfe\xfa\x00,x\n", "file_encoding"),
])
def test_a_table_that_is_none_is_refused(offering: Offering, cast: Cast, table: str | bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        take_over(offering, cast, table)
    assert not RosterRun.objects.exists()


def test_joining_with_a_code(offering: Offering, cast: Cast) -> None:
    change_code(offering=offering, code="ABCDEFGH", by=cast.lin, now=NOW)
    made = join(code=" abcdefgh ", by=cast.he, now=NOW)
    assert (made.offering, made.entry) == (offering, Entry.CODE)
    with pytest.raises(Refused, match="enrolled_already"):
        join(code="ABCDEFGH", by=cast.he, now=NOW)
    with pytest.raises(Refused, match="teaches_it"):
        join(code="ABCDEFGH", by=cast.lin, now=NOW)
    with pytest.raises(Refused, match="class_over"):
        join(code="ABCDEFGH", by=cast.wu, now=NOW + timedelta(days=400))
    change_code(offering=offering, code=None, by=cast.lin, now=NOW)
    for code in ("ABCDEFGH", "", " "):
        with pytest.raises(Refused, match="code_unknown"):
            join(code=code, by=cast.wu, now=NOW)


def test_a_student_by_hand(offering: Offering, cast: Cast, student: Enrolment) -> None:
    with pytest.raises(Refused, match="number_taken"):
        enrol_by_email(offering=offering, email=cast.he.email, student_number="2301", by=cast.lin, now=NOW)
    with pytest.raises(Refused, match="no_account"):
        enrol_by_email(offering=offering, email="nobody@new.example", by=cast.lin, now=NOW)
    assert enrol_by_email(offering=offering, email=cast.he.email, by=cast.lin, now=NOW).entry == Entry.HAND


def test_an_extension_is_the_students_own_and_audited(offering: Offering, cast: Cast, student: Enrolment) -> None:
    other = courses.a_student(offering, cast.he, now=NOW)
    due = NOW + timedelta(days=14)
    later = due + timedelta(days=3)
    extend(enrolment=student, lab="add-up", due_at=later, reason="病假", by=cast.lin, now=NOW)
    assert [each.due_at for each in lab_standings(student)] == [later]
    assert [each.is_extended for each in lab_standings(other)] == [False]
    entry = AuditEntry.objects.get(action="enrolment.extended")
    assert (entry.actor, entry.detail["reason"], entry.detail["to"]) == (cast.lin, "病假", later.isoformat())
    for given, code in (
        ({"lab": "none"}, "lab_not_given"), ({"due_at": due}, "not_later"), ({"reason": " "}, "reason_missing"),
        ({"due_at": due.replace(year=9999)}, "date_out_of_range"),
    ):
        usual = {"lab": "add-up", "due_at": later, "reason": "x"}
        with pytest.raises(Refused, match=code):
            extend(enrolment=student, **(usual | given), by=cast.lin, now=NOW)  # type: ignore[arg-type]


def test_dates_are_in_order_and_of_labs_that_are_there(offering: Offering, cast: Cast) -> None:
    for dates, code in (
        ({"add-up": (NOW, NOW)}, "due_too_early"), ({"nothing": (NOW, NOW + timedelta(days=1))}, "lab_unknown"),
        ({"add-up": (NOW.replace(year=1), NOW)}, "date_out_of_range"),
    ):
        with pytest.raises(Refused, match=code):
            set_deadlines(offering=offering, deadlines=dates, by=cast.lin, now=NOW)
    set_deadlines(offering=offering, deadlines={}, by=cast.lin, now=NOW)
    assert not offering.deadlines.exists()


def test_the_next_thing_to_do(offering: Offering, cast: Cast, student: Enrolment) -> None:
    standings = lab_standings(student)
    found = next_lab(standings, NOW)
    assert found is not None
    assert found.lab.id == "add-up"
    assert next_lab(standings, NOW - timedelta(days=1)) is None  # not open yet


def test_a_class_always_has_a_teacher_of_its_institution(offering: Offering, cast: Cast, student: Enrolment) -> None:
    add_teacher(offering=offering, person=cast.gao, by=cast.lin, now=NOW)
    remove_teacher(offering=offering, person=cast.lin, by=cast.gao, now=NOW)
    with pytest.raises(Refused, match="last_teacher"):
        remove_teacher(offering=offering, person=cast.gao, by=cast.gao, now=NOW)
    with pytest.raises(Refused, match="not_at_institution"):
        add_teacher(offering=offering, person=a_person(), by=cast.gao, now=NOW)
    with pytest.raises(Refused, match="is_student"):
        add_teacher(offering=offering, person=cast.sun, by=cast.gao, now=NOW)


def test_a_class_has_a_column_for_each_lab(adoption: Adoption, cast: Cast) -> None:
    made = open_offering(adoption=adoption, plan=courses.a_plan(NOW), by=cast.lin, now=NOW)
    assert [(item.lab, item.title.en, float(item.maximum)) for item in made.items.all()] == [("add-up", "Add it up", 5.0)]
    early = courses.a_plan(NOW, ends_on=NOW.date() - timedelta(days=9))
    with pytest.raises(Refused, match="ends_too_early"):
        open_offering(adoption=adoption, plan=early, by=cast.lin, now=NOW)
