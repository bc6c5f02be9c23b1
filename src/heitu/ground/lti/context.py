"""What every page's template may ask about the launch that the session began with."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from heitu.ground.lti.middleware import SESSION


def lti(request: HttpRequest) -> dict[str, object]:
    """`launched`: nothing, or {platform, back}: then pages go without the site's own navigation."""
    return {"launched": SimpleLazyObject(lambda: request.session.get(SESSION))}
