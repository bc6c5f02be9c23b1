"""Who is what: at one institution, and in the whole ecosystem."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from heitu.ground.core import clock
from heitu.ground.people import actions, queries, rules
from heitu.ground.people.enums import ECOSYSTEM_ROLES, LOCAL_ROLES, Role, Verification
from heitu.ground.people.forms import InvitationForm, options
from heitu.ground.people.models import Institution, Invitation, Membership, Person
from heitu.ground.people.sheets import write_csv
from heitu.ground.people.views.shared import csv_file, paginate, signed_in


@login_required
@require_safe
def members(request: HttpRequest, slug: str) -> HttpResponse:
    person = signed_in(request)
    found = get_object_or_404(rules.institutions_with_visible_members(person), slug=slug)
    return render(request, "people/members.html", members_page(request, person, found))


@login_required
@require_safe
def members_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Verified members and those waiting, with the headings that the import understands first."""
    found = get_object_or_404(rules.institutions_with_visible_members(signed_in(request)), slug=slug)
    rows = (
        (held.person.email, held.person.name, held.person.name_latin, held.role, held.verification, held.since.date())
        for held in queries.members(found)
    )
    headings = ("email", "name", "name_latin", "role", "verification", "since")
    return csv_file(f"{found.slug}-members.csv", write_csv(headings, rows))


@login_required
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """Officers, experts, finance and auditors."""
    person = signed_in(request)
    if not rules.sees_everything(person):
        raise Http404
    return render(request, "people/roles.html", members_page(request, person, None))


@login_required
@require_POST
def verification(request: HttpRequest, pk: int) -> HttpResponse:
    """`answer` verified or refused, with a reason."""
    person = signed_in(request)
    waiting = get_object_or_404(rules.verifiable_memberships(person).select_related("person", "institution"), pk=pk)
    if request.POST.get("answer") == Verification.VERIFIED:
        actions.verify(membership=waiting, by=person, now=clock.now())
    else:
        reason = request.POST.get("reason", "")[:500]
        actions.turn_down(membership=waiting, reason=reason, by=person, now=clock.now())
    return redirect(_back(waiting))


@login_required
@require_POST
def ending(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role: one's own, or somebody's whom one manages."""
    person = signed_in(request)
    held = get_object_or_404(rules.endable_memberships(person).select_related("person", "institution"), pk=pk)
    actions.end_membership(membership=held, by=person, now=clock.now())
    return redirect(reverse("people:profile") if held.person_id == person.pk else _back(held))


def members_page(
    request: HttpRequest, person: Person, institution: Institution | None, form: InvitationForm | None = None
) -> dict[str, object]:
    """What both member pages show; `form` is the invitation form when it comes back with faults."""
    asked = {name: request.GET.get(name, "") for name in ("role", "verification")}
    found = queries.members(institution, search=request.GET.get("q", "").strip(), **asked)
    grantable = queries.grantable_roles(person, institution)
    fitting = LOCAL_ROLES if institution else ECOSYSTEM_ROLES
    return {
        "institution": institution,
        "page": paginate(request, found),
        "search": request.GET.get("q", ""),
        **asked,
        "roles": options(role for role in Role if role in fitting),
        "verifications": options(Verification),
        "invitations": _invitations(person, institution),
        "form": form or InvitationForm(roles=grantable),
        "manages": bool(grantable),
        "person": person,
    }


def _invitations(person: Person, institution: Institution | None) -> QuerySet[Invitation]:
    seen = rules.visible_invitations(person)
    return queries.open_invitations(clock.now()).filter(pk__in=seen, institution=institution, team__isnull=True)[:50]


def _back(membership: Membership) -> str:
    if membership.institution is None:
        return reverse("people:roles")
    return reverse("people:members", args=[membership.institution.slug])
