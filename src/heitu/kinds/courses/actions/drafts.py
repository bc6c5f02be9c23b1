"""What a student types of a lab in the page is kept; two pages that changed the same text lose neither."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from heitu.engines.grading.reading import Notebook, written
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.kinds.courses.actions.labs import submit
from heitu.kinds.courses.models import Enrolment, LabCopy, LabDraft, LabSubmission
from heitu.kinds.courses.pack.cells import Typed
from heitu.kinds.courses.queries.drafts import draft_of, typed_notebook

MOST_COPIES = 10


@atomic
def save(
    *, enrolment: Enrolment, lab: str, revision: int, typed: Sequence[Typed], edition: int | None = None, instead: bool = False,
    now: datetime,
) -> LabDraft:
    """Keep what a page shows, which it had begun to change from `revision`. The same text again changes nothing.

    `edition` names the release that the page shows, today's where it is None (`queries.drafts.typed_notebook`).

    Raises Refused `draft_changed` where another page has saved since, unless it is to take the other's place: then the
    other's is kept as a copy. Also what `composed` raises.
    """
    notebook = typed_notebook(enrolment, lab, typed, edition)
    Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
    draft = draft_of(enrolment, lab)
    if draft.pk and draft.notebook == notebook:
        return draft
    if draft.revision != revision:
        if not instead:
            raise _changed()
        _copy(draft, draft.notebook, now)
    draft.notebook, draft.saved_at = notebook, now
    draft.revision += 1
    draft.save()
    return draft


def _changed() -> Refused:
    return refuse(
        "draft_changed", "这份实验刚在另一个页面里改过。", "This lab has just been changed on another page."
    )


@atomic
def put_aside(
    *, enrolment: Enrolment, lab: str, typed: Sequence[Typed], edition: int | None = None, now: datetime
) -> LabCopy:
    """Keep a text that can't be saved because another page's was, for its student to fetch."""
    draft = kept(enrolment=enrolment, lab=lab)
    return _copy(draft, typed_notebook(enrolment, lab, typed, edition), now)


def kept(*, enrolment: Enrolment, lab: str) -> LabDraft:
    """The draft, written down if it wasn't before."""
    draft = draft_of(enrolment, lab)
    if not draft.pk:
        values = {"notebook": draft.notebook, "saved_at": draft.saved_at, "revision": 0}
        draft, _ = LabDraft.objects.get_or_create(enrolment=enrolment, lab=lab, defaults=values)
    return draft


def _copy(draft: LabDraft, notebook: Notebook, now: datetime) -> LabCopy:
    """The same text twice is one copy; only the latest few are kept."""
    latest = draft.copies.first()
    if latest is not None and latest.notebook == notebook:
        return latest
    made = LabCopy.objects.create(draft=draft, notebook=notebook, kept_at=now)
    draft.copies.exclude(pk__in=draft.copies.values("pk")[:MOST_COPIES]).delete()
    return made


def hand_in(*, enrolment: Enrolment, lab: str, revision: int, by: Person, now: datetime) -> LabSubmission:
    """The draft as it stands. Raises Refused `draft_changed` where it isn't the one that was seen, and what `submit` raises."""
    draft = draft_of(enrolment, lab)
    if draft.revision != revision:
        raise _changed()
    return submit(enrolment=enrolment, lab=lab, data=written(draft.notebook), by=by, now=now)
