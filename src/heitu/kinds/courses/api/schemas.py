"""What the API takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ninja import Schema
from pydantic import AwareDatetime

from heitu.ground.core.text import Text
from heitu.kinds.courses.actions.classes import LateFor, Plan
from heitu.kinds.courses.models import Adoption, Course, CourseVersion, Enrolment, Offering


class CourseOut(Schema):
    slug: str
    version: str
    title: Text
    summary: Text
    skills: list[str]
    toolchains: list[str]
    adopters: int

    @staticmethod
    def resolve_version(course: Course) -> str:
        return _current(course).version

    @staticmethod
    def resolve_title(course: Course) -> Text:
        return Text.model_validate(_current(course).title)

    @staticmethod
    def resolve_summary(course: Course) -> Text:
        return Text.model_validate(_current(course).summary)

    @staticmethod
    def resolve_skills(course: Course) -> list[str]:
        return list(_current(course).skills)

    @staticmethod
    def resolve_toolchains(course: Course) -> list[str]:
        return list(_current(course).toolchains)


class VersionOut(Schema):
    """`manifest` is course.yaml as JSON; `digest` the SHA-256 over the whole folder."""

    course: str
    version: str
    digest: str
    manifest: dict[str, Any]


class PageOut(Schema):
    """A unit, or what a lab asks, as HTML that is safe to show."""

    language: str
    html: str
    contents: list[tuple[str, str]]


class AdoptionOut(Schema):
    id: int
    course: str
    institution: str
    version: str
    adopted_at: datetime
    ended_at: datetime | None

    @staticmethod
    def resolve_course(adoption: Adoption) -> str:
        return adoption.course.slug

    @staticmethod
    def resolve_institution(adoption: Adoption) -> str:
        return adoption.institution.slug

    @staticmethod
    def resolve_version(adoption: Adoption) -> str:
        return adoption.version.version


class LineOut(Schema):
    kind: str
    title: Text
    what: list[Text]


class DifferenceOut(Schema):
    """What the course's current version has other than the pinned one."""

    units: list[LineOut]
    labs: list[LineOut]
    skills: list[LineOut]
    editions: list[LineOut]


class OpeningIn(Schema):
    """`institution`: in whose name the course is offered, by slug."""

    institution: str
    closes_at: AwareDatetime


class ReasonIn(Schema):
    reason: str = ""


class RosterOut(Schema):
    """What became of a roster: with any fault, nothing was taken over."""

    rows: int
    created: int
    changed: int
    faults: list[dict[str, Any]]


class VersionIn(Schema):
    version: str


class PlanIn(Schema):
    title: str
    term: str
    starts_on: date
    ends_on: date
    late_percent: int = 10
    late_days: int = 7

    def plan(self) -> Plan:
        return Plan(**{name: getattr(self, name) for name in Plan.__dataclass_fields__})


class PlanEditIn(PlanIn):
    """`late_for`: whether what was handed in late keeps the rule of its day ("new") or gets another one too ("all")."""

    late_for: LateFor | None = None


class ClassOut(Schema):
    id: int
    title: str
    term: str
    course: str
    version: str
    institution: str
    starts_on: date
    ends_on: date
    late_percent: int
    late_days: int

    @staticmethod
    def resolve_course(offering: Offering) -> str:
        return offering.version.course.slug

    @staticmethod
    def resolve_version(offering: Offering) -> str:
        return offering.version.version

    @staticmethod
    def resolve_institution(offering: Offering) -> str:
        return offering.institution.slug


class LabOut(Schema):
    """A lab as it stands for the student who asks."""

    lab: str
    title: Text
    opens_at: datetime | None
    due_at: datetime | None
    extended: bool
    handed_in: bool
    points: Decimal | None
    maximum: Decimal


class QuestionOut(Schema):
    """A graded cell; `earned` null waits for a person."""

    id: str
    earned: float | None
    maximum: float
    why: Text
    comment: str


class HandedIn(Schema):
    """A notebook that was handed in: its place while it waits, its points afterwards. `waits_for` names the toolchain
    of its lab while no machine at work has it; `held_up` says what of ours keeps it from being graded."""

    id: int
    number: int
    grading: str
    days_late: int
    submitted_at: datetime
    ahead: int | None
    waits_for: str | None
    held_up: Text | None
    earned: float
    maximum: float
    questions: list[QuestionOut]


class StudentOut(Schema):
    id: int
    name: str
    email: str
    student_number: str
    joined_at: datetime

    @staticmethod
    def resolve_name(enrolment: Enrolment) -> str:
        return enrolment.person.name

    @staticmethod
    def resolve_email(enrolment: Enrolment) -> str:
        return enrolment.person.email


class StudentIn(Schema):
    email: str
    student_number: str = ""


class CodeIn(Schema):
    code: str


class DeadlineIn(Schema):
    lab: str
    opens_at: AwareDatetime
    due_at: AwareDatetime


class ExtensionIn(Schema):
    lab: str
    due_at: AwareDatetime
    reason: str


class ItemOut(Schema):
    id: int
    lab: str
    title: Text
    maximum: Decimal
    weight: int


class ItemIn(Schema):
    title: Text
    maximum: Decimal
    weight: int = 1


class LineOfMarksOut(Schema):
    """`marks` by the id of the item; items without a mark are left out."""

    student: int
    name: str
    student_number: str
    percent: Decimal | None
    marks: dict[int, Decimal]


class MarkIn(Schema):
    """`seen`: the number of changes that you know of; another one in the meantime refuses this one."""

    points: Decimal | None
    reason: str = ""
    seen: int | None = None


class DrawIn(Schema):
    award: int
    minutes: int
    key: str


class RuleIn(Schema):
    minutes: int
    days: int


class MinutesOut(Schema):
    minutes: int


def _current(course: Course) -> CourseVersion:
    assert course.current is not None  # `listed` has only courses that a pack holds
    return course.current
