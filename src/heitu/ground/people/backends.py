"""Who asks, read with as few and as cheap questions as possible: every page of every person begins here."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_asking


class PersonBackend(AuthenticationBackend):
    """Signs in by e-mail address or passkey as allauth does; a request's person comes with the number of unread notifications."""

    def get_user(self, user_id: int) -> Person | None:
        person = person_asking(user_id)
        return person if person is not None and person.is_active else None
