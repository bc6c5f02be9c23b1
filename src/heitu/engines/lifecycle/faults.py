"""What is wrong in a definition: where, in both languages, and what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from heitu.ground.core.text import Language, Text


@dataclass(frozen=True)
class Fault:
    """One mistake. `line` counts from 1; it is 0 for a programme that did not come from a file."""

    file: str
    line: int
    message: Text
    suggestion: str = ""

    def show(self, language: Language) -> str:
        """`file:line: message`, as editors and terminals know how to open it."""
        hint = Text(zh=f"（是不是“{self.suggestion}”？）", en=f" (did you mean “{self.suggestion}”?)")
        tail = hint.in_(language) if self.suggestion else ""
        return f"{self.file}:{self.line}: {self.message.in_(language)}{tail}"


class DefinitionError(Exception):
    """A definition that can't be used, with every fault that was found in it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(fault.show("en") for fault in faults))
        self.faults = faults


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Each fault once, in the order of files and lines."""
    return sorted(set(faults), key=lambda fault: (fault.file, fault.line, fault.message.en))


def nearest(word: str, words: Iterable[str]) -> str:
    """The one of `words` that `word` was probably meant to be, or ""."""
    found = difflib.get_close_matches(word, sorted(words), n=1, cutoff=0.65)
    return found[0] if found else ""


def listed(words: Iterable[str]) -> str:
    """The words that would be right, for the end of a message; "-" when there are none."""
    return ", ".join(sorted(words)) or "-"
