"""Keys for programs. The key is returned once; the database keeps its SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.transactions import atomic
from heitu.ground.people.enums import Scope
from heitu.ground.people.models import ApiToken, Person
from heitu.ground.people.queries import api_tokens

MOST = 20
PREFIX = "heitu_"


@atomic
def create_token(
    *, name: str, scopes: Sequence[str], by: Person, now: datetime, days: int | None = None
) -> tuple[ApiToken, str]:
    """Make a token good for `days` (None: until revoked) and return it with its plain text, which is kept nowhere.

    Raises Refused `scope_missing`, `scope_unknown` or `too_many_tokens`.
    """
    if not scopes:
        raise refuse("scope_missing", "请至少选择一项权限。", "Choose at least one scope.", field="scopes")
    unknown = sorted(set(scopes) - set(Scope.values))
    if unknown:
        raise refuse(
            "scope_unknown", f"没有这种权限：{'、'.join(unknown)}。",
            f"There is no such scope: {', '.join(unknown)}.", field="scopes",
        )
    if api_tokens(by).count() >= MOST:
        raise refuse(
            "too_many_tokens", f"最多 {MOST} 个令牌，请先撤销不用的。", f"At most {MOST} tokens: revoke one first."
        )
    plain = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=by, name=name, start=plain[:12], digest=digest_of(plain), scopes=sorted(set(scopes)),
        created_at=now, expires_at=now + timedelta(days=days) if days else None,
    )
    record(action="token.created", by=by, now=now, subject=token, detail={"scopes": token.scopes})
    return token, plain


@atomic
def revoke_token(*, token: ApiToken, by: Person | None, now: datetime) -> ApiToken:
    """It stops working with the next request. Raises Refused `token_revoked`."""
    if not ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now):
        raise refuse("token_revoked", "令牌已撤销。", "The token is already revoked.")
    token.revoked_at = now
    record(action="token.revoked", by=by, now=now, subject=token)
    return token


def note_use(*, token: ApiToken, now: datetime) -> None:
    """Remember when the token was last used, to the minute: not every request needs a write."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - timedelta(minutes=1))
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def digest_of(plain: str) -> str:
    """SHA-256 in hex: the tokens are 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(plain.encode()).hexdigest()
