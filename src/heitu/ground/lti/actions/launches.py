"""A launch from its beginning at the platform to the person that it is of."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.contrib.auth.hashers import make_password

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.transactions import atomic
from heitu.ground.lti import addresses, doors, idtokens, messages
from heitu.ground.lti.limits import insist_on_few
from heitu.ground.lti.messages import Message
from heitu.ground.lti.models import Account, Attempt, Context, Deployment, Launch, Link, Platform
from heitu.ground.lti.rules import can_be_launched
from heitu.ground.lti.services import Member
from heitu.ground.people.actions.persons import register
from heitu.ground.people.models import NO_ADDRESS, Person

MINUTES = timedelta(minutes=10)
KEPT_REFUSALS = 50
LONGEST = 8000  # hints of some platforms are tokens themselves
NAMELESS = "同学"  # where a platform tells no names


@dataclass(frozen=True)
class Beginning:
    """Where to send the browser, and what it has to bring back."""

    url: str
    state: str


def begin(*, platform: Platform, asked: dict[str, str], source: str, now: datetime) -> Beginning:
    """Third-party initiated login (LTI 1.3 core, 5.1.1; 1EdTech Security Framework, 5.1.1), from `limits.source_of` a request.

    Raises Refused `platform_closed`, `issuer_wrong`, `client_wrong`, `hint_missing`, `target_foreign`, `too_many_launches`.
    """
    _insist_on_open(platform)
    if asked.get("iss") != platform.issuer:
        raise refuse("issuer_wrong", "这个地址登记的是另一个平台。", "Another platform is registered for this address.")
    if asked.get("client_id") not in (None, "", platform.client_id):
        raise refuse("client_wrong", "客户端编号与登记的不同。", "The client ID is not the registered one.")
    if not asked.get("login_hint"):
        raise refuse("hint_missing", "平台没有说明是谁在启动（login_hint）。", "The platform doesn't say who launches (login_hint).")
    target(asked.get("target_link_uri", ""))
    insist_on_few(source, now)
    state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    kept = {name: asked[name][:LONGEST] for name in ASKED if asked.get(name)}
    Attempt.objects.create(platform=platform, state=digest(state), nonce=nonce, asked=kept, source=source, at=now)
    return Beginning(_authentication(platform, kept, state, nonce), state)


ASKED = ("iss", "login_hint", "target_link_uri", "lti_message_hint", "client_id", "lti_deployment_id")


def _insist_on_open(platform: Platform) -> None:
    if not platform.is_open:
        raise refuse("platform_closed", "这个平台还没有登记好，或已停用。", "This platform isn't fully registered yet, or was disabled.")


def _authentication(platform: Platform, asked: dict[str, str], state: str, nonce: str) -> str:
    wanted = {
        "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none", "state": state,
        "nonce": nonce, "client_id": platform.client_id, "redirect_uri": addresses.ours("lti_launch", platform.uuid),
        "login_hint": asked["login_hint"],
    }
    if "lti_message_hint" in asked:
        wanted["lti_message_hint"] = asked["lti_message_hint"]
    parts = urlsplit(platform.auth_url)
    query = "&".join(each for each in (parts.query, urlencode(wanted)) if each)
    return urlunsplit(parts._replace(query=query))


def digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def target(url: str) -> str:
    """The path of ours that is to be opened. Raises Refused `target_foreign`."""
    path = addresses.path_of(url)
    if path is None or not doors.registered().fits(path):
        raise refuse("target_foreign", "要打开的地址不是这里的课程班或实验。", "What it asks to open is no class or lab of ours.")
    return path


def attempt_of(platform: Platform, state: str, now: datetime) -> Attempt:
    """Raises Refused `state_unknown`."""
    found = platform.attempts.filter(state=digest(state), at__gt=now - MINUTES, used_at__isnull=True).first()
    if found is None:
        raise refuse(
            "state_unknown", "这次启动已用过或已过期，请从学习平台重新打开。",
            "This launch was used or has expired: open it again from your platform.",
        )
    return found


def arrive(*, platform: Platform, attempt: Attempt, token: str, now: datetime) -> Launch:
    """Check everything, and only then write anything down. Raises Refused."""
    _insist_on_open(platform)
    claims = idtokens.verified(platform, token, nonce=attempt.nonce, now=now)
    message = messages.read(claims)
    path = target(message.target)
    _insist_on_deployment(platform, attempt, message, now)
    return _arrived(platform, attempt, message, path, claims, now)


def _insist_on_deployment(platform: Platform, attempt: Attempt, message: Message, now: datetime) -> None:
    """One that nobody approved is put onto the list of those that wait; the platform signed for it."""
    if attempt.asked.get("lti_deployment_id") not in (None, message.deployment):
        raise refuse("deployment_wrong", "启动来自另一个部署。", "The launch comes from another deployment than it began with.")
    found, _ = Deployment.objects.get_or_create(
        platform=platform, deployment_id=message.deployment, defaults={"seen_at": now}
    )
    if found.approved_at is None:
        raise refuse(
            "deployment_waiting", "这个部署还没有获得批准，请联系本校的黑土管理员。",
            "This deployment has not been approved: ask your institution's administrator for Heitu.",
        )


@atomic
def _arrived(
    platform: Platform, attempt: Attempt, message: Message, path: str, claims: dict[str, Any], now: datetime
) -> Launch:
    if not Attempt.objects.filter(pk=attempt.pk, used_at__isnull=True).update(used_at=now):
        raise refuse("state_unknown", "这次启动已经用过。", "This launch was used already.")
    context, link = _place(platform, message)
    return Launch.objects.create(
        platform=platform, at=now, name=message.full_name, message=message.kind, target=path[:500], claims=claims, context=context,
        link=link, account=platform.accounts.filter(sub=message.sub).first(),
    )


def _place(platform: Platform, message: Message) -> tuple[Context | None, Link | None]:
    """The course and the link, with the services' addresses as the platform says them now."""
    if message.context is None:
        return None, None
    deployment = platform.deployments.get(deployment_id=message.deployment)
    told = {"title": (message.context.title or message.context.label)[:255]}
    if message.names.context_memberships_url:
        told["members_url"] = message.names.context_memberships_url
    context, _ = Context.objects.update_or_create(deployment=deployment, context_id=message.context.id, defaults=told)
    if message.link is None:
        return context, None
    services = {
        "title": message.link.title[:255], "items_url": message.endpoint.lineitems,
        "scopes": [scope[:200] for scope in message.endpoint.scope],
    }
    if message.endpoint.lineitem:
        services["item_url"] = message.endpoint.lineitem
    link, _ = Link.objects.update_or_create(context=context, link_id=message.link.id, defaults=services)
    return context, link


def note_refusal(*, platform: Platform, refused: Refused, now: datetime) -> None:
    """For the administrator's page, which shows the last few dozen: anybody can send what is refused."""
    Launch.objects.create(platform=platform, at=now, refused={"code": refused.code, **refused.message.model_dump()})
    kept = platform.launches.filter(refused__isnull=False).values("pk")[:KEPT_REFUSALS]
    platform.launches.filter(refused__isnull=False).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()


# Who it is


@atomic
def welcome(*, launch: Launch, now: datetime) -> Account:
    """An account for somebody new, who has none here or doesn't want to use it. What the platform says of an e-mail
    address is kept as its word; it opens nobody's account and takes nobody's address.
    """
    message = messages.read(launch.claims or {})
    Launch.objects.select_for_update().get(pk=launch.pk)  # pressed twice, it makes one
    known = launch.platform.accounts.filter(sub=message.sub).first()
    return known or _known(launch, _newcomer(message.full_name, now), message, None, now)


def _newcomer(name: str, now: datetime) -> Person:
    person = register(email=f"{secrets.token_hex(10)}{NO_ADDRESS}", name=name or NAMELESS, by=None, now=now)
    person.wants_mail = False
    person.save(update_fields=["wants_mail"])
    return person


@atomic
def enter_members(*, platform: Platform, members: Sequence[Member], by: Person, now: datetime) -> tuple[dict[str, Account], set[str]]:
    """Everybody of a platform's list, who may never have launched: accounts by `sub`, and which of them are new."""
    wanted = {each.sub: each for each in members}
    known = {each.sub: each for each in platform.accounts.filter(sub__in=wanted)}
    new = [each for sub, each in wanted.items() if sub not in known]
    persons = Person.objects.bulk_create([
        Person(
            email=f"{secrets.token_hex(10)}{NO_ADDRESS}", name=each.name or NAMELESS, password=make_password(None), joined_at=now,
            wants_mail=False,
        )
        for each in new
    ], batch_size=500)
    made = Account.objects.bulk_create([
        Account(platform=platform, sub=each.sub, person=person, name=each.name, email=each.email, since=now)
        for each, person in zip(new, persons, strict=True)
    ], batch_size=500)
    if made:
        record(action="lti.accounts_made", by=by, now=now, subject=platform, detail={"count": len(made)})
    return known | {each.sub: each for each in made}, {each.sub for each in made}


@atomic
def bind(*, launch: Launch, by: Person, now: datetime) -> Account:
    """The launch's user is this signed-in person, who says so. Raises Refused `bound_already`, `not_bindable`."""
    message = messages.read(launch.claims or {})
    if not can_be_launched(by, launch.platform.institution):
        raise refuse(
            "not_bindable", "有全平台角色的账号不能由教学平台登录；请用另一个账号。",
            "An account with roles beyond teaching can't be signed in by a learning platform: use another one.",
        )
    known = launch.platform.accounts.select_for_update().filter(sub=message.sub).first()
    if known is not None and known.person_id != by.pk and known.person.has_address:
        raise refuse("bound_already", "这个平台用户已绑定另一个账号。", "This user of the platform is bound to another account.")
    if known is None:
        return _known(launch, by, message, by, now)
    known.person = by
    known.save(update_fields=["person"])
    record(action="lti.account_bound", by=by, now=now, subject=known, detail={"sub": message.sub})
    return known


@atomic
def release(*, account: Account, by: Person, now: datetime) -> None:
    """A teacher who began as somebody new by mistake: the next launch asks again who they are. Raises Refused `not_releasable`."""
    if account.person_id != by.pk or by.has_address or account.scores.exists():
        raise refuse(
            "not_releasable", "这个账号已在使用，不能换绑；请联系管理员。",
            "This account is in use: ask an administrator to change it.",
        )
    record(action="lti.account_released", by=by, now=now, subject=account, detail={"sub": account.sub})
    account.delete()


def _known(launch: Launch, person: Person, message: Message, by: Person | None, now: datetime) -> Account:
    account = Account.objects.create(
        platform=launch.platform, sub=message.sub, person=person, name=message.full_name, email=message.email[:254], since=now
    )
    launch.account = account
    launch.save(update_fields=["account"])
    record(action="lti.account_bound" if by else "lti.account_made", by=by, now=now, subject=account, detail={"sub": message.sub})
    return account
