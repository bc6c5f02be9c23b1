"""What the views of this package need: the launch of a session, and a refusal that can be read inside a frame."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.lti.actions.launches import MINUTES, digest, note_refusal
from heitu.ground.lti.middleware import ANYWHERE, FRAMED, SESSION, cookies_for, frame
from heitu.ground.lti.models import Launch, Platform
from heitu.ground.lti.rules import can_manage_platform, visible_platforms
from heitu.ground.people.models import Person
from heitu.ground.people.views.shared import signed_in

STATUS = {"too_many_launches": 429}
BAD_REQUEST = 400


def refused_page(request: HttpRequest, platform: Platform, refused: Refused, now: datetime) -> HttpResponse:
    """In both languages: whoever launches may have no language set here. The platform's administrator sees it, too, unless
    it is one of very many, which would leave no place for others."""
    if refused.code not in STATUS:
        note_refusal(platform=platform, refused=refused, now=now)
    frame(request, platform.origins)
    bare = {"platform": platform.name, "back": ""}  # as launched pages are, without the site's own navigation
    context = {"refused": refused, "platform": platform, "again": refused.details.get("again"), "launched": bare}
    return render(request, "lti/refused.html", context, status=STATUS.get(refused.code, BAD_REQUEST))


def state_cookie(request: HttpRequest, response: HttpResponse, state: str) -> None:
    """The browser's half. It comes back with another site's form only with SameSite=None, which needs https."""
    name = f"lti-{digest(state)[:16]}"
    response.set_cookie(
        name, state, max_age=int(MINUTES.total_seconds()), path="/lti/", httponly=True, secure=settings.SECURE, samesite="Lax",
    )
    if settings.SECURE:
        response.cookies[name]["samesite"] = FRAMED if cookies_for(request) == FRAMED else ANYWHERE


def launch_of(request: HttpRequest) -> Launch:
    """The launch that this session began with, while it is fresh enough to go on. Raises Http404."""
    launched = request.session.get(SESSION) or {}
    rows = Launch.objects.select_related("platform__institution", "context", "link", "account__person")
    rows = rows.filter(at__gt=clock.now() - 6 * MINUTES, refused__isnull=True, platform__disabled_at__isnull=True)
    found = rows.filter(pk=launched.get("launch", 0)).first()
    if found is None:
        raise Http404
    return found


def seen_platform(request: HttpRequest, pk: int) -> tuple[Platform, Person]:
    person = signed_in(request)
    found = get_object_or_404(visible_platforms(person).select_related("institution"), pk=pk)
    return found, person


def managed_platform(request: HttpRequest, pk: int) -> tuple[Platform, Person]:
    found, person = seen_platform(request, pk)
    if not can_manage_platform(person, found):
        raise Http404
    return found, person
