"""Launched pages inside the platform's frame: there, and only there, they may be shown and their cookies sent along."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]
SESSION = "lti"
NO_FRAMES, OWN_FORMS = "frame-ancestors 'none'", "form-action 'self'"
FRAMED, ANYWHERE, WINDOW = "None; Partitioned", "None", "Lax"  # Python 3.14's cookies are the first that know the former's second half


class FrameMiddleware:
    """Stands outside of sessions, CSRF and the content policy, whose headers it loosens for launched sessions alone.

    Elsewhere cookies stay `Lax` and frames forbidden. Over plain http a cookie can't be `None`, so there a launch works in a
    window of its own, or in a frame where platform and site share a host, as on one machine.

    In a frame cookies are `Partitioned`, too (CHIPS): a browser that keeps all others from other sites' frames takes those, for this
    frame under that platform alone. A launch in a window of its own keeps `Lax`, so that the two never meet under one name.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        _allow_forms(response, getattr(request, "posts_to", ""))
        origins = _framed_by(request)
        if origins is None:
            return response
        if _is_for_frames(request):
            _allow_frames(response, origins)
        if settings.SECURE:
            _allow_cookies(response, _rule_of(request))
        return response


def cookies_for(request: HttpRequest) -> str:
    """By what the browser says that it fetches the page for (Fetch Metadata): old ones, which say nothing, as they always were."""
    wanted = request.headers.get("Sec-Fetch-Dest")
    if wanted is None:
        return ANYWHERE
    return FRAMED if wanted in ("iframe", "frame", "embed", "object") else WINDOW


def _rule_of(request: HttpRequest) -> str:
    launched = request.session.get(SESSION) if hasattr(request, "session") else None
    return str(launched.get("cookies", ANYWHERE)) if launched else cookies_for(request)


def frame(request: HttpRequest, origins: list[str]) -> None:
    """This answer may be shown by these origins."""
    request.framed_by = origins  # type: ignore[attr-defined]


def post_to(request: HttpRequest, origin: str) -> None:
    """The form of this answer goes there."""
    request.posts_to = origin  # type: ignore[attr-defined]


def _framed_by(request: HttpRequest) -> list[str] | None:
    """Nothing is asked of the database: who asks was read from the session long before."""
    own: list[str] | None = getattr(request, "framed_by", None)
    session = getattr(request, "session", None)
    if own is not None or session is None or not session.accessed:
        return own
    launched = session.get(SESSION)
    return launched["origins"] if launched else None


def _is_for_frames(request: HttpRequest) -> bool:
    """Nobody but whom the platform signs in is shown there: whoever signs in with a password only says who it is."""
    if request.path.startswith("/lti/"):
        return True
    signed_in = request.session.get(SESSION_KEY)
    return signed_in is None or signed_in == (request.session.get(SESSION) or {}).get("person")


def _allow_frames(response: HttpResponse, origins: list[str]) -> None:
    response.headers.pop("X-Frame-Options", None)
    policy = response.headers.get("Content-Security-Policy", "")
    if NO_FRAMES in policy:
        response.headers["Content-Security-Policy"] = policy.replace(NO_FRAMES, " ".join(["frame-ancestors 'self'", *origins]))


def _allow_forms(response: HttpResponse, origin: str) -> None:
    if origin:
        policy = response.headers.get("Content-Security-Policy", "")
        response.headers["Content-Security-Policy"] = policy.replace(OWN_FORMS, f"{OWN_FORMS} {origin}")


def _allow_cookies(response: HttpResponse, rule: str) -> None:
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME):
        if name in response.cookies:
            response.cookies[name]["samesite"], response.cookies[name]["secure"] = rule, True
