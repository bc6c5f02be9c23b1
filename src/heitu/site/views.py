"""The home page, for a visitor and for whoever is signed in; and signing in as a person of the demo world."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from heitu.ground.core.clock import now
from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_of
from heitu.ground.people.rules import sees_everything
from heitu.site.demo import demo_people
from heitu.site.figures import lifecycle_funnel, public_figures
from heitu.site.inbox import errands
from heitu.stages.calls.queries import closing_after
from heitu.stages.calls.rules import visible_calls
from heitu.stages.deliverables.queries import published

SHOWN = 6


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for you; to a visitor, what this is and what can be claimed now."""
    person = person_of(request)
    oversees = sees_everything(person)
    context = {
        "calls": closing_after(visible_calls(person), now()).select_related("institution")[:SHOWN],
        "results": None if oversees else published()[:SHOWN], "figures": public_figures(),
        "errands": errands(person) if person else None, "funnel": lifecycle_funnel() if oversees else None,
    }
    return render(request, "site/home.html", context)


@require_safe
def demo_people_list(request: HttpRequest) -> HttpResponse:
    """The people of the demo world, each one click away."""
    _require_demo()
    return render(request, "site/demo_people.html", {"people": demo_people()})


@require_POST
def demo_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign in as somebody of the demo world. Exists only while HEITU_DEMO=1."""
    _require_demo()
    person = get_object_or_404(Person, pk=pk, pk__in=[each.pk for each, _ in demo_people()])
    login(request, person)
    return redirect("home")


def _require_demo() -> None:
    if not settings.DEMO:
        raise Http404
