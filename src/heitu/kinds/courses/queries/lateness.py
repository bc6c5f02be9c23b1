"""What another rule for lateness would change of marks that are there already."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, QuerySet

from heitu.ground.core.text import Text
from heitu.kinds.courses.enums import Grading, Source
from heitu.kinds.courses.marks import Lateness, lab_mark
from heitu.kinds.courses.models import Grade, LabSubmission, Offering
from heitu.kinds.courses.queries.grades import latest_scores_of


@dataclass(frozen=True)
class LateChange:
    """One late notebook that counts: its mark now and by the other rule; None where it isn't marked yet."""

    made: LabSubmission
    title: Text
    before: Decimal | None
    after: Decimal | None


def late_changes(offering: Offering, rule: Lateness) -> list[LateChange]:
    """Of every late notebook that counts and has another rule, by lab and student; four queries. What a person has set
    stands, and is left out, as is what stays the same."""
    made = list(late_notebooks(offering).exclude(late_percent=rule.late_percent, late_days=rule.late_days))
    items = {each.lab: each for each in offering.items.exclude(lab="")} if made else {}
    grades = {(each.enrolment_id, each.item_id): each for each in Grade.objects.filter(item__in=items.values())} if made else {}
    scores = latest_scores_of(each.pk for each in made) if made else {}
    found = []
    for each in made:
        item, grade = items[each.lab], grades.get((each.enrolment_id, items[each.lab].pk))
        earned = (score.earned or 0 for score in scores[each.pk])
        after = lab_mark(earned, item.maximum, each.days_late, rule) if each.grading == Grading.DONE else None
        before = grade.points if grade else None
        is_set = grade is not None and before is not None and grade.source == Source.PERSON
        if not is_set and (after is None or after != before):
            found.append(LateChange(each, item.title, before, after))
    return found


def late_notebooks(offering: Offering) -> QuerySet[LabSubmission]:
    """Each student's last notebook of each lab, where that was handed in late."""
    newer = LabSubmission.objects.filter(enrolment=OuterRef("enrolment"), lab=OuterRef("lab"), number__gt=OuterRef("number"))
    rows = LabSubmission.objects.filter(
        ~Exists(newer), enrolment__offering=offering, enrolment__left_at__isnull=True, submitted_at__gt=F("due_at")
    )
    return rows.select_related("enrolment__person").defer("report").order_by("lab", "enrolment__student_number", "pk")
