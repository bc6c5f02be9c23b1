"""What every page's template may ask about the person; nothing is asked of the database until it is shown."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from heitu.ground.core.text import Text
from heitu.ground.people import queries, rules


def people(request: HttpRequest) -> dict[str, object]:
    """`unread` (a number), `acting` (an institution or nothing), `own_institutions` and `menu` (lists), each lazily."""
    unread = SimpleLazyObject(lambda: queries.unread_count(queries.person_of(request)))
    return {
        "unread": unread,
        "acting": SimpleLazyObject(lambda: queries.acting_institution(request)),
        "own_institutions": SimpleLazyObject(lambda: queries.own_institutions(queries.person_of(request))),
        "menu": SimpleLazyObject(lambda: _menu(request, unread)),
    }


def _menu(request: HttpRequest, unread: object) -> list[dict[str, object]]:
    """The person's own pages, behind the round with the initial."""
    entries = [
        ("profile", Text(zh="我的资料", en="My profile"), None),
        ("notifications", Text(zh="通知", en="Notifications"), unread),
        ("teams", Text(zh="团队", en="Teams"), None),
        ("tokens", Text(zh="API 令牌", en="API tokens"), None),
    ]
    if rules.sees_everything(queries.person_of(request)):
        entries.append(("roles", Text(zh="生态角色", en="Roles"), None))
    return [
        {"url": (url := reverse(f"people:{name}")), "title": title, "count": count, "current": request.path == url}
        for name, title, count in entries
    ]
