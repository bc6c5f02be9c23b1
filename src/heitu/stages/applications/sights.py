"""What later stages tell this one without being imported here: who else may see an application (`reviews`: the
experts whom it asked), and what of theirs to load along with it (`awards`: the award; `work`: its milestones)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.expressions import BaseExpression

from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application


@dataclass(frozen=True)
class Sight:
    """A rule in its two forms: `can_see` for one application, `scope` over all of them; they must agree."""

    can_see: Callable[[Person, Application], bool]
    scope: Callable[[Person], Q]


_sights: dict[str, Sight] = {}
_joined: list[str] = []
_asked: dict[str, BaseExpression] = {}


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


def also_load(relation: str) -> None:
    """Register a one-to-one relation of Application, to be loaded in the same query as the application."""
    if relation not in _joined:
        _joined.append(relation)


def also_loaded() -> tuple[str, ...]:
    return tuple(_joined)


def also_ask(name: str, expression: BaseExpression) -> None:
    """Register what the case page asks of each application besides; the answer is its attribute `name`.

    An expression over Application, usually an array of JSON objects from a later stage's rows: the page then needs
    one question for all its stages instead of one for each.
    """
    if name in _asked:
        raise ValueError(f"{name!r} is asked twice")
    _asked[name] = expression


def also_asked() -> dict[str, BaseExpression]:
    return dict(_asked)
