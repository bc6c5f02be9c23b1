"""Opening a class, its teachers, its dates, and one student's own dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Greatest

from heitu.ground.audit.actions import record
from heitu.ground.core.clock import implausible
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.actions import notify
from heitu.ground.people.models import Person
from heitu.ground.people.queries import persons_at
from heitu.kinds.courses.actions.grades import settle_last
from heitu.kinds.courses.actions.settling import settle_again
from heitu.kinds.courses.marks import rounded
from heitu.kinds.courses.models import (
    Adoption,
    CourseVersion,
    Deadline,
    Enrolment,
    Extension,
    GradeItem,
    LabSubmission,
    Offering,
)
from heitu.kinds.courses.pack.notebooks import graded_cells
from heitu.kinds.courses.queries.labs import latest_of_class
from heitu.kinds.courses.queries.lateness import LateChange, late_changes, late_notebooks

MOST_LATE_DAYS = 60
LateFor = Literal["new", "all"]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a teacher says of a class. Days are the class's own, both included."""

    title: str
    term: str
    starts_on: date
    ends_on: date
    late_percent: int = 10
    late_days: int = 7


@atomic
def open_offering(*, adoption: Adoption, plan: Plan, by: Person, now: datetime) -> Offering:
    """A class of the adopted course, from the version that is pinned now, with a column for each of its labs.

    Raises Refused `adoption_ended` or what `check` raises.
    """
    if adoption.ended_at is not None:
        raise refuse("adoption_ended", "采用已经结束，不能再开班。", "The institution teaches the course no more.")
    check(plan)
    offering = Offering.objects.create(
        adoption=adoption, version=adoption.version, institution=adoption.institution, created_at=now, **_columns(plan)
    )
    offering.teachers.add(by)
    GradeItem.objects.bulk_create(_items(offering, adoption.version))
    record(
        action="offering.opened", by=by, now=now, subject=offering,
        detail={"course": adoption.course.slug, "version": adoption.version.version, "term": plan.term},
    )
    return offering


@atomic
def edit_offering(*, offering: Offering, plan: Plan, late_for: LateFor | None = None, by: Person, now: datetime) -> Offering:
    """Another plan. What was handed in late keeps the rule of its day, or (`late_for` "all") gets the new one.

    Raises Refused as `check` does, and `marks_change` where that makes a difference and isn't said.
    """
    check(plan)
    Offering.objects.select_for_update().get(pk=offering.pk)
    changed = {
        name: {"from": str(getattr(offering, name)), "to": str(value)}
        for name, value in _columns(plan).items() if getattr(offering, name) != value
    }
    late = late_changes(offering, plan) if changed.keys() & {"late_percent", "late_days"} else []
    if late and late_for is None:
        raise _marks_change(late)
    for name, value in _columns(plan).items():
        setattr(offering, name, value)
    offering.save(update_fields=list(_columns(plan)))
    record(action="offering.edited", by=by, now=now, subject=offering, detail={"changed": changed})
    if late and late_for == "all":
        _apply_late_rule(offering, late, by, now)
    return offering


def _marks_change(late: Sequence[LateChange]) -> Refused:
    marks = [
        {"student": each.made.enrolment_id, "lab": each.made.lab, "before": _said(each.before), "after": _said(each.after)}
        for each in late
    ]
    zh = f"已有 {len(late)} 份迟交的实验与此有关：请选择它们按哪条规则算。"
    en = f"This touches {len(late)} lab(s) that were handed in late: say by which rule they are marked."
    return refuse("marks_change", zh, en, field="late_for", marks=marks)


def _said(points: Decimal | None) -> str | None:
    return None if points is None else str(points)


def _apply_late_rule(offering: Offering, late: Sequence[LateChange], by: Person, now: datetime) -> None:
    """The class's rule holds for all that was handed in so far, the marks follow, and whose mark changed is told."""
    rule = {"late_percent": offering.late_percent, "late_days": offering.late_days}
    LabSubmission.objects.filter(enrolment__offering=offering).update(**rule)
    record(action="offering.late_rule_applied", by=by, now=now, subject=offering, detail={**rule, "notebooks": len(late)})
    for lab in {each.made.lab: None for each in late}:
        settle_again(late_notebooks(offering).filter(lab=lab), now=now)
    title = Text(zh="迟交规则改了，您的实验分数已重算", en="The rule for late labs has changed, and your mark with it")
    people = [each.made.enrolment.person for each in late if each.after is not None]
    notify(people=people, kind="late_rule", title=title, url=offering.get_absolute_url(), now=now)


def check(plan: Plan) -> None:
    """Raises Refused `ends_too_early`, `percent_out_of_range` or `days_out_of_range`."""
    if plan.ends_on < plan.starts_on:
        raise refuse("ends_too_early", "结束日期不能早于开始日期。", "A class can't end before it starts.", field="ends_on")
    if not 0 <= plan.late_percent <= 100:
        raise refuse("percent_out_of_range", "迟交扣分应为 0 到 100。", "This is 0 to 100 per cent.", field="late_percent")
    if not 0 <= plan.late_days <= MOST_LATE_DAYS:
        raise refuse(
            "days_out_of_range", f"迟交期限最多 {MOST_LATE_DAYS} 天。", f"At most {MOST_LATE_DAYS} days.", field="late_days"
        )


@atomic
def add_teacher(*, offering: Offering, person: Person, by: Person, now: datetime) -> None:
    """Raises Refused `not_at_institution` for somebody from elsewhere, `is_student` for a student of the class."""
    if not persons_at(offering.institution, [person]).exists():
        raise refuse(
            "not_at_institution", f"{person.name} 不是本校已核验的成员。",
            f"{person.name} is no verified member of the institution.", field="email",
        )
    if offering.enrolments.filter(person=person, left_at__isnull=True).exists():
        raise refuse("is_student", f"{person.name} 是本班学生。", f"{person.name} is a student of this class.", field="email")
    offering.teachers.add(person)
    record(action="offering.teacher_added", by=by, now=now, subject=offering, detail={"person": person.pk})


@atomic
def remove_teacher(*, offering: Offering, person: Person, by: Person, now: datetime) -> None:
    """Raises Refused `last_teacher`."""
    Offering.objects.select_for_update().get(pk=offering.pk)
    if not offering.teachers.exclude(pk=person.pk).exists():
        raise refuse("last_teacher", "课程班至少要有一位教师。", "A class needs a teacher.")
    offering.teachers.remove(person)
    record(action="offering.teacher_removed", by=by, now=now, subject=offering, detail={"person": person.pk})


@atomic
def set_deadlines(
    *, offering: Offering, deadlines: Mapping[str, tuple[datetime, datetime]], by: Person, now: datetime
) -> None:
    """Give labs (by id) to the class: when each opens and when it is due; those left out are not given.

    A date that moves holds for what was handed in before, too, and the marks follow; a later one of a student's own stands.

    Raises Refused `lab_unknown`, `date_out_of_range`, `due_too_early`, or `lab_handed_in` for taking back a lab that somebody handed in.
    """
    for lab, (opens_at, due_at) in deadlines.items():
        _check_deadline(offering, lab, opens_at, due_at)
    before = {each.lab: each for each in offering.deadlines.all()}
    gone = set(before) - set(deadlines)
    if offering.enrolments.filter(submissions__lab__in=gone).exists():
        raise refuse("lab_handed_in", "已有学生提交的实验不能收回。", "A lab that was handed in can't be taken back.")
    offering.deadlines.filter(lab__in=gone).delete()
    for lab, (opens_at, due_at) in deadlines.items():
        Deadline.objects.update_or_create(
            offering=offering, lab=lab, defaults={"opens_at": opens_at, "due_at": due_at}
        )
    changed = {
        lab: {"from": before[lab].due_at.isoformat() if lab in before else None, "to": due_at.isoformat()}
        for lab, (_, due_at) in deadlines.items() if lab not in before or before[lab].due_at != due_at
    }
    record(action="offering.deadlines", by=by, now=now, subject=offering, detail={"changed": changed, "gone": sorted(gone)})
    for lab in changed:
        _date_again(offering, lab, deadlines[lab][1], now)


def _date_again(offering: Offering, lab: str, due_at: datetime, now: datetime) -> None:
    """What was handed in is late, or isn't, by the new date; only whose lateness changes gets another mark."""
    latest = latest_of_class(offering, lab).defer("report")
    before = {made.pk: made.days_late for made in latest}
    own = Extension.objects.filter(enrolment=OuterRef("enrolment"), lab=lab).values("due_at")
    LabSubmission.objects.filter(enrolment__offering=offering, lab=lab).update(due_at=Greatest(Subquery(own), Value(due_at)))
    settle_again([made for made in latest.all() if made.days_late != before.get(made.pk)], now=now)


@atomic
def extend(
    *, enrolment: Enrolment, lab: str, due_at: datetime, reason: str, by: Person, now: datetime
) -> Extension:
    """One student's own deadline for one lab, which holds for what was handed in before it was given, too.

    Raises Refused `lab_not_given`, `date_out_of_range`, `not_later` or `reason_missing`.
    """
    deadline = enrolment.offering.deadlines.filter(lab=lab).first()
    if deadline is None:
        raise refuse("lab_not_given", "这个实验还没有布置。", "This lab hasn't been given yet.", field="lab")
    if objection := implausible(due_at, "due_at"):
        raise objection
    if due_at <= deadline.due_at:
        raise refuse("not_later", "延期须晚于全班的截止时间。", "An extension is later than the class's date.", field="due_at")
    if not reason.strip():
        raise refuse("reason_missing", "请写明理由。", "Say why.", field="reason")
    before = enrolment.extensions.filter(lab=lab).first()
    extension, _ = Extension.objects.update_or_create(
        enrolment=enrolment, lab=lab, defaults={"due_at": due_at, "reason": reason.strip(), "by": by, "at": now}
    )
    earlier = (before or deadline).due_at.isoformat()
    detail = {"lab": lab, "from": earlier, "to": due_at.isoformat(), "reason": reason.strip()}
    record(action="enrolment.extended", by=by, now=now, subject=enrolment, detail=detail)
    enrolment.submissions.filter(lab=lab).update(due_at=due_at)
    settle_last(enrolment, lab, now)
    return extension


def _check_deadline(offering: Offering, lab: str, opens_at: datetime, due_at: datetime) -> None:
    if offering.version.manifest.lab(lab) is None:
        raise refuse("lab_unknown", f"课程里没有实验“{lab}”。", f"The course has no lab “{lab}”.", field="lab")
    for field, moment in ((f"opens_{lab}", opens_at), (f"due_{lab}", due_at)):
        if objection := implausible(moment, field):
            raise objection
    if due_at <= opens_at:
        raise refuse("due_too_early", "截止须晚于开放。", "A lab is due after it opens.", field=f"due_{lab}")


def _columns(plan: Plan) -> dict[str, object]:
    return {name: getattr(plan, name) for name in Plan.__dataclass_fields__}


def _items(offering: Offering, version: CourseVersion) -> Sequence[GradeItem]:
    """A column for each lab, as many points as its notebook gives."""
    paths = {f"labs/{lab.id}/{lab.id}.ipynb": lab for lab in version.manifest.labs}
    texts = {file.path: file.text for file in version.files.filter(path__in=paths)}
    return [
        GradeItem(
            offering=offering, position=position, lab=lab.id, title=Text(zh=lab.title.zh, en=lab.title.en),
            maximum=rounded(sum(cell.points for cell in graded_cells(texts[path]))) or 1,
        )
        for position, (path, lab) in enumerate(paths.items(), start=1)
    ]
