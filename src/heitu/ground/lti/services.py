"""What we ask of a platform once launched: to take a score (AGS 2.0), to make a column for it, to list members (NRPS 2.0)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from heitu.ground.core.errors import Refused, refuse
from heitu.ground.lti import access, wire
from heitu.ground.lti.addresses import origin
from heitu.ground.lti.messages import LINE_ITEM, MEMBERS, SCORE
from heitu.ground.lti.models import Context, Link, Platform, Score
from heitu.ground.lti.unanswered import Unanswered

if TYPE_CHECKING:
    import httpx

SCORES = "application/vnd.ims.lis.v1.score+json"
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
CONTAINER = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
MOST_PAGES = 200
UNAUTHORISED = 401


def post_score(score: Score, now: datetime) -> None:
    """Raises Refused; `Unanswered` says whether another try may help."""
    link, platform = score.link, score.link.context.platform
    if SCORE not in link.scopes:
        raise refuse("no_score_scope", "平台没有允许回传成绩。", "The platform does not allow scores to be sent.")
    url = link.item_url or _own_item(link, score, now)
    ask(platform, "POST", _under(url, "/scores"), (SCORE,), now, json=_written(score), headers={"Content-Type": SCORES})


def _written(score: Score) -> dict[str, Any]:
    """AGS 2.0, 3.4: without scoreGiven the platform clears what it had."""
    body: dict[str, Any] = {
        "userId": score.account.sub, "timestamp": score.at.isoformat(timespec="milliseconds"),
        "activityProgress": "Completed", "gradingProgress": "FullyGraded", "scoreMaximum": float(score.maximum),
    }
    if score.given is None:
        return body | {"activityProgress": "Initialized", "gradingProgress": "NotReady"}
    return body | {"scoreGiven": float(score.given)}


def _under(url: str, part: str) -> str:
    """AGS 2.0, 3.4.2: `/scores` goes onto the path, before the query (Moodle's line items have one)."""
    found = urlsplit(url)
    return urlunsplit(found._replace(path=found.path.rstrip("/") + part))


def _own_item(link: Link, score: Score, now: datetime) -> str:
    """A column for a link that came without one, where the platform lets us."""
    if not link.items_url or LINE_ITEM not in link.scopes:
        raise refuse("no_line_item", "平台没有给这个链接成绩列。", "The platform gives this link no column for marks.")
    link.item_url = _known_item(link, now) or _made_item(link, score, now)
    link.save(update_fields=["item_url"])
    return link.item_url


def _known_item(link: Link, now: datetime) -> str:
    """What an earlier try of ours made, whose answer was lost (AGS 2.0, 3.2.4: asked for by its link)."""
    parts = urlsplit(link.items_url)
    query = "&".join(each for each in (parts.query, urlencode({"resource_link_id": link.link_id})) if each)
    url = urlunsplit(parts._replace(query=query))
    listed = wire.json_of(ask(link.context.platform, "GET", url, (LINE_ITEM,), now, headers={"Accept": ITEMS}))
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    return next((_address(row) for row in rows if row.get("resourceLinkId") == link.link_id), "")


def _made_item(link: Link, score: Score, now: datetime) -> str:
    wanted = {"label": link.title or "Heitu", "scoreMaximum": float(score.maximum), "resourceLinkId": link.link_id, "tag": "lab"}
    headers = {"Content-Type": ITEM, "Accept": ITEM}
    made = ask(link.context.platform, "POST", link.items_url, (LINE_ITEM,), now, json=wanted, headers=headers)
    found = _address(wire.json_of(made))
    if not found:
        raise refuse("no_line_item", "平台没有给这个链接成绩列。", "The platform gives this link no column for marks.")
    return found


def _address(item: Any) -> str:
    found = item.get("id") if isinstance(item, dict) else None
    return found if isinstance(found, str) and len(found) <= 1000 else ""


@dataclass(frozen=True)
class Member:
    """Somebody of a course as the platform lists them."""

    sub: str
    name: str
    email: str
    roles: tuple[str, ...]
    is_active: bool


def members(context: Context, now: datetime, tell: Callable[[int], object] = int) -> list[Member]:
    """Everybody of the course, page after page: all of them, or Refused. `tell` hears of how many after each page.

    Raises Refused `no_member_list`, `list_malformed`, `list_too_long`, or as `ask`.
    """
    found, url = [], context.members_url
    if not url:
        raise refuse("no_member_list", "平台没有给出成员名单的地址。", "The platform gives no list of members.")
    for _ in range(MOST_PAGES):
        page = ask(context.platform, "GET", url, (MEMBERS,), now, headers={"Accept": CONTAINER})
        found += (listed := _members(wire.json_of(page)))
        tell(len(listed))
        following = page.links.get("next", {}).get("url")
        if not following:
            return found
        url = _joined(url, following)
    raise refuse(
        "list_too_long", f"平台的成员名单超过 {MOST_PAGES} 页，没有读完；没有改动。",
        f"The platform's list of members has more than {MOST_PAGES} pages and was not read to its end: nothing was changed.",
    )


def _joined(url: str, following: str) -> str:
    try:
        return urljoin(url, following)
    except ValueError:
        raise _malformed() from None


def _malformed() -> Refused:
    return refuse("list_malformed", "平台给出的成员名单读不懂。", "The platform's list of members can't be read.")


def _members(container: Any) -> list[Member]:
    rows = container.get("members") if isinstance(container, dict) else None
    if not isinstance(rows, list):
        raise _malformed()
    return [_member(row if isinstance(row, dict) else {}) for row in rows]


def _member(row: dict[str, Any]) -> Member:
    def said(name: str) -> str:
        return str(row.get(name) or "").replace("\0", "").strip()

    roles = row.get("roles")
    return Member(
        sub=said("user_id"), name=(said("name") or said("family_name") + said("given_name"))[:80], email=said("email")[:254],
        roles=tuple(str(each) for each in roles) if isinstance(roles, list) else (),
        is_active=said("status").lower() in ("", "active"),
    )


def ask(
    platform: Platform, method: str, url: str, scopes: tuple[str, ...], now: datetime, **sent: Any
) -> httpx.Response:
    """With our access token, which goes to the platform's own hosts only.

    Raises Refused `platform_closed` or `foreign_service`, and `Unanswered`.
    """
    if not platform.is_open:
        raise refuse("platform_closed", "这个平台已停用。", "This platform is disabled.")
    if not platform.serves(url):
        where = origin(url) or url[:60]
        raise refuse(
            "foreign_service", f"{where} 不在平台登记的地址之内；请管理员补上。",
            f"{where} is not among the platform's registered addresses: an administrator may add it.",
        )
    try:
        return _asked(platform, method, url, scopes, now, **sent)
    except Unanswered as error:
        if error.status != UNAUTHORISED:
            raise
        access.forget(platform, scopes)  # it may have been taken back before its time: once more with a new one
        return _asked(platform, method, url, scopes, now, **sent)


def _asked(platform: Platform, method: str, url: str, scopes: tuple[str, ...], now: datetime, **sent: Any) -> httpx.Response:
    token = access.token_for(platform, scopes, now)
    headers = {**sent.pop("headers", {}), "Authorization": f"Bearer {token}"}
    return wire.call(method, url, headers=headers, **sent)
