"""What definitions may say about reviews."""

from __future__ import annotations

from collections.abc import Iterable

from heitu.engines.lifecycle.models import Case
from heitu.engines.lifecycle.registry import Context, effect, guard, role
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.stages.applications.sights import let_see
from heitu.stages.calls.turns import people_of
from heitu.stages.reviews import actions, queries
from heitu.stages.reviews.rules import applications_to_review, is_reviewer

let_see("reviewers", can_see=is_reviewer, scope=applications_to_review)


@role("reviewer", title=Text(zh="评审专家", en="Reviewer"))
def reviewer(case: Case, person: Person) -> bool:
    application = getattr(case, "application", None)
    return application is not None and is_reviewer(person, application)


@people_of("reviewer")
def reviewers_of(case: Case) -> Iterable[Person]:
    """Those who still owe a review."""
    return [review.reviewer for review in queries.owed(case.application)]


@guard("enough_reviews", title=Text(zh="评审数已够", en="Enough reviews are in"))
def enough_reviews(context: Context) -> Text | None:
    have, needed = queries.submitted(context.case.application).count(), context.programme.rules.reviews
    if have >= needed:
        return None
    return Text(zh=f"已收到 {have} 份评审，至少需要 {needed} 份。", en=f"{have} of the {needed} reviews needed are in.")


@effect("invite_reviewers", title=Text(zh="邀请评审专家", en="Invite reviewers"))
def invite_reviewers(context: Context) -> None:
    actions.invite_until(
        application=context.case.application, needed=context.programme.rules.reviews, by=context.by, now=context.now
    )
