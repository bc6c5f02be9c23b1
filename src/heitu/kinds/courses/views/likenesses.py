"""Notebooks that look alike: pairs that a person should look at, and both side by side. No mark changes here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from heitu.engines.judge.facing import lines_of
from heitu.ground.core import clock
from heitu.kinds.courses import rules
from heitu.kinds.courses.actions import likenesses as actions
from heitu.kinds.courses.models import LabSubmission
from heitu.kinds.courses.queries import likenesses
from heitu.kinds.courses.queries.likenesses import Alike
from heitu.kinds.courses.views.shared import handed_in, lab_of, seen_class, taught_class
from heitu.ui.pages import paginate


@dataclass(frozen=True)
class Side:
    """A notebook, and how many per cent of its own code are in the other."""

    made: LabSubmission
    share: int


@login_required
def lab_likenesses(request: HttpRequest, pk: int, lab: str) -> HttpResponse:
    """As it was last compared; a teacher has it compared anew."""
    offering, person = taught_class(request, pk) if request.method == "POST" else seen_class(request, pk)
    told = lab_of(offering, lab)
    if request.method == "POST":
        actions.ask(offering=offering, lab=lab, by=person, now=clock.now())
        return redirect("lab_likenesses", offering.pk, lab)
    found = likenesses.latest(offering, lab)
    rows = [(_per_cent(each.score), _sides(each)) for each in likenesses.pairs_of(found)] if found else []
    context = {
        "offering": offering, "lab": told, "found": found, "can_teach": rules.can_teach(person, offering),
        "page": paginate(request, rows), "least": round(likenesses.LEAST_ALIKE * 100),
        "since": likenesses.handed_in_since(found) if found and found.done_at else 0,
    }
    return render(request, "courses/likenesses.html", context)


@login_required
@require_safe
def lab_likeness(request: HttpRequest, pk: int, lab: str, one: int, other: int) -> HttpResponse:
    """Two notebooks side by side, with the lines that match."""
    offering, _ = seen_class(request, pk)
    rows = handed_in(offering, lab).filter(pk__in=(one, other)).select_related("enrolment__person", "enrolment__offering")
    made = {each.pk: each for each in rows}
    if len(made) != 2:
        raise Http404
    compared = likenesses.facing(made[one], made[other])
    runs = [match.one for match in compared.matches], [match.other for match in compared.matches]
    columns: list[dict[str, Any]] = [
        {"side": side, "letter": letter, "facing": beside, "files": lines_of(files, theirs)}
        for side, letter, beside, files, theirs in zip(_sides(compared.alike), "ab", "ba", compared.files, runs, strict=True)
    ]
    context = {
        "offering": offering, "lab": lab_of(offering, lab), "columns": columns, "matches": compared.matches,
        "score": _per_cent(compared.alike.score),
    }
    return render(request, "courses/likeness.html", context)


def _sides(alike: Alike) -> list[Side]:
    return [Side(alike.one, _per_cent(alike.one_in_other)), Side(alike.other, _per_cent(alike.other_in_one))]


def _per_cent(share: float) -> int:
    return round(share * 100)
