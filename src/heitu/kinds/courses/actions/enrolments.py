"""How students come into a class: from a roster, with a code, by a teacher's hand; and how they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.actions import notify
from heitu.ground.people.actions.imports import Findings, check_lengths, check_person, find_repeats
from heitu.ground.people.actions.roster import enter_persons
from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_by_email
from heitu.ground.people.sheets import Column, Row, read_table
from heitu.kinds.courses.actions.compute import welcome
from heitu.kinds.courses.enums import Entry
from heitu.kinds.courses.models import Enrolment, Offering, RosterRun

COLUMNS = (
    Column("email", ("邮箱", "电子邮箱"), required=True),
    Column("name", ("姓名",), required=True),
    Column("name_latin", ("拼音", "英文名")),
    Column("student_number", ("学号",)),
)


@atomic
def import_roster(*, offering: Offering, file_name: str, data: bytes, by: Person, now: datetime) -> RosterRun:
    """Enrol everybody in the table, with an account for whoever has none. With any row at fault nothing is taken over.

    Nobody is taken out of the class. Raises Refused where the file can't be read (see `sheets.read_table`).
    """
    Offering.objects.select_for_update().get(pk=offering.pk)
    rows = read_table(file_name, data, COLUMNS)
    faults = _faults(offering, rows)
    created = changed = 0
    if not faults:
        persons = enter_persons(rows=[row.cells for row in rows], now=now)
        wanted = {persons[row.cells["email"].lower()].pk: row.cells.get("student_number", "") for row in rows}
        created, changed = enter(offering, wanted, Entry.FILE, by=by, now=now)
    run = RosterRun.objects.create(
        offering=offering, by=by, at=now, file_name=file_name[:200], rows=len(rows), created=created, changed=changed,
        faults=faults,
    )
    detail = {"rows": len(rows), "created": created, "changed": changed, "faults": len(faults)}
    record(action="offering.roster", by=by, now=now, subject=offering, detail=detail)
    return run


def _faults(offering: Offering, rows: Sequence[Row]) -> list[dict[str, object]]:
    findings = Findings()
    for row in rows:
        check_person(row, findings)
        check_lengths(row, {"student_number": 40}, findings)
    find_repeats(list(rows), "email", findings)
    find_repeats(list(rows), "student_number", findings)
    _find_teachers(offering, rows, findings)
    _find_taken_numbers(offering, rows, findings)
    return sorted(findings.faults, key=lambda fault: int(str(fault["row"])))


def _find_teachers(offering: Offering, rows: Sequence[Row], findings: Findings) -> None:
    teachers = set(offering.teachers.values_list("email", flat=True))
    for row in rows:
        if row.cells.get("email", "").lower() in teachers:
            findings.add(row, "email", "是本班教师", "Teaches this class")


def _find_taken_numbers(offering: Offering, rows: Sequence[Row], findings: Findings) -> None:
    """A student number that somebody else in the class has."""
    held = offering.enrolments.exclude(student_number="").values_list("student_number", "person__email")
    owner = dict(held)
    for row in rows:
        number, email = row.cells.get("student_number", ""), row.cells.get("email", "").lower()
        if owner.get(number, email) != email:
            findings.add(row, "student_number", "学号已属于本班另一名学生", "Another student of the class has this number")


def enter(offering: Offering, wanted: Mapping[int, str], entry: Entry, *, by: Person, now: datetime) -> tuple[int, int]:
    """Enrol persons (id → student number); how many are new, and how many came back or got another number."""
    known = {each.person_id: each for each in offering.enrolments.filter(person__in=wanted)}
    changed = [each for id, each in known.items() if each.left_at or (wanted[id] and wanted[id] != each.student_number)]
    for each in changed:
        each.left_at, each.student_number = None, wanted[each.person_id] or each.student_number
    Enrolment.objects.bulk_update(changed, ["left_at", "student_number"], batch_size=500)
    new = Enrolment.objects.bulk_create([
        Enrolment(offering=offering, person_id=id, student_number=number, entry=entry, joined_at=now)
        for id, number in wanted.items() if id not in known
    ], batch_size=500)
    welcome(offering=offering, enrolments=new, by=by, now=now)
    tell_enrolled(offering, [each.person_id for each in new], now)
    return len(new), len(changed)


@atomic
def enrol(
    *, offering: Offering, person: Person, entry: Entry, student_number: str = "", by: Person | None, now: datetime
) -> Enrolment:
    """Let one person in. Raises Refused `teaches_it`, `enrolled_already` or `number_taken`."""
    Offering.objects.select_for_update().get(pk=offering.pk)
    if offering.teachers.filter(pk=person.pk).exists():
        raise refuse("teaches_it", f"{person.name} 是本班教师。", f"{person.name} teaches this class.", field="email")
    known = offering.enrolments.filter(person=person).first()
    if known is not None and known.left_at is None:
        raise refuse("enrolled_already", f"{person.name} 已在本班。", f"{person.name} is in the class already.", field="email")
    if student_number and offering.enrolments.filter(student_number=student_number).exclude(person=person).exists():
        raise refuse("number_taken", "学号已属于本班另一名学生。", "Another student has this number.", field="student_number")
    enrolment = known or Enrolment(offering=offering, person=person, joined_at=now)
    enrolment.entry, enrolment.left_at = entry, None
    enrolment.student_number = student_number or enrolment.student_number
    enrolment.save()
    record(action="enrolment.entered", by=by, now=now, subject=enrolment, detail={"entry": entry.value})
    welcome(offering=offering, enrolments=[enrolment], by=by, now=now)
    return enrolment


def enrol_by_email(*, offering: Offering, email: str, student_number: str = "", by: Person, now: datetime) -> Enrolment:
    """Raises Refused `no_account`, or as `enrol` does."""
    person = person_by_email(email)
    if person is None:
        raise refuse(
            "no_account", "没有这个邮箱的账号；导入名单会为学生建立账号。",
            "Nobody has an account with this address; importing a roster makes accounts.", field="email",
        )
    made = enrol(offering=offering, person=person, entry=Entry.HAND, student_number=student_number, by=by, now=now)
    tell_enrolled(offering, [person.pk], now)
    return made


def join(*, code: str, by: Person, now: datetime) -> Enrolment:
    """Come in with the class's code. Raises Refused `code_unknown`, `class_over`, or as `enrol` does."""
    offering = Offering.objects.filter(join_code=code.strip().upper()).first() if code.strip() else None
    if offering is None:
        raise refuse("code_unknown", "没有这个加入码，请向教师确认。", "There is no such code: ask your teacher.", field="code")
    if offering.ends_on < now.date():
        raise refuse("class_over", "这个课程班已经结束。", "This class is over.", field="code")
    return enrol(offering=offering, person=by, entry=Entry.CODE, by=by, now=now)


@atomic
def change_code(*, offering: Offering, code: str | None, by: Person, now: datetime) -> None:
    """A new code to join with, or none; the old one opens nothing any more."""
    offering.join_code = code
    offering.save(update_fields=["join_code"])
    record(action="offering.join_code", by=by, now=now, subject=offering, detail={"open": code is not None})


@atomic
def leave(*, enrolment: Enrolment, reason: str, by: Person, now: datetime) -> None:
    """Out of the class; marks and labs stay, and come back with the student. Raises Refused `not_enrolled`."""
    if enrolment.left_at is not None:
        raise refuse("not_enrolled", "该学生已不在本班。", "The student has left the class already.")
    enrolment.left_at = now
    enrolment.save(update_fields=["left_at"])
    record(action="enrolment.left", by=by, now=now, subject=enrolment, detail={"reason": reason})


def tell_enrolled(offering: Offering, persons: Sequence[int], now: datetime) -> None:
    title = Text(zh=f"您已加入课程班：{offering.title}", en=f"You are in the class {offering.title}")
    people = Person.objects.filter(pk__in=persons)
    notify(people=people, kind="enrolled", title=title, url=offering.get_absolute_url(), now=now)
