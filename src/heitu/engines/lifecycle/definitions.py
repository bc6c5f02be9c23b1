"""A programme as data: frozen models of what a YAML file may say, keys closed at every level."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, PrivateAttr
from pydantic_core import PydanticCustomError

from heitu.ground.core.errors import Refused
from heitu.ground.core.money import parse_yuan
from heitu.ground.core.text import Text

Path = tuple[str | int, ...]
Step = Literal[
    "submit", "screen", "review", "panel", "decide", "accept_award", "milestone", "settle", "publish", "close"
]
OutcomeName = Literal["success", "refused", "withdrawn", "lapsed", "terminated"]
MachineId = Literal["call", "case"]

SYSTEM = "system"  # the role of moves that the clock, a worker or an effect makes
_DURATION = re.compile(r"^(?P<number>[1-9]\d{0,4})(?P<unit>[dhm])$")
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60}


def wrong(kind: Literal["duration", "amount", "bilingual"], zh: str, en: str) -> PydanticCustomError:
    """A fault found while a value is read; `loading` gives it its file and line."""
    return PydanticCustomError(kind, "{en}", {"zh": zh, "en": en})


def read_duration(value: object) -> timedelta:
    """ "14d", "36h" or "30m" → timedelta."""
    found = _DURATION.match(value) if isinstance(value, str) else None
    if not found:
        zh, en = f"“{value}”不是时长，请写成 14d、36h 或 30m", f"“{value}” is not a duration: write 14d, 36h or 30m"
        raise wrong("duration", zh, en)
    return timedelta(seconds=int(found["number"]) * _SECONDS[found["unit"]])


def write_duration(value: timedelta) -> str:
    """The shortest spelling that reads back as the same duration."""
    seconds = int(value.total_seconds())
    unit = next(unit for unit, size in _SECONDS.items() if seconds % size == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def _read_fen(value: object) -> int:
    if not isinstance(value, str):
        raise wrong(
            "amount", f"金额请写成带引号的十进制数，例如 \"50000.00\"，而不是 {value}",
            f"write the amount in quotes, such as \"50000.00\", not {value}",
        )
    try:
        return parse_yuan(value)
    except Refused as error:
        raise wrong("amount", error.message.zh, error.message.en) from None


def _write_fen(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _in_both(text: Text) -> Text:
    if not (text.zh.strip() and text.en.strip()):
        raise wrong("bilingual", "中文和英文都要写", "write it in both Chinese (zh) and English (en)")
    return text


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,49}$")]
Title = Annotated[Text, AfterValidator(_in_both)]
Duration = Annotated[timedelta, BeforeValidator(read_duration), PlainSerializer(write_duration, when_used="json")]
Fen = Annotated[int, BeforeValidator(_read_fen), PlainSerializer(_write_fen, when_used="json")]
Count = Annotated[int, Field(strict=True, ge=0)]
Some = Annotated[int, Field(strict=True, ge=1)]
Flag = Annotated[bool, Field(strict=True)]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rules(Part):
    """Numbers and habits of a programme. Amounts in fen. None means that there is no limit."""

    claiming: Literal["competitive", "exclusive"] = "competitive"
    winner: Literal["best_of", "first_past_the_post", "each"] = "best_of"
    ranks: Literal["best", "last"] = "best"  # which of a team's versions that passed counts
    seats: Some = 1
    max_claims_per_team: Some | None = None
    reviews: Count = 0
    blind: Literal["double", "single", "none"] = "none"
    award_cap: Fen | None = None
    two_person_over: Fen | None = None
    submissions_per_day: Some | None = None
    cooldown_minutes: Count = 0
    objection_days: Count = 0
    licences: tuple[str, ...] = ()


class Fund(Part):
    code: Slug
    title: Title
    cap: Fen


class Criterion(Part):
    """A line of the rubric; `anchors` say what a score means."""

    id: Name
    title: Title
    weight: Some = 1
    anchors: Mapping[int, Title] = Field(default_factory=dict)


class Deadline(Part):
    """By when: `after` entering the state, or `at` a registered date source; then the clock makes `event`."""

    after: Duration | None = None
    at: str | None = None
    remind: tuple[Duration, ...] = ()
    event: Name


class Event(Part):
    """A move that somebody may make. `by` lists roles; `form` the form whose data the move carries."""

    title: Title | None = None
    to: Name
    by: Annotated[tuple[str, ...], Field(min_length=1)]
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    reason: Literal["absent", "optional", "required"] = "absent"
    tone: Literal["plain", "primary", "danger"] = "plain"
    form: str | None = None


class State(Part):
    """A place where a case can be: `owner` is the role whose turn it is."""

    step: Step
    title: Title
    owner: str | None = None
    track: str | None = None
    form: str | None = None
    share: Annotated[int, Field(strict=True, ge=1, le=100)] | None = None
    judged: Flag = False
    deadline: Deadline | None = None
    outcome: OutcomeName | None = None
    on: Mapping[Name, Event] = Field(default_factory=dict)


class Machine(Part):
    start: Name
    states: Annotated[Mapping[Name, State], Field(min_length=1)]


class Programme(Part):
    """Everything that a programme file says. Equal content has an equal `digest`."""

    programme: Slug
    title: Title
    plan: Title
    summary: Title
    kind: Literal["operator", "model", "design", "report"]
    rules: Rules = Rules()
    fund: Fund | None = None
    forms: Mapping[Name, Mapping[str, Any]] = Field(default_factory=dict)
    rubric: tuple[Criterion, ...] = ()
    skills: tuple[Slug, ...] = ()
    machines: Annotated[Mapping[MachineId, Machine], Field(min_length=1)]

    _file: str = PrivateAttr(default="")
    _lines: Mapping[Path, int] = PrivateAttr(default_factory=dict)

    def machine(self, name: str) -> Machine:
        """The machine called "call" or "case"; KeyError when the programme has none."""
        return self.machines[name]  # type: ignore[index]

    def state(self, machine: str, name: str) -> State:
        return self.machine(machine).states[name]

    def found_at(self, file: str, lines: Mapping[Path, int]) -> Programme:
        """Remember which file and lines this was read from, so that later faults can point there."""
        self._file, self._lines = file, lines
        return self

    def place(self, path: Path) -> tuple[str, int]:
        """File and line of the deepest part of `path` that was written down."""
        return self._file, line_of(self._lines, path)

    def canonical(self) -> str:
        """The content as compact JSON, in the order written: order is content, for tracks and forms show it.

        What equals its default is left out, so that a later release with more keys finds the same digest.
        """
        body = self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of `canonical()` in UTF-8, 64 hex digits."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of `path`, or of the nearest enclosing part that has one; 0 when nothing is known."""
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 0
