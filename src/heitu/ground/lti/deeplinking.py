"""The answer to a deep linking request (LTI Deep Linking 2.0, 3.3): what the teacher chose, signed by us."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from heitu.ground.core.errors import refuse
from heitu.ground.lti import addresses, messages
from heitu.ground.lti.messages import DEEP, LINK_TYPE, LTI
from heitu.ground.lti.models import Launch
from heitu.ground.lti.ourkeys import signed

SECONDS = 600


@dataclass(frozen=True)
class Item:
    """A link to a page of ours; with `points`, the platform makes a column for it."""

    url: str
    title: str
    text: str = ""
    points: Decimal | None = None
    resource: str = ""
    opens_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """Where the browser posts which JWT."""

    url: str
    jwt: str


def answer(launch: Launch, items: Sequence[Item], now: datetime) -> Answer:
    """Raises Refused `not_asked`, `address_malformed` where the platform says no place for it."""
    message = messages.read(launch.claims or {})
    asked = message.deep_linking
    if asked is None:
        raise refuse("not_asked", "平台没有在选择内容。", "The platform isn't choosing content.")
    if not addresses.origin(asked.deep_link_return_url):
        raise refuse("address_malformed", "平台给的返回地址不对。", "The platform's return address is none.")
    at, platform = int(now.timestamp()), launch.platform
    claims: dict[str, Any] = {
        "iss": platform.client_id, "aud": [platform.issuer], "iat": at, "exp": at + SECONDS, "nonce": secrets.token_urlsafe(16),
        "azp": platform.issuer, f"{LTI}deployment_id": message.deployment, f"{LTI}message_type": "LtiDeepLinkingResponse",
        f"{LTI}version": "1.3.0", f"{DEEP}content_items": [_written(item, asked.accept_lineitem) for item in items],
    }
    if asked.data is not None:
        claims[f"{DEEP}data"] = asked.data
    return Answer(asked.deep_link_return_url, signed(claims, platform=platform, now=now))


def _written(item: Item, with_column: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"type": LINK_TYPE, "url": item.url, "title": item.title}
    if item.text:
        found["text"] = item.text
    if item.points is not None and with_column:
        found["lineItem"] = {
            "scoreMaximum": float(item.points), "label": item.title, "resourceId": item.resource, "tag": "lab",
        }
    if item.opens_at and item.due_at:
        found["available"] = {"startDateTime": item.opens_at.isoformat()}
        found["submission"] = {"startDateTime": item.opens_at.isoformat(), "endDateTime": item.due_at.isoformat()}
    return found
