"""What a person marks: the answers of a class one after another, without names, with the rubric of each question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.safestring import mark_safe

from heitu.engines.grading import showing
from heitu.engines.grading.marks import grade_id
from heitu.engines.grading.reading import joined, read
from heitu.kinds.courses.enums import Grading, Source
from heitu.kinds.courses.models import LabSubmission, Offering, RubricItem, RubricUse, Score, Snippet
from heitu.kinds.courses.pack.notebooks import graded_cells
from heitu.kinds.courses.queries.grades import latest_scores
from heitu.kinds.courses.queries.labs import class_source, latest_of_class, notebook_of


@dataclass(frozen=True)
class Asked:
    """A question that a person marks: what the student wrote, what it has so far, and what there is to look for."""

    id: str
    maximum: float
    source: str
    is_code: bool
    earned: float | None
    items: list[RubricItem]
    ticked: frozenset[int]

    @property
    def look(self) -> str:
        """Code in colours, a text with its formulas drawn."""
        made = showing.code(self.source) if self.is_code else showing.markdown(self.source[:showing.MOST_CHARACTERS])
        return mark_safe(made)  # made harmless there


@dataclass(frozen=True)
class Answer:
    """One notebook's questions; `seen` is the newest of its scores, whose change makes a form stale."""

    submission: LabSubmission
    questions: list[Asked]
    comment: str
    seen: int


@dataclass(frozen=True)
class Pile:
    """All answers of the class in the order of handing in: (id, whether it waits)."""

    answers: list[tuple[int, bool]]

    @property
    def marked(self) -> int:
        return sum(not waits for _, waits in self.answers)

    @property
    def first(self) -> int | None:
        """The first that waits."""
        return next((pk for pk, waits in self.answers if waits), None)

    def place(self, pk: int) -> int:
        """From 1."""
        return [each for each, _ in self.answers].index(pk) + 1

    def beside(self, pk: int, step: int) -> int | None:
        """The one before (-1) or after (1)."""
        place = self.place(pk) - 1 + step
        return self.answers[place][0] if 0 <= place < len(self.answers) else None

    def next_after(self, pk: int) -> int | None:
        """The next that waits, from the beginning again after the last."""
        place = self.place(pk)
        return next((each for each, waits in self.answers[place:] + self.answers[:place] if waits and each != pk), None)


def pile(offering: Offering, lab: str) -> Pile:
    """One query. Only each student's last notebook is marked."""
    by_person = Score.objects.filter(submission=OuterRef("pk"), source=Source.PERSON)
    rows = latest_of_class(offering, lab).filter(Q(grading=Grading.WAITING) | Q(Exists(by_person), grading=Grading.DONE))
    found = rows.filter(enrolment__left_at__isnull=True).order_by("submitted_at", "pk").values_list("pk", "grading")
    return Pile([(pk, grading == Grading.WAITING) for pk, grading in found])


def answer_in(made: LabSubmission) -> Answer:
    """Four queries, and the notebook is read."""
    scores = latest_scores(made)
    manual = [score for score in scores if is_manual(score)]
    rubric = items_of(made.enrolment.offering, made.lab)
    uses = RubricUse.objects.filter(score__in=[each.pk for each in manual]).values_list("score_id", "item_id")
    with made.notebook.open("rb") as file:
        notebook, _ = read(file.read())
    written = {grade_id(cell): (joined(cell.get("source", "")), cell["cell_type"] == "code") for cell in notebook["cells"]}
    questions = [
        Asked(
            score.cell, score.maximum, *written.get(score.cell, ("", False)), score.earned,
            [item for item in rubric if item.cell == score.cell], frozenset(item for at, item in uses if at == score.pk),
        )
        for score in manual
    ]
    comment = next((each.comment for each in manual if each.by_id), "")
    return Answer(made, questions, comment, max((each.pk for each in scores), default=0))


def is_manual(score: Score) -> bool:
    """It waits for a person, or a person gave it."""
    return score.earned is None or score.source == Source.PERSON


def items_of(offering: Offering, lab: str) -> Sequence[RubricItem]:
    return list(offering.rubric_items.filter(lab=lab, retired_at__isnull=True))


def snippets_of(offering: Offering, lab: str) -> QuerySet[Snippet]:
    return offering.snippets.filter(lab=lab)


def manual_cells(offering: Offering, lab: str) -> list[tuple[str, float]]:
    """The questions of the lab that a person marks, with their points."""
    text = notebook_of(class_source(offering, lab)).decode()
    return [(cell.grade_id, cell.points) for cell in graded_cells(text) if cell.is_manual]


def used_by(item: RubricItem) -> list[Score]:
    """The scores that hold now and that the item is part of; two queries."""
    uses = RubricUse.objects.filter(item=item)
    submissions = uses.values("score__submission")
    newest = Score.objects.filter(submission__in=submissions, cell=item.cell).order_by("submission_id", "-pk")
    keys = newest.distinct("submission_id").values_list("pk", flat=True)
    rows = Score.objects.filter(pk__in=list(keys), rubric_uses__item=item)
    return list(rows.select_related("submission__enrolment__offering").prefetch_related("rubric_uses__item"))


def rubrics_to_copy(offering: Offering, lab: str, taught: QuerySet[Offering]) -> list[Offering]:
    """Other classes of the course, among those taught, that have a rubric for the lab."""
    has = Exists(RubricItem.objects.filter(offering=OuterRef("pk"), lab=lab, retired_at__isnull=True))
    rows = taught.filter(has, version__course=offering.version.course_id).exclude(pk=offering.pk)
    return list(rows.order_by("-starts_on", "-pk")[:10])
