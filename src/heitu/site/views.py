"""The home page, for a visitor and for whoever is signed in; signing in through others, or as a person of the demo world."""

from __future__ import annotations

from allauth.socialaccount.adapter import get_adapter as social_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from heitu.ground.core.clock import now
from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_of
from heitu.ground.people.rules import sees_everything
from heitu.site.demo import demo_people
from heitu.site.figures import lifecycle_funnel, public_figures
from heitu.site.inbox import errands
from heitu.site.middleware import CONTENT_POLICY
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
        "errands": errands(person, now()) if person else None, "funnel": lifecycle_funnel() if oversees else None,
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


def sign_in_elsewhere(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Leave for an OpenID provider. allauth's view, but a provider that doesn't answer is told to the person."""
    try:
        response: HttpResponse = openid_connect.login(request, provider_id)
    except (RequestException, KeyError) as error:
        provider = social_adapter(request).get_provider(request, provider=provider_id)
        response = render_authentication_error(request, provider, exception=error)
    # A browser holds the form's target, too, against `form-action`: this one leads to the provider's own address.
    response.headers["Content-Security-Policy"] = CONTENT_POLICY.replace("form-action 'self'; ", "")
    return response



def _require_demo() -> None:
    if not settings.DEMO:
        raise Http404
