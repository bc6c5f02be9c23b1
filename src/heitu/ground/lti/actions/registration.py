"""A platform registers us by itself (1EdTech LTI Dynamic Registration 1.0): we tell it what we are, it tells us who we are there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet

from heitu.ground.core.errors import refuse
from heitu.ground.core.transactions import atomic
from heitu.ground.lti import addresses, wire
from heitu.ground.lti.actions.platforms import Description, approve, describe, digest_of
from heitu.ground.lti.enums import Product
from heitu.ground.lti.messages import DEEP_LINKING, LINE_ITEM, MEMBERS, RESOURCE, SCORE
from heitu.ground.lti.models import Platform

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
NAME_ZH, NAME_EN = "黑土实验", "Heitu labs"
SCOPES = (SCORE, LINE_ITEM, MEMBERS)
# Of Canvas (its `doc/api/registration.md`): without them it shows the tool nowhere and tells it no names.
CANVAS_PRIVACY = "https://canvas.instructure.com/lti/privacy_level"
CANVAS_PLACEMENTS = ["assignment_selection", "link_selection"]


def invited(token: str, now: datetime, rows: QuerySet[Platform] | None = None) -> Platform:
    """Raises Refused `invitation_over`."""
    rows = Platform.objects.all() if rows is None else rows
    found = rows.filter(invitation=digest_of(token), invitation_until__gt=now).select_related("institution").first()
    if found is None:
        raise refuse(
            "invitation_over", "这个登记链接已用过或已过期，请管理员重新生成。",
            "This registration link was used or has expired: ask the administrator for another.",
        )
    return found


def register(*, token: str, configuration_url: str, registration_token: str, now: datetime) -> Platform:
    """Once for each link; whatever fails, the link can be used again. Raises Refused."""
    invited(token, now)
    bearer = {"Authorization": f"Bearer {registration_token}"} if registration_token else {}
    told = _configuration(configuration_url, bearer)
    given = wire.json_of(wire.call(
        "POST", told["registration_endpoint"], json=_about_us(invited(token, now)), headers=bearer,
    ))
    if not isinstance(given, dict) or not isinstance(given.get("client_id"), str):
        raise refuse("no_client_id", "平台没有给出客户端编号。", "The platform gives no client ID.")
    return _registered(token, told, given, now)


def _configuration(url: str, bearer: dict[str, str]) -> dict[str, str]:
    """What the platform says of itself, some (Canvas) only with its token. The issuer has to live where it says so (3.4 there)."""
    found = wire.json_of(wire.call("GET", url, headers={"Accept": "application/json"} | bearer))
    names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
    told = {name: found.get(name) for name in names} if isinstance(found, dict) else {}
    if not told or not all(isinstance(value, str) and value for value in told.values()):
        raise refuse("configuration_incomplete", "平台的配置不完整。", "The platform's configuration is incomplete.")
    if urlsplit(str(told["issuer"])).hostname != urlsplit(url).hostname:
        raise refuse(
            "issuer_elsewhere", "平台的签发者与配置地址不在同一主机。",
            "The platform's issuer isn't at the host that its configuration comes from.",
        )
    extra = found.get("authorization_server")
    return {name: str(value) for name, value in told.items()} | {"audience": extra if isinstance(extra, str) else ""}


def _about_us(platform: Platform) -> dict[str, Any]:
    launch, start = addresses.ours("lti_launch", platform.uuid), addresses.ours("lti_start")
    return {
        "application_type": "web", "response_types": ["id_token"], "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": addresses.ours("lti_login", platform.uuid), "redirect_uris": [launch],
        "client_name": NAME_EN, "client_name#zh": NAME_ZH, "jwks_uri": addresses.ours("lti_keys", platform.uuid),
        "token_endpoint_auth_method": "private_key_jwt", "scope": " ".join(SCOPES),
        TOOL: {
            **_own_words(platform), "domain": urlsplit(start).netloc, "target_link_uri": start, "description": NAME_EN,
            "description#zh": NAME_ZH,
            "claims": ["iss", "sub", "name", "given_name", "family_name"],
            "messages": [
                {"type": RESOURCE, "target_link_uri": start},
                {"type": DEEP_LINKING, "target_link_uri": start, "label": NAME_EN, "label#zh": NAME_ZH} | _places(platform),
            ],
        },
    }


def _own_words(platform: Platform) -> dict[str, str]:
    return {CANVAS_PRIVACY: "name_only"} if platform.product == Product.CANVAS else {}


def _places(platform: Platform) -> dict[str, list[str]]:
    return {"placements": CANVAS_PLACEMENTS} if platform.product == Product.CANVAS else {}


@atomic
def _registered(token: str, told: dict[str, str], given: dict[str, Any], now: datetime) -> Platform:
    platform = invited(token, now, rows=Platform.objects.select_for_update(of=("self",)))
    platform.invitation = platform.invitation_until = None
    described = describe(platform=platform, by=None, now=now, told=Description(
        issuer=told["issuer"], client_id=given["client_id"][:255], auth_url=told["authorization_endpoint"],
        token_url=told["token_endpoint"], keys_url=told["jwks_uri"], token_audience=told["audience"],
        more_origins=tuple(platform.more_origins),
    ))
    tool = given.get(TOOL)
    deployment = tool.get("deployment_id") if isinstance(tool, dict) else None
    if deployment is not None:  # the link was handed out for this very platform
        approve(platform=described, deployment_id=str(deployment), by=None, now=now)
    return described
