"""Institutions: the public list and page, and what officers change."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.people import actions, queries, rules
from heitu.ground.people.enums import LOCAL_ROLES, InstitutionKind, Role
from heitu.ground.people.forms import InstitutionForm, RoleForm, options
from heitu.ground.people.models import Institution, Membership, Person
from heitu.ground.people.sheets import write_csv
from heitu.ground.people.views.shared import attempt, csv_file, paginate, signed_in, status_of


@require_safe
def institutions(request: HttpRequest) -> HttpResponse:
    page = paginate(request, _listed(request))
    context = {
        "page": page,
        "search": request.GET.get("q", ""),
        "kind": request.GET.get("kind", ""),
        "region": request.GET.get("region", ""),
        "kinds": options(InstitutionKind),
        "regions": [(region, region) for region in queries.regions()],
        "is_officer": rules.is_officer(queries.person_of(request)),
    }
    return render(request, "people/institutions.html", context)


@require_safe
def institutions_file(request: HttpRequest) -> HttpResponse:
    """The list as filtered, with the headings that the import understands."""
    rows = ((one.slug, one.name.zh, one.name.en, one.kind, one.region, one.domain) for one in _listed(request))
    headings = ("slug", "name_zh", "name_en", "kind", "region", "domain")
    return csv_file("institutions.csv", write_csv(headings, rows))


@require_safe
def institution(request: HttpRequest, slug: str) -> HttpResponse:
    person = queries.person_of(request)
    found = get_object_or_404(queries.institutions(), slug=slug)
    return render(request, "people/institution.html", _about(person, found) | {"form": _join_form(None)})


@login_required
@require_POST
def membership(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a role at the institution."""
    person = signed_in(request)
    found = get_object_or_404(queries.institutions(), slug=slug)
    form = _join_form(request)
    asked = attempt(form, lambda: actions.join(
        person=person, institution=found, role=form.cleaned_data["role"], by=person, now=clock.now()
    ))
    if asked is None:
        context = _about(person, found) | {"form": form}
        return render(request, "people/institution.html", context, status=status_of(form))
    messages.success(request, str(_welcome(asked)))
    return redirect(found)


@login_required
def new_institution(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    if not rules.is_officer(person):
        raise Http404
    form = InstitutionForm(request.POST or None)
    made = attempt(form, lambda: actions.create_institution(**form.values(), by=person, now=clock.now()))
    if made:
        return redirect(made)
    return render(request, "people/institution_form.html", {"form": form}, status=status_of(form))


@login_required
def institution_settings(request: HttpRequest, slug: str) -> HttpResponse:
    person = signed_in(request)
    found = get_object_or_404(rules.managed_institutions(person), slug=slug)
    form = InstitutionForm(request.POST or None, institution=found)
    done = attempt(form, lambda: actions.change_institution(
        institution=found, **form.values(), by=person, now=clock.now()
    ))
    if done is not None:
        return redirect(found)
    context = {"form": form, "institution": found}
    return render(request, "people/institution_form.html", context, status=status_of(form))


def _listed(request: HttpRequest) -> QuerySet[Institution]:
    search = request.GET.get("q", "").strip()
    return queries.institutions(search=search, kind=request.GET.get("kind", ""), region=request.GET.get("region", ""))


def _about(person: Person | None, found: Institution) -> dict[str, object]:
    own = person.current_memberships if person else []
    return {
        "institution": found,
        "own": [membership for membership in own if membership.institution_id == found.pk],
        "manages": rules.can_manage_institution(person, found),
        "sees_members": rules.can_see_members(person, found),
        "teams": queries.teams_listed(rules.visible_teams(person).filter(institution=found))[:20],
    }


def _join_form(request: HttpRequest | None) -> RoleForm:
    roles = [role for role in Role if role in LOCAL_ROLES]
    return RoleForm(request.POST if request else None, roles=roles)


def _welcome(asked: Membership) -> Text:
    if asked.verification == "verified":
        return Text(zh="您的邮箱域名已证明身份，核验完成。", en="Your e-mail domain proves it: you are verified.")
    return Text(zh="已提交，机构负责人或运营核验后会通知您。", en="Asked. You will be told once it is verified.")
