"""Connecting a learning platform: for the institution's lead, in two minutes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from heitu.ground.core import clock
from heitu.ground.lti import addresses, products, queries, rules, steps
from heitu.ground.lti.actions import platforms as actions
from heitu.ground.lti.enums import Product
from heitu.ground.lti.forms import DeploymentForm, DescriptionForm, PlatformForm
from heitu.ground.lti.models import Platform
from heitu.ground.lti.views.shared import managed_platform, seen_platform
from heitu.ground.people.models import Institution
from heitu.ground.people.rules import can_manage_institution, can_see_members
from heitu.ground.people.views.shared import attempt, paginate, signed_in, status_of


@login_required
def lms_list(request: HttpRequest, slug: str) -> HttpResponse:
    """An institution's platforms; its lead adds one."""
    person = signed_in(request)
    institution = get_object_or_404(Institution, slug=slug)
    if not can_see_members(person, institution):
        raise Http404
    manages = can_manage_institution(person, institution)
    form = PlatformForm(request.POST if request.method == "POST" and manages else None)
    made = attempt(form, lambda: actions.add(institution=institution, **form.cleaned_data, by=person, now=clock.now()))
    if made:
        return redirect(made)
    page = paginate(request, queries.platforms_of(institution))
    context = {"institution": institution, "page": page, "form": form, "manages": manages}
    return render(request, "lti/platforms.html", context, status=status_of(form))


@login_required
@require_safe
def lms_platform(request: HttpRequest, pk: int) -> HttpResponse:
    platform, person = seen_platform(request, pk)
    return render(request, "lti/platform.html", _about(request, platform, rules.can_manage_platform(person, platform)))


def _about(request: HttpRequest, platform: Platform, manages: bool, **more: Any) -> dict[str, Any]:
    site = request.GET.get("site", "").strip()[:200]
    initial = products.suggested(platform.product, site) if addresses.origin(site) else {}
    return {
        "platform": platform, "institution": platform.institution, "manages": manages, "parts": steps.parts_of(platform),
        "link_goes": steps.LINK_GOES.get(Product(platform.product), steps.LINK_GOES[Product.OTHER]),
        "is_canvas": platform.product == Product.CANVAS,
        "deployments": platform.deployments.all()[:50], "arrived": queries.arrived(platform)[:10],
        "refusals": queries.refusals(platform)[:10], "site": site, "now": clock.now(),
        "form": DescriptionForm(platform=platform, initial=initial), "deployment_form": DeploymentForm(),
    } | more


@login_required
@require_POST
def lms_description(request: HttpRequest, pk: int) -> HttpResponse:
    """The platform's addresses, by hand; tried out at once."""
    platform, person = managed_platform(request, pk)
    form = DescriptionForm(request.POST, platform=platform)
    done = attempt(form, lambda: actions.describe(platform=platform, told=form.told(), by=person, now=clock.now()))
    if done:
        actions.check(platform=done, by=person, now=clock.now())
        return redirect(platform)
    platform.refresh_from_db()
    return render(request, "lti/platform.html", _about(request, platform, True, form=form), status=409)


@login_required
@require_POST
def lms_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """A link for Dynamic Registration, shown this once."""
    platform, person = managed_platform(request, pk)
    site = request.POST.get("site", "").strip().rstrip("/")
    token = actions.offer_registration(platform=platform, site=site, by=person, now=clock.now())
    link = addresses.ours("lti_registration", token)
    return render(request, "lti/platform.html", _about(request, platform, True, link=link))


@login_required
@require_POST
def lms_check(request: HttpRequest, pk: int) -> HttpResponse:
    platform, person = managed_platform(request, pk)
    actions.check(platform=platform, by=person, now=clock.now())
    return redirect(platform)


@login_required
@require_POST
def lms_deployment(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve the deployment with this id, or withdraw (`withdraw`) the approval of the one with this number."""
    platform, person = managed_platform(request, pk)
    if number := request.POST.get("withdraw", ""):
        found = get_object_or_404(platform.deployments, pk=int(number) if number.isdecimal() and len(number) < 19 else 0)
        actions.withdraw(deployment=found, by=person, now=clock.now())
        return redirect(platform)
    form = DeploymentForm(request.POST)
    made = attempt(form, lambda: actions.approve(platform=platform, **form.cleaned_data, by=person, now=clock.now()))
    if made:
        return redirect(platform)
    return render(request, "lti/platform.html", _about(request, platform, True, deployment_form=form), status=409)


@login_required
@require_POST
def lms_disabling(request: HttpRequest, pk: int) -> HttpResponse:
    """Disabled, or (`open`) enabled again."""
    platform, person = managed_platform(request, pk)
    actions.set_open(platform=platform, is_open="open" in request.POST, by=person, now=clock.now())
    return redirect(platform)
