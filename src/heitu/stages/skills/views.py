"""The skill graph, one skill, and what a person has shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.people.queries import person_of
from heitu.stages.skills import graph, queries, rules
from heitu.stages.skills.models import Skill
from heitu.ui import charts
from heitu.ui.pages import paginate


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    words, pack = request.GET.get("q", "").strip(), request.GET.get("pack", "")
    skills = list(queries.found(words, pack).prefetch_related("prerequisites"))
    calls = queries.calls_per_skill(person_of(request))
    context = {
        "rows": [(skill, calls.get(skill.slug, 0)) for skill in skills],
        "words": words,
        "pack": pack,
        "packs": [(name, name) for name in queries.packs()],
        "drawing": None if words else _drawing(skills),
    }
    return render(request, "skills/index.html", context)


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    skill = get_object_or_404(Skill.objects.prefetch_related("prerequisites", "leads_to"), slug=slug)
    people = queries.people_per_level(skill)
    context = {
        "skill": skill,
        "scale": [(level, queries.meaning(skill, level), count) for level, count in people.items()],
        "people": sum(people.values()),
        "chart": _chart(people) if any(people.values()) else None,
        "page": paginate(request, queries.calls_with(skill, person_of(request)), per_page=10),
    }
    return render(request, "skills/show.html", context)


@require_safe
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own evidence in full; another's as far as rules.py lets one see."""
    viewer = person_of(request)
    person = get_object_or_404(rules.people_with_visible_evidence(viewer), pk=pk)
    in_full = queries.can_see_cases(viewer, person)
    context = {
        "person": person,
        "is_own": viewer is not None and viewer.pk == person.pk,
        "in_full": in_full,
        "shown": queries.shown_by(person),
        "standings": queries.standings(person, now=clock.now()) if in_full else [],
        "page": paginate(request, queries.evidence_of(person), per_page=15) if in_full else None,
    }
    return render(request, "skills/evidence.html", context)


def _drawing(skills: list[Skill]) -> dict[str, Any]:
    """The graph with what its boxes say."""
    drawn = graph.draw(queries.prerequisites(skills))
    by_slug = {skill.slug: skill for skill in skills}
    return {"graph": drawn, "boxes": [(box, by_slug[box.slug]) for box in drawn.boxes]}


def _chart(people: dict[int, int]) -> Any:
    rows = [charts.Bar(Text(zh=f"{level} 级", en=f"Level {level}"), count) for level, count in people.items()]
    title = Text(zh="各等级人数", en="People at each level")
    return charts.bars(rows, title=title, measure=Text(zh="人数", en="People"))
