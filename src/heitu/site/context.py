"""What every page's template may use."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from heitu.ground.core.text import language_of


def site(request: HttpRequest) -> dict[str, object]:
    return {"language": language_of(getattr(request, "LANGUAGE_CODE", None)), "demo": settings.DEMO}
