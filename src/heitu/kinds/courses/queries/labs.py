"""A lab's notebooks: what is in them before they are solved, what was handed in, and how long a student waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce

from heitu.engines.grading import Assignment
from heitu.ground.core import clock
from heitu.ground.core.prepared import prepared
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.kinds.courses.enums import Grading, HeldBy, Trial
from heitu.kinds.courses.machines import is_served
from heitu.kinds.courses.models import CourseFile, CourseVersion, LabSubmission, Offering, Revision, Score
from heitu.kinds.courses.pack.manifest import Lab
from heitu.kinds.courses.queries.courses import TOOLCHAINS
from heitu.kinds.courses.queries.grades import latest_scores

SELDOM = 20  # seconds


@dataclass(frozen=True)
class Source:
    """By which notebook a lab is graded: that of a version of the course, or a class's own `revision` of it."""

    version: int
    lab: str
    revision: int | None = None


def source_of(made: LabSubmission) -> Source:
    return Source(made.enrolment.offering.version_id, made.lab, made.revision_id)


def applied_revision(offering: Offering, lab: str) -> Revision | None:
    """The mended tests that hold for a lab of the class now, None where the version's own do."""
    return Revision.objects.filter(offering=offering, lab=lab, trial=Trial.APPLIED).defer("content").first()


def class_source(offering: Offering, lab: str) -> Source:
    """What a lab of the class is graded by from now on."""
    return Source(offering.version_id, lab, _applied.first(offering=offering.pk, lab=lab))


@prepared(offering=int, lab=str)
def _applied(offering: int, lab: str) -> QuerySet[Any, int]:
    rows = Revision.objects.filter(offering=offering, lab=lab, trial=Trial.APPLIED)
    return rows.order_by("-number").values_list("pk", flat=True)[:1]


def notebook_of(source: Source) -> bytes:
    """With solutions and hidden tests. Raises CourseFile.DoesNotExist, Revision.DoesNotExist."""
    if source.revision is not None:
        return bytes(Revision.objects.only("content").get(pk=source.revision).content)
    path = f"labs/{source.lab}/{source.lab}.ipynb"
    return bytes(CourseFile.objects.get(version=source.version, path=path).content)


def assignment_of(source: Source) -> Assignment:
    """The lab as the engine wants it. Raises as `notebook_of` does, and BrokenAssignment."""
    return Assignment.from_source(notebook_of(source), source.lab)


def release(version_id: int, lab: str) -> bytes:
    """The students' notebook of the course's version."""
    return released(Source(version_id, lab))


@lru_cache(maxsize=256)
def told(version: int, lab: str) -> Lab | None:
    """What the version says of the lab; versions never change. Reading the whole manifest takes longer than a hand-in."""
    return CourseVersion.objects.only("body").get(pk=version).manifest.lab(lab)


def toolchain_of(version: int, lab: str) -> str:
    """What the version's lab runs on."""
    found = told(version, lab)
    assert found is not None
    return found.toolchain


@lru_cache(maxsize=64)
def released(source: Source) -> bytes:
    """The students' notebook, without solutions and hidden tests; neither versions nor revisions change, so nor does this."""
    return assignment_of(source).release()


def of_source(source: Source) -> QuerySet[LabSubmission]:
    """In every class that grades the lab by it."""
    return LabSubmission.objects.filter(
        enrolment__offering__version=source.version, lab=source.lab, revision=source.revision
    )


@dataclass(frozen=True)
class Place:
    """Where a notebook is: how many are graded before it, whether it is being graded now, whether apart from the rest.

    `lacking` names the toolchain that no machine at work has; `held_by` is what of ours was at fault when it was tried.
    `is_retried`: a worker ended in the midst of it.
    """

    ahead: int
    is_running: bool
    is_slow: bool = False
    lacking: str = ""
    held_by: str = ""
    is_retried: bool = False

    @property
    def ask_again(self) -> int:
        """After how many seconds the page should: a whole class that asks every two keeps others from handing in."""
        return SELDOM if self.lacking or self.held_by else min(2 + self.ahead // 10, SELDOM)

    @property
    def mark(self) -> str:
        """Stands for what the page says of it: while it is the same, there is nothing to show anew."""
        return f"{self.ahead}{'r' * self.is_running}{'s' * self.is_slow}{self.lacking}{self.held_by}{'d' * self.is_retried}"

    @property
    def words(self) -> Text:
        if self.is_running:
            return Text(zh="正在批改。", en="It is being graded.")
        if self.held_by:
            return held_up_words(self.held_by)
        if self.lacking:
            name = TOOLCHAINS.get(self.lacking, self.lacking)
            zh = f"在等装有 {name} 的批改机，有了就自动开始；没能批改的会退回算力。"
            en = f"Waiting for a machine with {name}; it starts by itself. Compute for what can't be graded is given back."
            return Text(zh=zh, en=en)
        if self.is_retried:
            zh, en = "批改它的进程中断过，会单独重试；不用重新提交。", "The process that graded it broke off. It is tried again by itself."
            return Text(zh=zh, en=f"{en} Nothing to hand in again.")
        if self.is_slow:
            zh, en = "运行得比多数久，单独排队，", "It runs longer than most and waits apart from them; "
            return Text(zh=f"{zh}前面还有 {self.ahead} 份。", en=f"{en}{self.ahead} before it.")
        if self.ahead:
            return Text(zh=f"排队中，前面还有 {self.ahead} 份。", en=f"It waits; {self.ahead} before it.")
        return Text(zh="下一份就是它。", en="It is the next one.")


def held_up_words(held_by: str) -> Text:
    """A hold-up in a sentence for whoever waits."""
    why = HeldBy(held_by).text
    return Text(
        zh=f"批改受阻：{why.zh}。不用重新提交：恢复后自动批改，不再扣算力，提交时间不变。",
        en=f"Grading is held up: {why.en[0].lower()}{why.en[1:]}. Nothing to hand in again: it goes on by itself, costs no more "
        "compute, and keeps the time at which it was handed in.",
    )


def place_of(made: LabSubmission) -> Place | None:
    """None once it is graded. Two queries, none while it is being graded."""
    if made.grading == Grading.RUNNING:
        return Place(0, True, made.is_slow)
    if made.grading != Grading.QUEUED:
        return None
    if made.held_by:
        return Place(0, False, made.is_slow, held_by=made.held_by)
    version, revision = made.enrolment.offering.version_id, made.revision_id or 0
    (ahead,) = _ahead(
        version=version, lab=made.lab, revision=revision, slow=str(made.is_slow).lower(), at=made.submitted_at, pk=made.pk
    ) or (0,)
    toolchain = toolchain_of(version, made.lab)
    return Place(ahead, False, made.is_slow, "" if is_served(toolchain, clock.now()) else toolchain, is_retried=made.deaths > 0)


@prepared(version=int, lab=str, revision=int, slow=str, at=datetime, pk=int)
def _ahead(version: int, lab: str, revision: int, slow: str, at: datetime, pk: int) -> QuerySet[Any, int]:
    """How many wait before it; no row where none does. What counts as the same queue is told by `of_source`."""
    before = Q(submitted_at__lt=at) | Q(submitted_at=at, pk__lt=pk)
    rows = LabSubmission.objects.filter(
        before, grading=Grading.QUEUED, held_since__isnull=True, lab=lab, enrolment__offering__version=version
    )
    rows = rows.alias(by=Coalesce("revision_id", 0), slow=Cast("is_slow", TextField())).filter(by=revision, slow=slow)
    return rows.order_by().values("lab").annotate(n=Count("pk")).values_list("n", flat=True)


@prepared(person=int, offering=int, lab=str, pk=int)
def _own(person: int, offering: int, lab: str, pk: int) -> QuerySet[LabSubmission]:
    mine = LabSubmission.objects.filter(enrolment__person=person, enrolment__offering=offering, enrolment__left_at__isnull=True)
    rows = mine.filter(lab=lab, pk=pk).select_related("enrolment__offering")
    return rows.only(
        "lab", "grading", "is_slow", "held_by", "deaths", "submitted_at", "revision_id", "enrolment__offering__version_id",
    )


def own_waiting(person: Person, offering: int, lab: str, pk: int) -> Shown | None:
    """The person's own notebook while it waits or is graded, which a whole class asks for every few seconds; None for
    anything else. Three queries, each kept ready, and nothing of the course is read."""
    made = _own.first(person=person.pk, offering=offering, lab=lab, pk=pk)
    place = None if made is None else place_of(made)
    return None if made is None or place is None else Shown(made, place, [], None)


# What is shown of it


@dataclass(frozen=True)
class Question:
    """One graded cell as its student is told of it. `earned` None: it waits for a person."""

    id: str
    earned: float | None
    maximum: float
    why: Text
    comment: str = ""


@dataclass(frozen=True)
class Shown:
    """One notebook with what came of it so far."""

    made: LabSubmission
    place: Place | None
    questions: list[Question]
    refused: Text | None

    @property
    def earned(self) -> float:
        return sum(each.earned or 0 for each in self.questions)

    @property
    def maximum(self) -> float:
        return sum(each.maximum for each in self.questions)


def shown(made: LabSubmission) -> Shown:
    """Two queries at most: its place while it waits, its scores afterwards."""
    report = made.report or {}
    why = {each["id"]: Text(zh=each["zh"], en=each["en"]) for each in report.get("questions", ())}
    refused = report.get("refused")
    questions = [
        Question(score.cell, score.earned, score.maximum, _reason(score, why), score.comment if score.by_id else "")
        for score in (latest_scores(made) if made.report else ())
    ]
    order = list(why)
    questions.sort(key=lambda each: order.index(each.id) if each.id in order else len(order))
    return Shown(made, place_of(made), questions, Text(zh=refused["zh"], en=refused["en"]) if refused else None)


def _reason(score: Score, why: dict[str, Text]) -> Text:
    return Text(zh="教师评分", en="marked by a teacher") if score.by_id else why.get(score.cell, Text(zh="", en=""))


# A class's


def latest_of_class(offering: Offering, lab: str) -> QuerySet[LabSubmission]:
    """Every student's latest notebook, the newest first."""
    newest = LabSubmission.objects.filter(enrolment__offering=offering, lab=lab).order_by("enrolment", "-number")
    keys = newest.distinct("enrolment").values("pk")
    return LabSubmission.objects.filter(pk__in=keys).select_related("enrolment__person").order_by("-submitted_at", "-pk")


def held_up(offering: Offering, lab: str) -> tuple[int, datetime | None, Text | None]:
    """How many of the class's notebooks wait for a fault of ours, since when, and the sentence about it; one query."""
    held = LabSubmission.objects.filter(enrolment__offering=offering, lab=lab, held_since__isnull=False)
    found = held.aggregate(n=Count("pk"), since=Min("held_since"), by=Max("held_by"))
    return found["n"], found["since"], held_up_words(found["by"]) if found["by"] else None


def counts(offering: Offering, lab: str) -> dict[str, int]:
    """How many of the class's latest notebooks are in each state, and how many students there are."""
    states = latest_of_class(offering, lab).order_by().values("grading").annotate(n=Count("pk")).values_list("grading", "n")
    return {"students": offering.enrolments.filter(left_at__isnull=True).count(), **dict(states)}
