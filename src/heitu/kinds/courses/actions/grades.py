"""The gradebook: columns, marks that people set, and marks that follow from labs. Every change is kept."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.base import File
from django.db.models import Max

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.kinds.courses.actions.settling import NewMark, change_marks, locked, settle_again
from heitu.kinds.courses.enums import Source
from heitu.kinds.courses.marks import rounded
from heitu.kinds.courses.models import Enrolment, Grade, GradeItem, LabSubmission, Offering
from heitu.kinds.courses.queries.labs import applied_revision

MOST_ITEMS = 60


@atomic
def add_item(
    *, offering: Offering, title: Text, maximum: Decimal, weight: int = 1, by: Person, now: datetime
) -> GradeItem:
    """A column that the teacher marks by hand. Raises Refused `too_many_items`, `title_missing`, `maximum_too_small`."""
    Offering.objects.select_for_update().get(pk=offering.pk)
    held = offering.items.aggregate(last=Max("position"))["last"] or 0
    if offering.items.filter(retired_at__isnull=True).count() >= MOST_ITEMS:
        raise refuse("too_many_items", f"最多 {MOST_ITEMS} 项。", f"At most {MOST_ITEMS} items.", field="title_zh")
    if not title:
        raise refuse("title_missing", "请填写名称。", "Give it a name.", field="title_zh")
    if maximum <= 0:
        raise refuse("maximum_too_small", "满分须大于 0。", "The maximum is more than 0.", field="maximum")
    item = GradeItem.objects.create(
        offering=offering, position=held + 1, title=title, maximum=rounded(maximum), weight=weight
    )
    record(action="grades.item_added", by=by, now=now, subject=item, detail={"maximum": str(item.maximum)})
    return item


@atomic
def retire_item(*, item: GradeItem, by: Person, now: datetime) -> None:
    """Take a column out of the gradebook; its marks are kept. Raises Refused `item_is_lab`."""
    if item.lab:
        raise refuse("item_is_lab", "实验的列不能删去。", "The column of a lab can't be removed.")
    item.retired_at = now
    item.save(update_fields=["retired_at"])
    record(action="grades.item_retired", by=by, now=now, subject=item)


@atomic
def set_grade(
    *, enrolment: Enrolment, item: GradeItem, points: Decimal | None, reason: str = "", seen: int | None = None,
    by: Person, now: datetime,
) -> Grade:
    """A person gives a mark, or takes it away (`points` None). `seen` is the number of changes that they had seen.

    What a machine had found for the lab counts again once the person's own mark is taken away.
    Raises Refused `other_class`, `points_out_of_range`, `reason_missing` for changing a mark that was there, `stale`.
    """
    if item.offering_id != enrolment.offering_id:
        raise refuse("other_class", "这一项属于另一个课程班。", "This item belongs to another class.")
    if points is not None and not 0 <= points <= item.maximum:
        raise refuse(
            "points_out_of_range", f"应为 0 到 {item.maximum:f}。", f"This is 0 to {item.maximum:f}.", field="points",
            limit=float(item.maximum),
        )
    grade = locked(enrolment, item)
    if seen is not None and seen != grade.changes:
        raise refuse(
            "stale", "这一格刚被别人改过，请看过新分数再改。", "Somebody has just changed this mark: look at it again.",
            now=None if grade.points is None else str(grade.points),
        )
    if grade.points is not None and not reason.strip():
        raise refuse("reason_missing", "改动已有的分数要写明理由。", "Say why a mark that was there changes.", field="reason")
    change_marks([NewMark(grade, points, Source.PERSON, reason.strip(), by)], now=now)
    return grade if points is not None else _machine_again(grade, now)


def _machine_again(grade: Grade, now: datetime) -> Grade:
    """The mark of the student's latest notebook, where it was graded, now that no person's mark stands over it."""
    return settle_last(grade.enrolment, grade.item.lab, now) or grade


def settle_last(enrolment: Enrolment, lab: str, now: datetime) -> Grade | None:
    """The mark of the student's latest notebook, where it was graded, by the rules and dates that hold for it now."""
    return settle_again(enrolment.submissions.filter(lab=lab or None)[:1], now=now).get(enrolment.pk)


@atomic
def hand_in(*, enrolment: Enrolment, lab: str, notebook: File[Any], sha256: str, by: Person, now: datetime) -> LabSubmission:
    """Keep a notebook as the student's next one for the lab. Raises Refused `lab_not_given`, `not_open` or `too_late`."""
    Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    offering = enrolment.offering
    deadline = offering.deadlines.filter(lab=lab).first()
    if deadline is None:
        raise refuse("lab_not_given", "这个实验还没有布置。", "This lab hasn't been given yet.")
    if now < deadline.opens_at:
        raise refuse("not_open", "这个实验还没有开放。", "This lab isn't open yet.")
    own = enrolment.extensions.filter(lab=lab).first()
    made = LabSubmission(
        enrolment=enrolment, lab=lab, sha256=sha256, submitted_at=now, due_at=max(own.due_at, deadline.due_at) if own else deadline.due_at,
        revision=applied_revision(offering, lab),
        late_percent=offering.late_percent, late_days=offering.late_days,
        number=(enrolment.submissions.filter(lab=lab).aggregate(last=Max("number"))["last"] or 0) + 1,
    )
    if made.days_late > offering.late_days:
        raise refuse("too_late", "已过迟交期限。", "It is too late for this lab, even late.")
    made.notebook.save(f"{enrolment.pk}/{lab}-{made.number}.ipynb", notebook, save=False)
    made.save()
    record(action="lab.handed_in", by=by, now=now, subject=made, detail={"lab": lab, "sha256": sha256})
    return made
