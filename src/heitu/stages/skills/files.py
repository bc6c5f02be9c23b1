"""A pack's skills.yaml and levels.yaml as frozen models; every fault at once, with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from heitu.engines.lifecycle import marks
from heitu.engines.lifecycle.definitions import Part, Path, Title, line_of
from heitu.engines.lifecycle.faults import DefinitionError, Fault, in_order, nearest
from heitu.ground.core.text import Text

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
HIGHEST = 5

Scale = Mapping[int, Title]
Found = tuple[Path, Text, str]


class SkillEntry(Part):
    slug: str = Field(pattern=SLUG, max_length=60)
    title: Title
    description: Title | None = None
    prerequisites: tuple[str, ...] = ()
    levels: Scale = Field(default_factory=dict)


class SkillFile(Part):
    scale: Scale
    skills: tuple[SkillEntry, ...] = Field(min_length=1)


class Threshold(Part):
    """At least `count` evidences of `level` or higher, in at least `skills` different skills, not older than asked."""

    count: int = Field(ge=1)
    level: int = Field(ge=1, le=HIGHEST)
    skills: int = Field(ge=1)
    within_days: int | None = Field(default=None, ge=1)


class LevelRule(Part):
    evidences: Threshold


class LevelEntry(Part):
    slug: str = Field(pattern=SLUG, max_length=40)
    rank: int = Field(ge=1)
    title: Title
    meaning: Title | None = None
    rules: tuple[LevelRule, ...] = Field(min_length=1)


class LevelFile(Part):
    levels: tuple[LevelEntry, ...] = Field(min_length=1)


Model = TypeVar("Model", bound=BaseModel)


def read_skills(path: FilePath) -> SkillFile:
    """Raises DefinitionError with every fault; OSError when the file can't be read."""
    return _read(path, SkillFile, _skill_faults)


def read_levels(path: FilePath) -> LevelFile:
    """Raises DefinitionError with every fault; OSError when the file can't be read."""
    return _read(path, LevelFile, _level_faults)


def lines_of(path: FilePath) -> Mapping[Path, int]:
    """The line of every key and item in a file that was already read without faults."""
    return marks.read(str(path), path.read_text(encoding="utf-8")).lines


def depths(prerequisites: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """How many steps lie below each skill, 0 for one without prerequisites; skills in or above a cycle are left out."""
    depth: dict[str, int] = {}
    rest = dict(prerequisites)
    while True:
        ready = {slug: needs for slug, needs in rest.items() if all(need in depth for need in needs)}
        if not ready:
            return depth
        found = {slug: max((depth[need] + 1 for need in needs), default=0) for slug, needs in ready.items()}
        depth.update(found)
        rest = {slug: needs for slug, needs in rest.items() if slug not in ready}


def _read(path: FilePath, model: type[Model], check: Callable[[Any], Iterator[Found]]) -> Model:
    document = marks.read(str(path), path.read_text(encoding="utf-8"))
    faults = list(document.faults)
    parsed: Model | None = None
    try:
        parsed = model.model_validate(document.data)
    except ValidationError as error:
        faults += [_fault(document, each) for each in error.errors()]
    found = check(parsed if parsed is not None else document.data)
    faults += [Fault(document.file, line_of(document.lines, at), message, hint) for at, message, hint in found]
    if faults or parsed is None:
        raise DefinitionError(in_order(faults))
    return parsed


def _fault(document: marks.Document, error: Mapping[str, Any]) -> Fault:
    at: Path = tuple(step for step in error["loc"] if step != "[key]")
    last = str(at[-1]) if at else "…"
    said = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        message = Text(zh=f"没有“{last}”这个键", en=f"there is no key “{last}” here")
        return Fault(document.file, line_of(document.lines, at), message, nearest(last, _KEYS))
    if error["type"] == "missing":
        message = Text(zh=f"缺少“{last}”", en=f"“{last}” is missing")
    elif error["type"] == "heitu":
        message = Text(zh=f"“{last}”：{said['zh']}", en=f"“{last}”: {said['en']}")
    else:
        message = Text(zh=f"“{last}”有误：{error['msg']}", en=f"“{last}” is wrong: {error['msg']}")
    return Fault(document.file, line_of(document.lines, at), message)


_KEYS = {
    name for part in (SkillFile, SkillEntry, LevelFile, LevelEntry, LevelRule, Threshold) for name in part.model_fields
}


def _skill_faults(file: Any) -> Iterator[Found]:
    """What the models can't see: names that are twice there, unknown, or form a cycle; levels out of range.

    Looks at plain data too, so that these faults stand beside those of form.
    """
    entries = _entries(file, "skills")
    yield from _repeated(entries, "skills", "slug")
    slugs = {str(entry.get("slug")) for entry in entries}
    needs = {str(entry.get("slug")): _needs(entry) for entry in reversed(entries)}
    for index, entry in enumerate(entries):
        for place, need in enumerate(_needs(entry)):
            if need not in slugs:
                message = Text(zh=f"没有技能“{need}”", en=f"there is no skill “{need}”")
                yield ("skills", index, "prerequisites", place), message, nearest(need, slugs)
        yield from _scale_faults(entry.get("levels"), ("skills", index, "levels"), complete=False)
    known = {slug: tuple(need for need in each if need in slugs) for slug, each in needs.items()}
    circular = sorted(set(known) - set(depths(known)))
    if circular:
        listed = ", ".join(circular)
        yield ("skills",), Text(zh=f"先修关系成环：{listed}", en=f"these prerequisites go in a circle: {listed}"), ""
    scale = file.scale if isinstance(file, SkillFile) else file.get("scale") if isinstance(file, dict) else None
    yield from _scale_faults(scale, ("scale",), complete=True)


def _needs(entry: Mapping[str, Any]) -> tuple[str, ...]:
    listed = entry.get("prerequisites")
    return tuple(map(str, listed)) if isinstance(listed, (list, tuple)) else ()


def _scale_faults(scale: Any, at: Path, *, complete: bool) -> Iterator[Found]:
    given = set(scale) if isinstance(scale, Mapping) else set()
    for level in sorted(given - set(range(1, HIGHEST + 1)), key=str):
        yield (*at, level), Text(zh=f"等级只有 1 到 {HIGHEST}", en=f"levels go from 1 to {HIGHEST}"), ""
    missing = [level for level in range(1, HIGHEST + 1) if level not in given]
    if complete and isinstance(scale, Mapping) and missing:
        yield at, Text(zh=f"缺少等级 {missing[0]}", en=f"level {missing[0]} is missing"), ""


def _level_faults(file: Any) -> Iterator[Found]:
    entries = _entries(file, "levels")
    yield from _repeated(entries, "levels", "slug")
    yield from _repeated(entries, "levels", "rank")


def _repeated(entries: list[Mapping[str, Any]], key: str, name: str) -> Iterator[Found]:
    seen: set[Any] = set()
    for index, entry in enumerate(entries):
        value = entry.get(name)
        if isinstance(value, (str, int)) and value in seen:
            yield (key, index, name), Text(zh=f"“{value}”写了两次", en=f"“{value}” is here twice"), ""
        elif isinstance(value, (str, int)):
            seen.add(value)


def _entries(file: Any, key: str) -> list[Mapping[str, Any]]:
    if isinstance(file, BaseModel):
        return [entry.model_dump() for entry in getattr(file, key)]
    listed = file.get(key) if isinstance(file, dict) else None
    return [entry if isinstance(entry, dict) else {} for entry in listed] if isinstance(listed, list) else []
