"""A nonce for signing in by OpenID Connect, which django-allauth doesn't send.

OpenID Connect Core 1.0, 3.1.2.1 and 3.1.3.7: whoever asks sends a fresh value and keeps it in the session; the token must
bring it back, so that one that was made for another sign-in is worth nothing here.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse


class NonceProvider(OpenIDConnectProvider):
    """Named by the settings as the provider's class."""

    package = "allauth.socialaccount.providers.openid_connect"  # whose addresses it has

    def redirect(self, request: HttpRequest, *args: Any, auth_params: Any = None, **kept: Any) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        asked = {**(self.get_auth_params() if auth_params is None else auth_params), "nonce": nonce}
        response: HttpResponse = super().redirect(request, *args, auth_params=asked, nonce=nonce, **kept)
        return response


def require_nonce(sociallogin: Any) -> None:
    """Raises PermissionDenied, which the callback's page answers, unless the token brought back what was sent."""
    told = sociallogin.account.extra_data.get("id_token") or {}
    sent = sociallogin.state.get("nonce")
    if not sent or not secrets.compare_digest(str(told.get("nonce", "")).encode(), sent.encode()):
        raise PermissionDenied("the ID token doesn't carry the nonce that was sent")
