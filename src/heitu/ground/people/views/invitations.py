"""Invitations: sent by officers and leads, taken up by whoever holds the link and the address."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.core.text import Text
from heitu.ground.people import actions, queries, rules
from heitu.ground.people.actions.invitations import check_open
from heitu.ground.people.forms import InvitationForm
from heitu.ground.people.mail import invitation_of
from heitu.ground.people.models import Institution, Invitation
from heitu.ground.people.views.members import members_page
from heitu.ground.people.views.shared import attempt, signed_in, status_of


@login_required
@require_POST
def institution_invitations(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(rules.managed_institutions(signed_in(request)), slug=slug)
    return _invite(request, found, "people/members.html", reverse("people:members", args=[slug]))


@login_required
@require_POST
def role_invitations(request: HttpRequest) -> HttpResponse:
    """To a role towards the whole ecosystem."""
    if not rules.is_officer(signed_in(request)):
        raise Http404
    return _invite(request, None, "people/roles.html", reverse("people:roles"))


@login_required
@require_POST
def revocation(request: HttpRequest, pk: int) -> HttpResponse:
    person = signed_in(request)
    found = get_object_or_404(rules.revocable_invitations(person).select_related("institution", "team"), pk=pk)
    actions.revoke(invitation=found, by=person, now=clock.now())
    messages.success(request, str(Text(zh="邀请已撤回。", en="The invitation was withdrawn.")))
    return redirect(_where(found))


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link in the mail; POST accepts."""
    found = invitation_of(token)
    if found is None:
        raise Http404
    person = queries.person_of(request)
    if request.method == "POST" and person:
        actions.accept(invitation=found, by=person, now=clock.now())
        messages.success(request, str(Text(zh="欢迎加入。", en="Welcome.")))
        return redirect(found.team or found.institution or "people:profile")
    try:
        check_open(found, clock.now())
    except Refused as refused:
        return render(request, "people/invitation.html", {"invitation": found, "refused": refused}, status=409)
    if person is None:
        # Whoever holds the link reads that mailbox: signing up with the address needs no code.
        get_adapter(request).stash_verified_email(request, found.email)
    mine = person is not None and found.email in queries.confirmed_addresses(person)
    return render(request, "people/invitation.html", {"invitation": found, "mine": mine, "here": request.path})


def _invite(request: HttpRequest, institution: Institution | None, template: str, back: str) -> HttpResponse:
    person = signed_in(request)
    form = InvitationForm(request.POST, roles=queries.grantable_roles(person, institution))
    sent = attempt(form, lambda: actions.invite(
        email=form.cleaned_data["email"], role=form.cleaned_data["role"], institution=institution,
        by=person, now=clock.now(),
    ))
    if sent is None:
        return render(request, template, members_page(request, person, institution, form), status=status_of(form))
    messages.success(request, str(Text(zh="邀请已发出，14 天内有效。", en="Invited. It is good for 14 days.")))
    return redirect(back)


def _where(found: Invitation) -> str:
    if found.team:
        return found.team.get_absolute_url()
    return reverse("people:members", args=[found.institution.slug]) if found.institution else reverse("people:roles")
