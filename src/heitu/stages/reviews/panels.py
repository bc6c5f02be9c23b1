"""Reviews on the case page: all of them for the office, the words to the team once the decision is made."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse

from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core.text import Text
from heitu.stages.applications.sights import also_ask
from heitu.stages.reviews import queries
from heitu.stages.reviews.enums import ReviewStatus
from heitu.stages.reviews.models import Review
from heitu.ui.panels import NextStep, View, next_step, panel

also_ask("words_to_team", ArraySubquery(
    Review.objects.filter(application=OuterRef("pk"), status=ReviewStatus.SUBMITTED).exclude(to_team="")
    .order_by("submitted_at", "pk").values("to_team")
))
BEFORE = frozenset({"submit", "screen", "review"})


@panel("reviews", template="reviews/panel.html", order=40)
def reviews_panel(view: View) -> dict[str, Any] | None:
    if {"officer", "auditor"} & view.roles:
        reviews = list(view.subject.reviews.select_related("reviewer"))
        return {"reviews": reviews, "rubric": programme_of(view.subject.case).rubric, "mean": _mean(reviews)} if reviews else None
    if {"lead", "member"} & view.roles and not _is_open(view):
        return {"words": view.subject.words_to_team} if view.subject.words_to_team else None
    return None


def _is_open(view: View) -> bool:
    """Whether the decision is still to come, so that the team must not read the reviews yet."""
    if hasattr(view.subject, "award"):
        return False
    case = view.subject.case
    state = programme_of(case).state("case", case.state)
    return state.step in BEFORE or (state.step == "decide" and state.owner == "officer")


def _mean(reviews: list[Any]) -> float | None:
    totals = [review.total for review in reviews if review.status == ReviewStatus.SUBMITTED]
    return sum(totals) / len(totals) / 100 if totals else None


@next_step("reviews", order=10)
def write_review(view: View) -> NextStep | None:
    if "reviewer" not in view.roles:
        return None
    review = queries.owed(view.subject).filter(reviewer=view.viewer).first()
    if review is None:
        return None
    return NextStep(
        sentence=Text(zh="请阅读申报并按评分表打分。", en="Read the application and score it by the rubric."),
        label=Text(zh="写评审", en="Write the review"), url=reverse("review_detail", args=[review.pk]),
    )
