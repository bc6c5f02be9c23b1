"""How later stages let more people see an application, without being imported here.

`reviews` lets the experts whom it asked see what they are to judge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application


@dataclass(frozen=True)
class Sight:
    """A rule in its two forms: `can_see` for one application, `scope` over all of them; they must agree."""

    can_see: Callable[[Person, Application], bool]
    scope: Callable[[Person], Q]


_sights: dict[str, Sight] = {}


def let_see(name: str, *, can_see: Callable[[Person, Application], bool], scope: Callable[[Person], Q]) -> None:
    """Register who else may see applications. Under double blindness they don't see whose it is."""
    if name in _sights:
        raise ValueError(f"the sight {name!r} is registered twice")
    _sights[name] = Sight(can_see, scope)


def is_let_see(person: Person, application: Application) -> bool:
    return any(sight.can_see(person, application) for sight in _sights.values())


def let_see_scope(person: Person) -> Q:
    """Over Application; matches nothing when no stage registered anything."""
    found = Q(pk__in=[])
    for sight in _sights.values():
        found |= sight.scope(person)
    return found
