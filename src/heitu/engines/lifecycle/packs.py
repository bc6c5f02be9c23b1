"""A pack's programmes on disk, the skills that they may name, and what else of a pack can be checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from heitu.engines.lifecycle import checking, loading, marks
from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.faults import DefinitionError, Fault, in_order
from heitu.ground.core.text import Text


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
    """The slugs of the pack that the programme at `path` belongs to; None when it has none."""
    return skills_of(path.parent.parent)


def skills_of(pack: Path) -> frozenset[str] | None:
    """The slugs in the pack's skills.yaml; None when it has none."""
    file = pack / "skills.yaml"
    if not file.is_file():
        return None
    data = marks.read(str(file), file.read_text(encoding="utf-8")).data
    listed = (data.get("skills") if isinstance(data, dict) else None) or ()
    return frozenset(str(each["slug"]) for each in listed if isinstance(each, dict) and "slug" in each)


@dataclass(frozen=True)
class Part:
    """What a package brings to packs: how many there are (`title` counts them), and every fault in them."""

    title: Text
    check: Callable[[Path], tuple[int, list[Fault]]]


_parts: dict[str, Part] = {}


def part_of_packs(name: str, *, title: Text, check: Callable[[Path], tuple[int, list[Fault]]]) -> None:
    """Have `heitu check` look at a part of packs that the lifecycle knows nothing of.

    `check(place)` answers how many it found in a pack's folder, or whether `place` itself is one, and their faults.
    """
    if name in _parts:
        raise ValueError(f"the part {name!r} is registered twice")
    _parts[name] = Part(title, check)


def parts() -> Mapping[str, Part]:
    return _parts
