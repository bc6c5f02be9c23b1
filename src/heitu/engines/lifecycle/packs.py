"""A pack's programmes on disk, and the skills that they may name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from heitu.engines.lifecycle import checking, loading, marks
from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.faults import DefinitionError, Fault, in_order


def programme_files(place: Path) -> list[Path]:
    """The programmes of a pack's folder, or the one file that `place` is."""
    return [place] if place.is_file() else sorted((place / "programmes").glob("*.yaml"))


def programmes(packs: Iterable[Path]) -> Iterator[Programme]:
    """Every programme of the packs. Raises DefinitionError."""
    for pack in packs:
        for path in programme_files(pack):
            yield loading.read_programme(path)


def check_file(path: Path) -> list[Fault]:
    """Every fault of one programme file, whatever their kind, in the order of their lines."""
    try:
        programme, faults = loading.examine(path)
    except DefinitionError as error:
        return error.faults
    if programme is not None:
        faults = [*faults, *checking.check(programme, skills=skills_near(path))]
    return in_order(faults)


def skills_near(path: Path) -> frozenset[str] | None:
    """The slugs in the skills.yaml of the pack that the programme at `path` belongs to; None when it has none."""
    file = path.parent.parent / "skills.yaml"
    if not file.is_file():
        return None
    data = marks.read(str(file), file.read_text(encoding="utf-8")).data
    listed = (data.get("skills") if isinstance(data, dict) else None) or ()
    return frozenset(str(each["slug"]) for each in listed if isinstance(each, dict) and "slug" in each)
