"""A reviewer's inbox, and the page on which a review is written."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core.clock import now
from heitu.ground.core.errors import Refused
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_of
from heitu.stages.applications.rules import can_know_team
from heitu.stages.reviews import actions, queries
from heitu.stages.reviews.forms import review_form
from heitu.stages.reviews.models import Review
from heitu.stages.reviews.rules import is_reviewer, visible_reviews
from heitu.ui.forms import tell
from heitu.ui.pages import paginate


@login_required
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """Everything that one was asked to review, what is owed first."""
    rows = visible_reviews(person_of(request)).select_related("application__call", "application__case")
    page = paginate(request, queries.owed_first(rows))
    return render(request, "reviews/review_list.html", {"page": page})


@login_required
def review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the application (without its team where the programme is double-blind) and judge it.

    Whoever declined, or is no expert any more, no longer sees the application.
    """
    review, person = _own(request, pk)
    application = review.application
    programme = programme_of(application.case)
    is_posted = request.method == "POST"
    shown = queries.is_writable(review) or is_posted
    form = review_form(programme.rubric)(request.POST if is_posted else None) if shown else None
    if form is not None and is_posted and form.is_valid() and _submitted(request, review, form.cleaned_data, person, form):
        return redirect("review_list")
    context = {
        "review": review, "application": application, "form": form, "rubric": programme.rubric,
        "answers": queries.answers_shown(application) if is_reviewer(person, application) else [],
        "knows_team": can_know_team(person, application), "is_owed": queries.is_writable(review),
    }
    return render(request, "reviews/review_detail.html", context, status=409 if is_posted else 200)


def _submitted(request: HttpRequest, review: Review, data: dict[str, object], person: Person, form: object) -> bool:
    rubric = programme_of(review.application.case).rubric
    try:
        actions.submit(
            review=review, rubric=rubric, scores={c.id: int(str(data[c.id])) for c in rubric},
            recommendation=str(data["recommendation"]), to_team=str(data["to_team"]),
            to_office=str(data["to_office"]), by=person, now=now(),
        )
    except Refused as refused:
        tell(form, refused)  # type: ignore[arg-type]
        return False
    messages.success(request, str(Text(zh="评审已提交，谢谢。", en="Your review is in. Thank you.")))
    return True


@login_required
@require_POST
def review_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, decline, or decline for a conflict (`answer` = accept, decline, conflict)."""
    review, person = _own(request, pk)
    given, reason = request.POST.get("answer", ""), request.POST.get("reason", "").strip()
    if given not in ("accept", "decline", "conflict"):
        raise Http404
    if given == "conflict":
        actions.declare_conflict(review=review, reason=reason, by=person, now=now())
        return redirect("review_list")
    actions.answer(review=review, accepts=given == "accept", reason=reason, by=person, now=now())
    return redirect("review_detail", pk=pk) if given == "accept" else redirect("review_list")


def _own(request: HttpRequest, pk: int) -> tuple[Review, Person]:
    rows = visible_reviews(person_of(request)).select_related(
        "reviewer", "application__call", "application__case", "application__team__institution"
    )
    review = get_object_or_404(rows, pk=pk)
    return review, review.reviewer
