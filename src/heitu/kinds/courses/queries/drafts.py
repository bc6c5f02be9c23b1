"""What a student has typed of a lab in the page."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from heitu.engines.grading.faults import Unreadable
from heitu.engines.grading.reading import Notebook, read, written
from heitu.ground.core.errors import Refused
from heitu.ground.core.prepared import prepared
from heitu.kinds.courses.enums import Trial
from heitu.kinds.courses.models import CellRun, Enrolment, LabDraft, Revision
from heitu.kinds.courses.pack.cells import MOST_CELLS, Typed, composed, typed_in, with_typed
from heitu.kinds.courses.queries import labs


@lru_cache(maxsize=64)
def released(source: labs.Source) -> Notebook:
    """The students' notebook as data; copy it before changing anything."""
    return read(labs.released(source))[0]


def given_to(enrolment: Enrolment, lab: str) -> Notebook:
    """What the student's class begins with, mended or not, as `released`."""
    return released(labs.class_source(enrolment.offering, lab))


def edition_now(enrolment: Enrolment, lab: str) -> int:
    """Which of the class's releases of the lab holds: the mended tests' id, 0 where none were ever applied."""
    return labs.class_source(enrolment.offering, lab).revision or 0


def shown_by(enrolment: Enrolment, lab: str, edition: int | None) -> Notebook:
    """The release on a page that was loaded under that edition; today's where it never was this class's."""
    offering = enrolment.offering
    if edition is None or edition == edition_now(enrolment, lab):
        return given_to(enrolment, lab)
    applied = Revision.objects.filter(pk=edition, offering=offering, lab=lab, trial=Trial.APPLIED)
    if edition and not applied.exists():
        return given_to(enrolment, lab)
    return released(labs.Source(offering.version_id, lab, edition or None))


def typed_notebook(enrolment: Enrolment, lab: str, typed: Sequence[Typed], edition: int | None) -> Notebook:
    """What was typed on a page of that edition, in the release that holds now. Raises what `composed` raises.

    So a page that was open while tests were mended goes on saving: an answer is in its place, whatever its cell is called now.
    """
    shown, given = shown_by(enrolment, lab, edition), given_to(enrolment, lab)
    made = composed(shown, typed)
    return made if shown is given else with_typed(given, typed_in(made, given))


def draft_of(enrolment: Enrolment, lab: str, source: labs.Source | None = None) -> LabDraft:
    """The draft, in the release that the class has now (`source`, where it is known): mended texts and tests around what was typed.

    One that isn't kept yet (revision 0) where nothing was typed here: what was handed in last, or the release.
    """
    given = released(source) if source is not None else given_to(enrolment, lab)
    found = enrolment.drafts.filter(lab=lab).first()
    if found is None:
        begun, saved_at = _beginning(enrolment, lab, given), enrolment.joined_at
        return LabDraft(enrolment=enrolment, lab=lab, revision=0, notebook=begun, saved_at=saved_at)
    found.notebook = with_typed(given, typed_in(found.notebook, given))
    return found


def draft_row(enrolment: Enrolment, lab: str) -> LabDraft:
    """The draft without its notebook, for those who ask every second; not kept where there is none."""
    found = _rows.first(enrolment=enrolment.pk, lab=lab) or LabDraft(lab=lab, revision=0)
    found.enrolment = enrolment
    return found


@prepared(enrolment=int, lab=str)
def _rows(enrolment: int, lab: str) -> QuerySet[LabDraft]:
    return LabDraft.objects.filter(enrolment=enrolment, lab=lab).defer("notebook")


def _beginning(enrolment: Enrolment, lab: str, given: Notebook) -> Notebook:
    latest = enrolment.submissions.filter(lab=lab).first()
    if latest is None:
        return copy.deepcopy(given)
    try:
        with latest.notebook.open("rb") as file:
            return composed(given, typed_in(read(file.read())[0], given)[:MOST_CELLS])
    except (Unreadable, Refused, OSError):  # Refused: more than a page can hold
        return copy.deepcopy(given)


def with_outputs(draft: LabDraft) -> bytes:
    """The notebook as a file, with what its cells put out last."""
    notebook: dict[str, Any] = copy.deepcopy(draft.notebook)
    runs = {run.cell: run for run in CellRun.objects.filter(draft=draft.pk)} if draft.pk else {}
    for cell in notebook["cells"]:
        run = runs.get(cell["id"])
        if run is not None and cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = run.outputs, run.count
    return written(notebook)
