"""What a programme's pack offers to choose from: tasks that a machine can judge, and skills.

Packs are read from their folders; a file is parsed again only after it changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from heitu.engines.lifecycle.definitions import Programme
from heitu.ground.core.text import Text


@dataclass(frozen=True)
class Task:
    """A task folder's own description of itself."""

    slug: str
    kind: str
    title: Text
    summary: Text
    skills: tuple[str, ...]
    folder: Path
    toolchain: str = "numpy"


def pack_of(programme: str) -> Path | None:
    """The folder of the pack that brings this programme."""
    folders = (Path(folder) for folder in settings.PACKS)
    return next((folder for folder in folders if (folder / "programmes" / f"{programme}.yaml").exists()), None)


def tasks(programme: str, kind: str = "") -> list[Task]:
    """The readable tasks of the programme's pack, of one kind or of all, by slug."""
    pack = pack_of(programme)
    folders = sorted((pack / "tasks").iterdir()) if pack and (pack / "tasks").is_dir() else []
    found = (_task(folder) for folder in folders if (folder / "task.yaml").is_file())
    return [task for task in found if task and kind in ("", task.kind)]


def task(programme: str, slug: str) -> Task | None:
    """The task of that name, or None when its folder is missing or can't be read."""
    pack = pack_of(programme)
    folder = pack / "tasks" / slug if pack and slug and Path(slug).name == slug else None
    return _task(folder) if folder and (folder / "task.yaml").is_file() else None


def skills(programme: str) -> dict[str, Text]:
    """Slug → title of every skill in the programme's pack, in the pack's order."""
    pack = pack_of(programme)
    listed = pack / "skills.yaml" if pack else None
    return _titles(listed, listed.stat().st_mtime_ns) if listed and listed.is_file() else {}


def skill_titles(programme: str, slugs: Iterable[str]) -> dict[str, Text]:
    """Slug → title in the order given; a slug stands for one that the pack no longer has."""
    known = skills(programme)
    return {slug: known.get(slug, Text(zh=slug, en=slug)) for slug in slugs}


def is_judged(programme: Programme) -> bool:
    """Whether a machine judges what the programme's teams deliver."""
    machine = programme.machines.get("case")
    return machine is not None and any(state.judged for state in machine.states.values())


def _task(folder: Path) -> Task | None:
    content = _read(folder / "task.yaml")
    try:
        return Task(
            slug=folder.name, kind=content["kind"], title=Text.model_validate(content["title"]),
            summary=Text.model_validate(content.get("summary", {})), skills=tuple(content.get("skills", ())),
            folder=folder, toolchain=str(content.get("toolchain") or "numpy"),
        )
    except (KeyError, TypeError, ValueError):  # no mapping, or one without what every task says of itself
        return None


@lru_cache(maxsize=32)
def _titles(path: Path, changed: int) -> dict[str, Text]:
    content = _parse(path, changed)
    listed = content.get("skills", []) if isinstance(content, dict) else []
    return {each["slug"]: Text.model_validate(each["title"]) for each in listed}


def _read(path: Path) -> Any:
    return _parse(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=512)
def _parse(path: Path, changed: int) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError):
        return None
