"""The notification centre, and the way out of its mails."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from heitu.ground.core import clock
from heitu.ground.people import actions, queries, rules
from heitu.ground.people.mail import person_unsubscribing
from heitu.ground.people.views.shared import paginate, signed_in


@login_required
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    page = paginate(request, queries.notifications(signed_in(request)))
    return render(request, "people/notifications.html", {"page": page})


@login_required
@require_POST
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark as read and go where it leads."""
    person = signed_in(request)
    found = get_object_or_404(rules.visible_notifications(person), pk=pk)
    actions.mark_read(notification=found, by=person, now=clock.now())
    return redirect(found.url or "people:notifications")


@login_required
@require_POST
def all_reading(request: HttpRequest) -> HttpResponse:
    actions.mark_all_read(by=signed_in(request), now=clock.now())
    return redirect("people:notifications")


@csrf_exempt  # mail programs post here without a page of ours (RFC 8058); the signed link is the proof
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A click in a mail asks once; a mail program's POST is enough."""
    person = person_unsubscribing(token)
    if person is None:
        raise Http404
    if request.method == "POST":
        actions.stop_mail(person=person, by=person, now=clock.now())
    return render(request, "people/unsubscribe.html", {"done": not person.wants_mail, "email": person.email})
