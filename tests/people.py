"""The cast that tests, the demo world and the screenshots share."""

from __future__ import annotations

from django.test import Client

from heitu.site.demo.cast import PASSWORD, Cast, make_cast

__all__ = ["PASSWORD", "Cast", "client_of", "make_cast"]


def client_of(cast: Cast, name: str) -> Client:
    """Signed in as one of the cast; `visitor` isn't."""
    client, person = Client(), cast.persons()[name]
    if person is not None:
        client.force_login(person)
    return client
