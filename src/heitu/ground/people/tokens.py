"""Bearer tokens at the door of the API."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.errors import AuthenticationError, HttpError
from ninja.security import HttpBearer

from heitu.ground.core import clock
from heitu.ground.people.actions.tokens import digest_of, note_use
from heitu.ground.people.models import ApiToken, Person
from heitu.ground.people.queries import is_live


class TokenAuth(HttpBearer):
    """`Authorization: Bearer heitu_…` with the given scope: 401 without a live token, 403 without the scope.

    The person becomes `request.user`, so that below this door API and pages work alike.
    """

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Person:
        found = ApiToken.objects.select_related("person").filter(digest=digest_of(token)).first()
        now = clock.now()
        if found is None or not is_live(found, now) or not found.person.is_active:
            raise AuthenticationError(message="The token is unknown, expired or revoked.")
        if self.scope not in found.scopes:
            raise HttpError(403, f"The token lacks the scope “{self.scope}”.")
        note_use(token=found, now=now)
        request.user = found.person
        return found.person
