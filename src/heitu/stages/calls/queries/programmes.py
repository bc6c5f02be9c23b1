"""The programmes that new calls can be opened in."""

from __future__ import annotations

from django.db.models import QuerySet

from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.models import DefinitionVersion
from heitu.engines.lifecycle.pins import programme_in
from heitu.ground.core.prepared import prepared


def current_versions() -> list[DefinitionVersion]:
    """The current version of every programme that has calls, by name; one query."""
    return [version for version in _current() if "call" in programme_in(version).machines]


@prepared()
def _current() -> QuerySet[DefinitionVersion]:
    return DefinitionVersion.objects.filter(is_current=True).defer("body").order_by("programme")


def current_programmes() -> list[Programme]:
    return [programme_in(version) for version in current_versions()]
