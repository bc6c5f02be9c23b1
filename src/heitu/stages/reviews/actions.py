"""Inviting experts, and their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from heitu.engines.lifecycle.definitions import Criterion
from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.audit import chain
from heitu.ground.audit.actions import entry, record
from heitu.ground.core.errors import refuse
from heitu.ground.core.statements import Reading
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.reviews import queries
from heitu.stages.reviews.enums import ReviewStatus
from heitu.stages.reviews.models import DeclaredConflict, Review
from heitu.stages.reviews.rules import conflict_of

REVIEW_DAYS = 14
LONGEST_REASON = 200
_LOCKING = Reading(Review, by="id", lock=True)
_APPLICATIONS = Reading(Application, "case", "call", "team", by="id")


@atomic
def invite(*, application: Application, reviewer: Person, by: Person | None, now: datetime) -> Review:
    """Ask one expert. Raises Refused `review_conflict` or `review_asked_before`."""
    conflict = conflict_of(application, reviewer)
    if conflict is not None:
        raise refuse("review_conflict", f"不能邀请：{conflict.zh}。", f"Can't be invited: {conflict.en}.")
    return _invite(application, [reviewer], by, now)[0]


def _invite(application: Application, experts: Sequence[Person], by: Person | None, now: datetime) -> list[Review]:
    """All of them in one statement; the database lets each be asked once."""
    due_at = now + timedelta(days=REVIEW_DAYS)
    new = [Review(application=application, reviewer=expert, invited_at=now, due_at=due_at) for expert in experts]
    try:
        with transaction.atomic():
            Review.objects.bulk_create(new)
    except IntegrityError:
        raise refuse("review_asked_before", "该专家已被邀请过。", "This expert has been asked already.") from None
    chain.append(*(entry(action="review.invited", by=by, now=now, subject=review) for review in new))
    return new


@atomic
def invite_until(*, application: Application, needed: int, by: Person | None, now: datetime) -> list[Review]:
    """Ask the least loaded experts without conflict until `needed` reviews stand; fewer when experts run out."""
    missing = needed - queries.standing(application).count()
    if missing <= 0:
        return []
    chosen = queries.candidates(application, most=missing)
    return _invite(application, chosen, by, now) if chosen else []


@atomic
def answer(*, review: Review, accepts: bool, reason: str = "", by: Person, now: datetime) -> Review:
    """Accept or decline an invitation; a reason for declining is kept for the office.

    Raises Refused `review_not_yours` or `review_answered`.
    """
    _require_own(review, by)
    review = _locked(review)
    if review.status not in queries.OPEN:
        raise refuse("review_answered", "这份邀请已经答复过。", "This invitation has been answered.")
    review.status = ReviewStatus.ACCEPTED if accepts else ReviewStatus.DECLINED
    review.to_office = review.to_office if accepts else reason
    review.save(update_fields=["status", "to_office"])
    record(action=f"review.{review.status}", by=by, now=now, subject=review)
    return review


@atomic
def declare_conflict(*, review: Review, reason: str, by: Person, now: datetime) -> None:
    """A reviewer names a tie that no rule could find; the review is declined.

    Raises Refused `conflict_reason` unless the reason has 1 to 200 characters, and what `answer` raises.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise refuse(
            "conflict_reason", f"请说明您与申报方的关系，至多 {LONGEST_REASON} 字。",
            f"Say what ties you to the applicants, in at most {LONGEST_REASON} characters.", field="reason",
        )
    DeclaredConflict.objects.create(
        reviewer=by, team=review.application.team, reason=reason, declared_at=now
    )
    answer(review=review, accepts=False, reason=reason, by=by, now=now)


@atomic
def submit(
    *, review: Review, rubric: Sequence[Criterion], scores: Mapping[str, int], recommendation: str,
    to_team: str, to_office: str, by: Person, now: datetime,
) -> Review:
    """Hand in a review: a score of 1 … 5 for every criterion.

    Raises Refused `review_not_yours`, `review_closed`, `review_conflict`, `score_missing`, `score_range`,
    `words_missing`, or `review_over` once the case has left its review.
    """
    _require_own(review, by)
    review = _locked(review)
    _require_time(review)
    conflict = conflict_of(review.application, by)
    if conflict is not None:
        raise refuse("review_conflict", f"存在利益冲突：{conflict.zh}。", f"There is a conflict: {conflict.en}.")
    if not to_team.strip():
        raise refuse("words_missing", "请写下给团队的意见。", "Write something for the team.", field="to_team")
    review.total = weighted_total(rubric, scores)
    review.scores = {criterion.id: scores[criterion.id] for criterion in rubric}
    review.recommendation, review.to_team, review.to_office = recommendation, to_team.strip(), to_office.strip()
    review.status, review.submitted_at = ReviewStatus.SUBMITTED, now
    review.save(update_fields=["scores", "total", "recommendation", "to_team", "to_office", "status", "submitted_at"])
    record(action="review.submitted", by=by, now=now, subject=review, detail={"total": review.total})
    return review


def weighted_total(rubric: Sequence[Criterion], scores: Mapping[str, int]) -> int:
    """Weighted mean of the scores × 100, rounded half up.

    Raises Refused `score_missing` or `score_range`, naming the criterion.
    """
    for criterion in rubric:
        score = scores.get(criterion.id)
        if score is None:
            raise refuse("score_missing", f"请给“{criterion.title.zh}”打分。",
                         f"Give a score for “{criterion.title.en}”.", field=criterion.id)
        if not 1 <= score <= 5:
            raise refuse("score_range", f"“{criterion.title.zh}”的分数须为 1 到 5。",
                         f"The score for “{criterion.title.en}” is 1 to 5.", field=criterion.id)
    weight = sum(criterion.weight for criterion in rubric)
    points = sum(criterion.weight * scores[criterion.id] for criterion in rubric)
    return (200 * points + weight) // (2 * weight)


def _locked(review: Review) -> Review:
    """The row as it is now, so that of two answers at once only the first counts."""
    locked = _LOCKING.get(review.pk)
    locked.application = _APPLICATIONS.get(review.application_id)
    return locked


def _require_time(review: Review) -> None:
    if review.status not in queries.OPEN:
        raise refuse("review_closed", "这份评审已经提交或谢绝。", "This review was handed in or declined.")
    case = review.application.case
    if programme_of(case).state("case", case.state).step != "review":
        raise refuse("review_over", "评审已经结束，不再收评审意见。", "The review is over; no more reviews are taken.")


def _require_own(review: Review, person: Person) -> None:
    if review.reviewer_id != person.pk:
        raise refuse("review_not_yours", "这不是您的评审。", "This review isn't yours.")
