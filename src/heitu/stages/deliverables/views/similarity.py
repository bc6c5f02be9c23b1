"""Similar work: pairs of versions that a person should look at, and both side by side. No verdict changes here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from heitu.engines.judge.facing import lines_of
from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_of
from heitu.stages.applications.rules import can_know_team
from heitu.stages.deliverables import similarity
from heitu.stages.deliverables.models import Deliverable
from heitu.stages.deliverables.rules import calls_to_compare
from heitu.stages.deliverables.similarity import Likeness


@dataclass(frozen=True)
class Side:
    """A version as the reader may know it."""

    deliverable: Deliverable
    knows_team: bool
    share: int  # per cent of it that is in the other


@login_required
@require_safe
def likeness_list(request: HttpRequest, number: str) -> HttpResponse:
    """Pairs of different teams' judged versions, the most alike first."""
    person = person_of(request)
    call = get_object_or_404(calls_to_compare(person), number=number)
    versions = similarity.judged_versions(call)
    rows = [_row(each, person) for each in similarity.likenesses(call, versions)]
    context = {
        "call": call, "rows": rows, "compared": len(versions),
        "teams": len({each.application.team_id for each in versions}), "least": round(similarity.LEAST_ALIKE * 100),
        "is_cut": len(versions) == similarity.MOST_WORKS or len(rows) == similarity.MOST_PAIRS,
    }
    return render(request, "deliverables/likeness_list.html", context)


@login_required
@require_safe
def likeness_detail(request: HttpRequest, number: str, pk: int, other: int) -> HttpResponse:
    """Two versions side by side, with the lines that match."""
    person = person_of(request)
    call = get_object_or_404(calls_to_compare(person), number=number)
    found = similarity.pair(call, pk, other)
    if found is None:
        raise Http404
    compared = similarity.comparison(call, *found)
    sides, matches = _sides(compared.likeness, person), compared.matches
    runs = [match.one for match in matches], [match.other for match in matches]
    columns = [
        {"side": side, "letter": letter, "facing": facing, "files": lines_of(files, theirs)}
        for side, letter, facing, files, theirs in zip(sides, "ab", "ba", compared.files, runs, strict=True)
    ]
    context = {"call": call, "score": _per_cent(compared.likeness.score), "columns": columns, "matches": matches}
    return render(request, "deliverables/likeness_detail.html", context)


def _row(likeness: Likeness, person: Person | None) -> dict[str, Any]:
    return {"score": _per_cent(likeness.score), "sides": _sides(likeness, person)}


def _sides(likeness: Likeness, person: Person | None) -> list[Side]:
    each = (likeness.one, likeness.one_in_other), (likeness.other, likeness.other_in_one)
    return [Side(version, can_know_team(person, version.application), _per_cent(share)) for version, share in each]


def _per_cent(share: float) -> int:
    return round(share * 100)
