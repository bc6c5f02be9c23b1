"""One's own reviews for programs."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema
from ninja.pagination import paginate
from ninja.security import django_auth

from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core.clock import now
from heitu.ground.core.text import Text
from heitu.ground.people.enums import Scope
from heitu.ground.people.queries import person_of
from heitu.ground.people.tokens import TokenAuth
from heitu.stages.reviews import actions, queries
from heitu.stages.reviews.enums import Recommendation
from heitu.stages.reviews.forms import LONGEST
from heitu.stages.reviews.models import Review
from heitu.stages.reviews.rules import visible_reviews

router = Router(tags=["reviews"], auth=[TokenAuth(Scope.READ), django_auth])


class ReviewOut(Schema):
    """`total` is the weighted mean score on 1 … 5 × 100."""

    id: int
    application: int
    call: str
    title: Text
    status: str
    due_at: datetime
    total: int | None


class ReviewIn(Schema):
    scores: dict[str, int]
    recommendation: Recommendation
    to_team: str = Field(max_length=LONGEST)
    to_office: str = Field("", max_length=LONGEST)


def _out(review: Review) -> ReviewOut:
    call = review.application.call
    return ReviewOut(
        id=review.pk, application=review.application_id, call=call.number, title=call.title, status=review.status,
        due_at=review.due_at, total=review.total,
    )


@router.get("/reviews", response=list[ReviewOut], summary="My reviews, what I owe first")
@paginate
def listed(request: HttpRequest) -> list[ReviewOut]:
    rows = visible_reviews(person_of(request)).select_related("application__call")
    return [_out(review) for review in queries.owed_first(rows)]


@router.post(
    "/reviews/{int:pk}", response=ReviewOut, auth=[TokenAuth(Scope.REVIEW), django_auth], summary="Hand in a review"
)
def submit(request: HttpRequest, pk: int, given: ReviewIn) -> ReviewOut:
    rows = visible_reviews(person_of(request)).select_related("application__call", "application__case", "reviewer")
    review = get_object_or_404(rows, pk=pk)
    done = actions.submit(
        review=review, rubric=programme_of(review.application.case).rubric, scores=given.scores,
        recommendation=given.recommendation, to_team=given.to_team, to_office=given.to_office,
        by=review.reviewer, now=now(),
    )
    return _out(done)
