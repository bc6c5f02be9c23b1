"""Learning platforms for programs; the same actions and rules as the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status

from heitu.ground.core import clock
from heitu.ground.lti import addresses, queries
from heitu.ground.lti.actions import platforms as actions
from heitu.ground.lti.enums import Product
from heitu.ground.lti.models import Deployment, Platform
from heitu.ground.lti.views.shared import managed_platform, seen_platform
from heitu.ground.people.api import MANAGE, READ
from heitu.ground.people.models import Institution
from heitu.ground.people.queries import signed_in
from heitu.ground.people.rules import can_manage_institution, can_see_members

router = Router(tags=["learning platforms"], auth=READ)


class DeploymentOut(Schema):
    id: int
    deployment_id: str
    approved_at: datetime | None


class PlatformOut(Schema):
    id: int
    name: str
    product: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    keys_url: str
    disabled_at: datetime | None
    checks: list[dict[str, Any]]
    addresses: dict[str, str]
    deployments: list[DeploymentOut]

    @staticmethod
    def resolve_addresses(platform: Platform) -> dict[str, str]:
        return queries.our_addresses(platform)

    @staticmethod
    def resolve_deployments(platform: Platform) -> list[Deployment]:
        return list(platform.deployments.all())


class PlatformIn(Schema):
    name: str = Field(min_length=1, max_length=80)
    product: Product = Product.OTHER


class DescriptionIn(Schema):
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    keys_url: str
    token_audience: str = ""
    more_origins: list[str] = []


class DeploymentIn(Schema):
    deployment_id: str


class InvitationIn(Schema):
    site: str = ""


class InvitationOut(Schema):
    link: str


class OpenIn(Schema):
    open: bool


@router.get("/institutions/{slug}/lms", response=list[PlatformOut], summary="An institution's learning platforms")
def lms_list(request: HttpRequest, slug: str) -> QuerySet[Platform]:
    institution = get_object_or_404(Institution, slug=slug)
    if not can_see_members(signed_in(request), institution):
        raise Http404
    return institution.platforms.prefetch_related("deployments")


@router.post("/institutions/{slug}/lms", response={201: PlatformOut}, auth=MANAGE, summary="Add a learning platform")
def lms_add(request: HttpRequest, slug: str, given: PlatformIn) -> Status[Platform]:
    """Our addresses are in the answer; its own follow by PUT, or by Dynamic Registration."""
    person, institution = signed_in(request), get_object_or_404(Institution, slug=slug)
    if not can_manage_institution(person, institution):
        raise Http404
    made = actions.add(institution=institution, name=given.name, product=given.product, by=person, now=clock.now())
    return Status(201, made)


@router.get("/lms/{int:pk}", response=PlatformOut, summary="One learning platform")
def lms_detail(request: HttpRequest, pk: int) -> Platform:
    return seen_platform(request, pk)[0]


@router.put("/lms/{int:pk}", response=PlatformOut, auth=MANAGE, summary="A platform's addresses")
def lms_describe(request: HttpRequest, pk: int, given: DescriptionIn) -> Platform:
    platform, person = managed_platform(request, pk)
    told = given.model_dump() | {"more_origins": tuple(given.more_origins)}
    return actions.describe(platform=platform, told=actions.Description(**told), by=person, now=clock.now())


@router.post("/lms/{int:pk}/invitation", response={201: InvitationOut}, auth=MANAGE, summary="A link for Dynamic Registration")
def lms_invite(request: HttpRequest, pk: int, given: InvitationIn | None = None) -> Status[InvitationOut]:
    """Of Canvas with the school's own address (`site`)."""
    platform, person = managed_platform(request, pk)
    site = given.site.strip().rstrip("/") if given else ""
    token = actions.offer_registration(platform=platform, site=site, by=person, now=clock.now())
    return Status(201, InvitationOut(link=addresses.ours("lti_registration", token)))


@router.post("/lms/{int:pk}/checks", response=PlatformOut, auth=MANAGE, summary="Try a platform's keys and access tokens")
def lms_check(request: HttpRequest, pk: int) -> Platform:
    platform, person = managed_platform(request, pk)
    actions.check(platform=platform, by=person, now=clock.now())
    return platform


@router.post("/lms/{int:pk}/deployments", response={201: DeploymentOut}, auth=MANAGE, summary="Approve a deployment")
def lms_approve(request: HttpRequest, pk: int, given: DeploymentIn) -> Status[Deployment]:
    platform, person = managed_platform(request, pk)
    made = actions.approve(platform=platform, deployment_id=given.deployment_id, by=person, now=clock.now())
    return Status(201, made)


@router.put("/lms/{int:pk}/open", response=PlatformOut, auth=MANAGE, summary="Disable or enable a platform")
def lms_open(request: HttpRequest, pk: int, given: OpenIn) -> Platform:
    platform, person = managed_platform(request, pk)
    actions.set_open(platform=platform, is_open=given.open, by=person, now=clock.now())
    return platform
