"""What course.yaml may say: frozen models, keys closed at every level."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from heitu.engines.lifecycle.definitions import Part, Title
from heitu.ground.core.text import Text

ID = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")  # kebab-case
VERSION = re.compile(r"^\d{1,4}\.\d{1,4}\.\d{1,4}$")
HIGHEST = 5  # level of a skill

Toolchain = Literal["numpy", "mindspore", "torch"]
Hours = Annotated[float, Field(ge=0, le=1000)]


def _same_in_both(value: Any) -> Any:
    """A name that has no translation, as most books and people, may be written once."""
    return {"zh": value, "en": value} if isinstance(value, str) else value


Name = Annotated[Text, BeforeValidator(_same_in_both)]


class SkillTag(Part):
    skill: str
    level: int = Field(ge=1, le=HIGHEST)


class Change(Part):
    """What a version brought, in a line of each language."""

    version: str
    date: date
    zh: str
    en: str

    @property
    def text(self) -> Text:
        return Text(zh=self.zh, en=self.en)


class ClassHours(Part):
    lectures: Hours
    labs: Hours = 0


class Edition(Part):
    edition: int = Field(ge=1)
    year: int = Field(ge=1900, le=2200)
    isbn: str | None = None
    changes: Title


class Textbook(Part):
    id: str
    title: Name
    authors: tuple[Name, ...] = Field(min_length=1)
    publisher: Name
    editions: tuple[Edition, ...] = Field(min_length=1)


class Reading(Part):
    textbook: str
    edition: int
    chapters: str


class Unit(Part):
    id: str
    title: Title
    summary: Title
    hours: Hours
    skills: tuple[SkillTag, ...] = ()
    labs: tuple[str, ...] = ()
    reads: tuple[Reading, ...] = ()


class Lab(Part):
    """`seconds`: of one core, for one run of the solved notebook; `voucher_minutes`: what a graded run costs."""

    id: str
    title: Title
    hours: Hours
    toolchain: Toolchain
    seconds: int = Field(ge=1, le=36_000)
    voucher_minutes: int = Field(ge=0, le=10_000)
    skills: Mapping[str, tuple[SkillTag, ...]] = Field(default_factory=dict)


class Manifest(Part):
    """The whole of course.yaml."""

    title: Title
    summary: Title
    audience: Title
    authors: tuple[Name, ...] = Field(min_length=1)
    licence: str
    version: str
    changelog: tuple[Change, ...] = Field(min_length=1)
    toolchains: tuple[Toolchain, ...] = ()
    hours: ClassHours
    requires: tuple[SkillTag, ...] = ()
    teaches: tuple[SkillTag, ...] = Field(min_length=1)
    textbooks: tuple[Textbook, ...] = ()
    units: tuple[Unit, ...] = Field(min_length=1)
    labs: tuple[Lab, ...] = ()

    def unit(self, id: str) -> Unit | None:
        return next((unit for unit in self.units if unit.id == id), None)

    def lab(self, id: str) -> Lab | None:
        return next((lab for lab in self.labs if lab.id == id), None)

    def unit_of_lab(self, id: str) -> Unit | None:
        """The unit after which the lab is given."""
        return next((unit for unit in self.units if id in unit.labs), None)

    def textbook(self, id: str) -> Textbook | None:
        return next((book for book in self.textbooks if book.id == id), None)
