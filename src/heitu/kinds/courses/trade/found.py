"""What an import found, in no format any more: pages and labs in their order, what was left out, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from heitu.engines.lifecycle.faults import Fault
from heitu.ground.core.text import Language, Text

_HAN, _LETTER = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[A-Za-z]{2,}")
_BY_NAME = re.compile(r"^(?P<stem>.+?)[._-](?P<language>zh|en)(?:[_-][A-Za-z]+)?$")


@dataclass(frozen=True)
class Page:
    """One page in one language, as MyST without its title. `path` is the file that it came from; `unit` the id of its
    unit, which it shares with the page in the other language."""

    path: str
    title: str
    text: str
    language: Language
    unit: str
    labs: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundLab:
    """A notebook as nbgrader's source, already in the form that courses keep to."""

    id: str
    title: str
    language: Language
    notebook: dict[str, Any]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    place: str
    why: Text


@dataclass
class Found:
    """`titles` and `summary` as far as the source has them in a language."""

    titles: dict[Language, str] = field(default_factory=dict)
    summary: dict[Language, str] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)
    licence: str = ""
    pages: list[Page] = field(default_factory=list)
    labs: list[FoundLab] = field(default_factory=list)
    figures: dict[str, bytes] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def leave_out(self, place: str, zh: str, en: str) -> None:
        self.left_out.append(LeftOut(place, Text(zh=zh, en=en)))

    def fault(self, file: str, zh: str, en: str, line: int = 0) -> None:
        self.faults.append(Fault(file, line, Text(zh=zh, en=en)))


def split_name(path: str) -> tuple[str, Language | None]:
    """A file's name without its ending and its language, and the language where the name says one: `sums.zh.md`."""
    name = PurePosixPath(path).name
    stem = name[: name.rindex(".")] if "." in name else name
    found = _BY_NAME.match(stem)
    if found is None:
        return stem, None
    return found["stem"], "zh" if found["language"] == "zh" else "en"


def unit_key(path: str) -> str:
    """The same for `sums.zh.md` and `sums.en.md`."""
    stem, _ = split_name(path)
    return PurePosixPath(path).with_name(stem + PurePosixPath(path).suffix).as_posix()


def language_of(text: str) -> Language:
    """Chinese where at least one character of Han stands for every four words in Latin letters."""
    return "zh" if 4 * len(_HAN.findall(text)) > len(_LETTER.findall(text)) else "en"


def slug(words: str, taken: Iterable[str], otherwise: str) -> str:
    """In small letters, digits and hyphens, at most 50 of them, and unlike those that are taken."""
    made = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:50].rstrip("-") or otherwise
    used, number, found = set(taken), 1, made
    while found in used:
        number += 1
        found = f"{made}-{number}"
    return found
