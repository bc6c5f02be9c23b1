"""What a launch may open: whoever stands above registers it once. This package knows no course."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from heitu.ground.lti.models import Launch
from heitu.ground.people.models import Person


@dataclass(frozen=True)
class Doors:
    """`fits` a path that may be launched; `enter` lets the person in and answers where to, or raises Refused;
    `choose` answers the page on which a teacher picks what to link.
    """

    fits: Callable[[str], bool]
    enter: Callable[[Launch, Person, datetime], str]
    choose: Callable[[Launch], str]


_registered: list[Doors] = []


def register(doors: Doors) -> None:
    _registered[:] = [doors]


def registered() -> Doors:
    return _registered[0]
