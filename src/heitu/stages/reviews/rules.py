"""Who may judge an application, who is asked to, and why somebody may not."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from heitu.ground.core.statements import planned
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.ground.people.rules import is_expert
from heitu.stages.applications.models import Application
from heitu.stages.reviews.enums import ReviewStatus
from heitu.stages.reviews.models import Review


def is_reviewer(person: Person, application: Application) -> bool:
    """Whether the person is an expert who was asked to review the application and didn't decline."""
    if not is_expert(person):
        return False
    asked = Review.objects.filter(application=application, reviewer=person)
    return asked.exclude(status=ReviewStatus.DECLINED).exists()


def applications_to_review(person: Person) -> Q:
    """The scope of `is_reviewer`, over Application."""
    if not is_expert(person):
        return Q(pk__in=[])
    asked = Review.objects.filter(reviewer=person).exclude(status=ReviewStatus.DECLINED)
    return Q(pk__in=asked.values("application_id"))


def visible_reviews(person: Person | None) -> QuerySet[Review]:
    """One's own invitations, for the page on which one answers them."""
    if person is None or not person.is_active:
        return Review.objects.none()
    return Review.objects.filter(reviewer=person)


def can_see_review(person: Person | None, review: Review) -> bool:
    return person is not None and person.is_active and review.reviewer_id == person.pk


def conflict_of(application: Application, person: Person) -> Text | None:
    """The tie between an expert and an application that forbids a review, or None."""
    return conflicts_of(application, [person.pk]).get(person.pk)


def conflicts_of(application: Application, people: Iterable[int]) -> dict[int, Text]:
    """Conflicts by person: member of the team, owner of the call, same institution, or declared. One query.

    Of several ties the strongest is named.
    """
    with planned() as cursor:
        cursor.execute(_TIES, [application.pk, list(people)])
        return {person: _tie(kind, reason) for _, person, kind, reason in sorted(cursor.fetchall())}


def _tie(kind: str, reason: str) -> Text:
    match kind:
        case "declared":
            return Text(zh=f"已声明利益冲突：{reason}", en=f"Declared a conflict: {reason}")
        case "colleague":
            return Text(zh="与申报团队同一单位", en="Same institution as the team")
        case "owner":
            return Text(zh="是本任务的出题人", en="Owns the call")
    return Text(zh="是或曾是团队成员", en="Is or was a member of the team")


# Weakest first, since of several ties the last one stays.
_TIES = """
WITH asked AS (
    SELECT a.team_id, t.institution_id, c.owner_id FROM applications_application a
    JOIN people_team t ON t.id = a.team_id JOIN calls_call c ON c.id = a.call_id WHERE a.id = %s
), people AS (SELECT unnest(%s::bigint[]) AS id)
SELECT 1, d.reviewer_id, 'declared', d.reason FROM reviews_declaredconflict d JOIN people ON people.id = d.reviewer_id, asked
WHERE d.ended_at IS NULL AND (
    d.team_id = asked.team_id OR d.institution_id = asked.institution_id
    OR d.person_id IN (SELECT person_id FROM people_teammember m WHERE m.team_id = asked.team_id)
)
UNION ALL
SELECT 2, h.person_id, 'colleague', '' FROM people_membership h JOIN people ON people.id = h.person_id, asked
WHERE h.institution_id = asked.institution_id AND h.until IS NULL
UNION ALL
SELECT 3, asked.owner_id, 'owner', '' FROM asked JOIN people ON people.id = asked.owner_id
UNION ALL
SELECT 4, m.person_id, 'member', '' FROM people_teammember m JOIN people ON people.id = m.person_id, asked
WHERE m.team_id = asked.team_id
"""
