"""Links that stand on every page: where they lead is asked of the address book once."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from django.urls import reverse

from heitu.ground.core.text import Text


class Link(NamedTuple):
    """A title that leads somewhere; `key` is pressed after g to go there."""

    title: Text
    url: str
    key: str = ""
    current: bool = False


@cache
def address(name: str) -> str:
    """The path of a page whose address has no parts that vary."""
    return reverse(name)
