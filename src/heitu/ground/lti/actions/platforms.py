"""Platforms: put down, described, approved, tried out, disabled."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.transactions import atomic
from heitu.ground.lti import access, theirkeys
from heitu.ground.lti.addresses import insist_on_callable, origin
from heitu.ground.lti.enums import Product
from heitu.ground.lti.messages import SCORE
from heitu.ground.lti.models import Deployment, Platform
from heitu.ground.people.models import Institution, Person

INVITED_FOR = timedelta(days=3)
ADDRESSES = ("auth_url", "token_url", "keys_url")
TRIED = {"keys": ("公钥集地址", "Public keyset URL"), "token": ("访问令牌地址", "Access token URL")}
LONGEST = {"issuer": 255, "client_id": 255} | dict.fromkeys((*ADDRESSES, "token_audience"), 500)


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a platform's administrator reads off its page about us."""

    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    keys_url: str
    token_audience: str = ""
    more_origins: tuple[str, ...] = ()


@atomic
def add(*, institution: Institution, name: str, product: str, by: Person | None, now: datetime) -> Platform:
    """A platform whose addresses aren't known yet; ours are, from now on."""
    made = Platform.objects.create(institution=institution, name=name, product=product, created_by=by, created_at=now)
    record(action="lti.platform_added", by=by, now=now, subject=made, detail={"institution": institution.slug})
    return made


@atomic
def describe(*, platform: Platform, told: Description, by: Person | None, now: datetime) -> Platform:
    """Raises Refused `field_missing`, `field_too_long`, `origin_malformed`, `registered_already`, or as `insist_on_callable`."""
    _check(platform, told)
    for name, value in vars(told).items():
        setattr(platform, name, list(value) if isinstance(value, tuple) else value)
    platform.keys = platform.keys_fetched_at = platform.keys_tried_at = None
    platform.save()
    record(action="lti.platform_described", by=by, now=now, subject=platform, detail={
        "issuer": told.issuer, "client_id": told.client_id, "keys_url": told.keys_url,
    })
    return platform


def _check(platform: Platform, told: Description) -> None:
    for name in ("issuer", "client_id", *ADDRESSES):
        if not getattr(told, name):
            raise refuse("field_missing", "请填写。", "Fill this in.", field=name)
    for name, most in LONGEST.items():
        if len(getattr(told, name)) > most:
            raise refuse("field_too_long", f"最多 {most} 个字符。", f"At most {most} characters.", field=name)
    for name in ADDRESSES:
        insist_on_callable(getattr(told, name), field=name)
    for each in told.more_origins:
        _insist_on_origin(each, field="more_origins")
    same = Platform.objects.filter(institution=platform.institution_id, issuer=told.issuer, client_id=told.client_id)
    if same.exclude(pk=platform.pk).exists():
        raise refuse(
            "registered_already", "本机构已登记过这个签发者和客户端编号。",
            "Your institution has registered this issuer and client ID already.", field="client_id",
        )


def _insist_on_origin(each: str, *, field: str) -> None:
    plain = each.replace("://*.", "://")
    if not plain or origin(plain) != plain or len(each) > LONGEST["issuer"] or _is_too_wide(each):
        raise refuse(
            "origin_malformed", f"“{each}”应形如 https://lms.example.edu。",
            f"“{each}” should read like https://lms.example.edu.", field=field,
        )


def _is_too_wide(origin: str) -> bool:
    """`https://*.edu` would be half of the world."""
    return "://*." in origin and origin.count(".") < 2


@atomic
def offer_registration(*, platform: Platform, by: Person, now: datetime, site: str = "") -> str:
    """The secret of a link by which the platform registers itself, once, within three days; an earlier one ends.

    `site` is its own address, where that isn't what it calls itself: all schools' Canvas is `canvas.instructure.com`, but each is
    served from a host of its own. Raises Refused `registered_already`, `site_missing`, `origin_malformed`.
    """
    if platform.is_complete:
        raise refuse("registered_already", "这个平台已经登记好了。", "This platform is registered already.")
    if site:
        _insist_on_origin(site, field="site")
        platform.more_origins = list(dict.fromkeys([*platform.more_origins, site]))
    if platform.product == Product.CANVAS and not platform.more_origins:
        raise refuse(
            "site_missing", "请填写本校 Canvas 的网址：页面和成绩册都在那里。",
            "Give your school's Canvas address: its pages and gradebook are there.", field="site",
        )
    token = secrets.token_urlsafe(32)
    platform.invitation, platform.invitation_until = digest_of(token), now + INVITED_FOR
    platform.save(update_fields=["invitation", "invitation_until", "more_origins"])
    record(action="lti.registration_offered", by=by, now=now, subject=platform)
    return token


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@atomic
def approve(*, platform: Platform, deployment_id: str, by: Person | None, now: datetime) -> Deployment:
    """Launches from this deployment are let in, seen before or not. Raises Refused `field_missing`."""
    if not deployment_id.strip():
        raise refuse("field_missing", "请填写。", "Fill this in.", field="deployment_id")
    found, _ = Deployment.objects.get_or_create(
        platform=platform, deployment_id=deployment_id.strip()[:255], defaults={"seen_at": now}
    )
    found.approved_at, found.approved_by = now, by
    found.save(update_fields=["approved_at", "approved_by"])
    record(action="lti.deployment_approved", by=by, now=now, subject=found, detail={"deployment": found.deployment_id})
    return found


@atomic
def withdraw(*, deployment: Deployment, by: Person, now: datetime) -> None:
    """No more launches from there."""
    deployment.approved_at = deployment.approved_by = None
    deployment.save(update_fields=["approved_at", "approved_by"])
    record(action="lti.deployment_withdrawn", by=by, now=now, subject=deployment)


@atomic
def set_open(*, platform: Platform, is_open: bool, by: Person, now: datetime) -> None:
    """Disabled, a platform can launch nothing and is sent nothing; its people keep their accounts."""
    platform.disabled_at = None if is_open else now
    platform.save(update_fields=["disabled_at"])
    record(action="lti.platform_enabled" if is_open else "lti.platform_disabled", by=by, now=now, subject=platform)


def check(*, platform: Platform, by: Person | None, now: datetime) -> list[dict[str, object]]:
    """Try what can be tried without a launch: its keys, and an access token for scores. Raises Refused `not_complete`."""
    if not platform.is_complete:
        raise refuse("not_complete", "请先填好平台的地址。", "Fill in the platform's addresses first.")
    platform.checks = [
        _tried("keys", lambda: (f"取到 {(n := theirkeys.fetch(platform, now))} 个公钥", f"{n} public key(s) fetched")),
        _tried("token", lambda: _token(platform, now)),
        _approved(platform),
    ]
    platform.checked_at = now
    platform.save(update_fields=["checks", "checked_at"])
    record(action="lti.platform_checked", by=by, now=now, subject=platform, detail={"good": [each["good"] for each in platform.checks]})
    return list(platform.checks)


def _tried(title: str, what: Callable[[], tuple[str, str]]) -> dict[str, object]:
    """With what to look at where it fails, as the form calls it."""
    try:
        zh, en = what()
    except Refused as refused:
        field_zh, field_en = TRIED[title]
        return {"title": title, "good": False, "zh": f"{field_zh}：{refused.message.zh}", "en": f"{field_en}: {refused.message.en}"}
    return {"title": title, "good": True, "zh": zh, "en": en}


def _token(platform: Platform, now: datetime) -> tuple[str, str]:
    access.forget(platform, (SCORE,))
    access.token_for(platform, (SCORE,), now)
    return "平台认得我们的密钥，给了访问令牌", "The platform knows our key and gave an access token"


def _approved(platform: Platform) -> dict[str, object]:
    count = platform.deployments.filter(approved_at__isnull=False).count()
    none = ("还没有批准的部署", "No deployment is approved yet")
    zh, en = (f"已批准 {count} 个部署", f"{count} deployment(s) approved") if count else none
    return {"title": "deployments", "good": count > 0, "zh": zh, "en": en}
