"""Who may judge an application, who is asked to, and why somebody may not."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from heitu.ground.core.text import Text
from heitu.ground.people.models import Membership, Person
from heitu.ground.people.rules import is_expert
from heitu.stages.applications.models import Application
from heitu.stages.reviews.enums import ReviewStatus
from heitu.stages.reviews.models import DeclaredConflict, Review


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
    """Conflicts by person: member of the team, owner of the call, same institution, or declared. Three queries."""
    ids, team = list(people), application.team
    found: dict[int, Text] = {}
    for declared in DeclaredConflict.objects.filter(_touches(application), reviewer_id__in=ids, ended_at__isnull=True):
        found[declared.reviewer_id] = Text(
            zh=f"已声明利益冲突：{declared.reason}", en=f"Declared a conflict: {declared.reason}"
        )
    colleagues = Membership.objects.filter(
        person_id__in=ids, institution_id=team.institution_id, until__isnull=True
    ).values_list("person_id", flat=True)
    for person in colleagues:
        found[person] = Text(zh="与申报团队同一单位", en="Same institution as the team")
    if application.call.owner_id in ids:
        found[application.call.owner_id] = Text(zh="是本任务的出题人", en="Owns the call")
    for person in team.members.filter(person_id__in=ids).values_list("person_id", flat=True):
        found[person] = Text(zh="是或曾是团队成员", en="Is or was a member of the team")
    return found


def _touches(application: Application) -> Q:
    team = application.team
    members = team.members.values("person_id")
    return Q(team=team) | Q(institution_id=team.institution_id) | Q(person_id__in=members)
