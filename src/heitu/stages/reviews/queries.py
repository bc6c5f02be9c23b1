"""Reviews by case and by reviewer, and the experts who could be asked next."""

from __future__ import annotations

from django.db.models import Case, QuerySet, Value, When

from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core.statements import planned
from heitu.ground.core.text import Text
from heitu.ground.people.enums import Role, Verification
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.applications.queries import filled
from heitu.stages.reviews.enums import ReviewStatus
from heitu.stages.reviews.models import Review
from heitu.stages.reviews.rules import conflicts_of

OPEN = (ReviewStatus.INVITED, ReviewStatus.ACCEPTED)
MOST_OPEN_REVIEWS = 8


def submitted(application: Application) -> QuerySet[Review]:
    return application.reviews.filter(status=ReviewStatus.SUBMITTED)


def owed(application: Application) -> QuerySet[Review]:
    """Invitations that still wait for a review."""
    return application.reviews.filter(status__in=OPEN).select_related("reviewer")


def standing(application: Application) -> QuerySet[Review]:
    """Reviews that count or may still count: everything but declined."""
    return application.reviews.exclude(status=ReviewStatus.DECLINED)


def waiting_for(person: Person) -> QuerySet[Review]:
    """The reviews that a person still owes, soonest due first."""
    return Review.objects.filter(reviewer=person, status__in=OPEN).select_related(
        "application__call__case", "application__case"
    )


def candidates(application: Application, most: int | None = None) -> list[Person]:
    """Verified experts free of conflict and not asked before, least loaded first; the first `most` of them."""
    with planned() as cursor:
        cursor.execute(_LEAST_LOADED, [list(OPEN), Role.EXPERT, Verification.VERIFIED, application.pk, MOST_OPEN_REVIEWS])
        experts = [pk for pk, in cursor.fetchall()]
    conflicts = conflicts_of(application, experts)
    free = [expert for expert in experts if expert not in conflicts][:most]
    persons = Person.objects.in_bulk(free)
    return [persons[expert] for expert in free]


_LEAST_LOADED = """
SELECT p.id FROM people_person p LEFT JOIN reviews_review r ON r.reviewer_id = p.id AND r.status = ANY(%s)
WHERE p.is_active AND EXISTS (
    SELECT FROM people_membership m
    WHERE m.person_id = p.id AND m.role = %s AND m.verification = %s AND m.until IS NULL
) AND NOT EXISTS (SELECT FROM reviews_review a WHERE a.application_id = %s AND a.reviewer_id = p.id)
GROUP BY p.id HAVING count(r.id) < %s ORDER BY count(r.id), p.id LIMIT 50
"""


def owed_first(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """What is still owed by its due date, then the rest, newest first."""
    is_done = Case(When(status__in=OPEN, then=Value(0)), default=Value(1))
    return reviews.annotate(is_done=is_done).order_by("is_done", "due_at", "-pk")


def is_writable(review: Review) -> bool:
    """Whether the review is still owed and its case still takes reviews."""
    case = review.application.case
    return review.status in OPEN and programme_of(case).state("case", case.state).step == "review"


def answers_shown(application: Application) -> list[tuple[Text, str]]:
    """The application's answers under the titles of its form, in the form's order."""
    programme = programme_of(application.case)
    form = programme.machine("case").states[programme.machine("case").start].form
    return filled(programme.forms[form], application.answers) if form else []
