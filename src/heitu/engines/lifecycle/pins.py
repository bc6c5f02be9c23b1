"""Programmes as their cases pinned them, parsed once in each process and kept by digest."""

from __future__ import annotations

from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.models import Case, DefinitionVersion


def programme_of(case: Case) -> Programme:
    """The definition that `case` runs under; one query for a version that this process hasn't met, else none."""
    found = _by_version.get(case.definition_id)
    if found is None:
        found = _by_version[case.definition_id] = programme_in(case.definition)
    return found


def version_of(case: Case) -> DefinitionVersion:
    """The version that pins it, for a case to be opened under the same one. Whether it is current is as of reading."""
    found = _versions.get(case.definition_id)
    if found is None:
        found = _versions[case.definition_id] = case.definition
    return found


def programme_in(version: DefinitionVersion) -> Programme:
    """The programme that `version` pins. `version.body` may be deferred: it is read only for an unknown digest."""
    found = _by_digest.get(version.digest)
    if found is None:
        found = _by_digest[version.digest] = Programme.model_validate_json(version.body)
    return found


# All may be kept for ever: a version never changes, and neither does the id that it was given.
_by_digest: dict[str, Programme] = {}
_versions: dict[int, DefinitionVersion] = {}
_by_version: dict[int, Programme] = {}
