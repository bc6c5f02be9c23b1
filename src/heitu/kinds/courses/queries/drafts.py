"""What a student has typed of a lab in the page."""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import Any

from heitu.engines.grading.faults import Unreadable
from heitu.engines.grading.reading import Notebook, read, written
from heitu.ground.core.errors import Refused
from heitu.kinds.courses.models import CellRun, Enrolment, LabDraft
from heitu.kinds.courses.pack.cells import MOST_CELLS, composed, typed_in, with_typed
from heitu.kinds.courses.queries import labs


@lru_cache(maxsize=64)
def released(source: labs.Source) -> Notebook:
    """The students' notebook as data; copy it before changing anything."""
    return read(labs.released(source))[0]


def given_to(enrolment: Enrolment, lab: str) -> Notebook:
    """What the student's class begins with, mended or not, as `released`."""
    return released(labs.class_source(enrolment.offering, lab))


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
    found = enrolment.drafts.filter(lab=lab).defer("notebook").first() or LabDraft(lab=lab, revision=0)
    found.enrolment = enrolment
    return found


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
