"""One's own page: who I am, what I am where, for whom I act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.people import actions, queries
from heitu.ground.people.adapters import remember_language
from heitu.ground.people.forms import ProfileForm
from heitu.ground.people.models import Institution
from heitu.ground.people.views.shared import attempt, signed_in, status_of

FIELDS = ("name", "name_latin", "language", "time_zone", "wants_mail")


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    form = ProfileForm(request.POST or None, initial={field: getattr(person, field) for field in FIELDS})
    if attempt(form, lambda: _change(request, form.cleaned_data)):
        response = redirect("people:profile")
        remember_language(response, person)
        return response
    context = {
        "form": form,
        "person": signed_in(request),
        "memberships": person.current_memberships,
        "teams": queries.teams_of(person),
        "led": {team.pk for team in queries.led_teams(person)},
    }
    return render(request, "people/profile.html", context, status=status_of(form))


@login_required
@require_POST
def acting(request: HttpRequest) -> HttpResponse:
    """Act for another of one's own institutions, for this session."""
    own = [institution.pk for institution in queries.own_institutions(signed_in(request))]
    chosen = get_object_or_404(Institution.objects.filter(pk__in=own), slug=request.POST.get("institution", ""))
    request.session[queries.ACTING] = chosen.pk
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else "people:profile")


def _change(request: HttpRequest, values: dict[str, Any]) -> bool:
    person = signed_in(request)
    actions.change_profile(person=person, **values, by=person, now=clock.now())
    messages.success(request, str(Text(zh="已保存。", en="Saved.")))
    return True
