"""Labs solved in the page, for its script and for other programs: the draft, the session, and what cells put out."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from heitu.engines.grading.showing import shown
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.core.text import Language, Text
from heitu.ground.people.models import Person
from heitu.ground.people.views.shared import signed_in
from heitu.kinds.courses.actions import drafts, sessions
from heitu.kinds.courses.models import CellRun, Enrolment, LabDraft, LabSession
from heitu.kinds.courses.pack import mended
from heitu.kinds.courses.pack.cells import MOST_CELLS, Typed, typed_in
from heitu.kinds.courses.pages import typed_text
from heitu.kinds.courses.queries import classes, labs
from heitu.kinds.courses.queries import sessions as asking
from heitu.kinds.courses.queries.drafts import draft_of, draft_row, edition_now, given_to, shown_by
from heitu.stages.calls.api import MANAGE, READ

router = Router(tags=["classes"], auth=READ)
LAB = "/classes/{int:pk}/labs/{lab}"
MOST_SHOWN = 200_000  # characters of one text
Since = Annotated[AwareDatetime | None, Query()]
_MOMENT, _LOOK = 0.1, 0.005
_OVERLAP = timedelta(seconds=2)  # what was changed in a transaction that ends after one that was read


class CellIn(Schema):
    """A cell as typed; the source of one that the course fixes is not looked at."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    kind: str = Field("code", max_length=10)
    source: str = ""


class DraftIn(Schema):
    """The whole notebook, changed from `revision`. `instead` takes the place of what another page saved, which is kept.

    `edition`: which release of the lab the page shows, should tests have been mended since.
    """

    revision: int = Field(ge=0, le=2**31 - 1)
    cells: list[CellIn] = Field(max_length=MOST_CELLS)
    instead: bool = False
    edition: int | None = Field(None, ge=0, le=2**31 - 1)


class DraftOut(Schema):
    """`revision` 0: nothing was typed here yet. `copies` are the ids of texts that others took the place of."""

    revision: int
    saved_at: datetime
    cells: list[CellIn]
    copies: list[int]
    edition: int


class EditionOut(Schema):
    """Which release of the lab holds now, and what is otherwise in it than in the one that was asked about."""

    edition: int
    changes: list[Text]


class RunsIn(Schema):
    cells: list[CellIn] = Field(min_length=1, max_length=MOST_CELLS)


class TextIn(Schema):
    source: str = Field(max_length=20_000)
    language: Language = "zh"


class HtmlOut(Schema):
    html: str


class SeatIn(Schema):
    """`instead`: end the session that the person has in another lab."""

    instead: bool = False


class RunOut(Schema):
    """A cell's latest run. `version` grows with each change, `html` is safe to show; `is_gone`: the interpreter ended in it."""

    cell: str
    version: int
    state: str
    count: int | None
    seconds: float | None
    html: str
    is_gone: bool
    note: Text | None


class StandingOut(Schema):
    """Where the session is. `place` 1: the next that gets a seat. `minutes_left` of the voucher, None where nothing is paid.

    `revision` is the draft's. `interpreter` is another number whenever there is another interpreter, which has none of the names.
    `edition` is another number once the lab's tests have been mended. Ask for `since` next.
    """

    state: str
    words: Text
    place: int | None
    minutes: int
    minutes_left: int | None
    revision: int
    edition: int
    interpreter: int
    is_busy: bool
    since: datetime
    runs: list[RunOut]


@router.get(f"{LAB}/draft", response=DraftOut, summary="What was typed of a lab")
def lab_draft(request: HttpRequest, pk: int, lab: str) -> DraftOut:
    return _draft_out(draft_of(_place(request, pk, lab)[0], lab))


@router.put(f"{LAB}/draft", response=DraftOut, auth=MANAGE, summary="Keep what was typed of a lab")
def lab_draft_kept(request: HttpRequest, pk: int, lab: str, given: DraftIn) -> DraftOut:
    """Refused as `draft_changed` where another page has saved since `revision`: what was sent is then kept as a copy."""
    enrolment, _ = _place(request, pk, lab)
    typed, now = _typed(given.cells), clock.now()
    try:
        return _draft_out(drafts.save(
            enrolment=enrolment, lab=lab, revision=given.revision, typed=typed, edition=given.edition, instead=given.instead, now=now
        ))
    except Refused as refused:
        if refused.code == "draft_changed":
            made = drafts.put_aside(enrolment=enrolment, lab=lab, typed=typed, edition=given.edition, now=now)
            refused.details |= {"copy": made.pk, "revision": draft_row(enrolment, lab).revision}
        raise


@router.get(f"{LAB}/editions/{{int:edition}}", response=EditionOut, summary="What has changed in a lab since an edition of it")
def lab_edition(request: HttpRequest, pk: int, lab: str, edition: int) -> EditionOut:
    """`edition` as the draft or the session told of it before."""
    enrolment, _ = _place(request, pk, lab)
    changed = mended.changes(shown_by(enrolment, lab, edition), given_to(enrolment, lab))
    return EditionOut(edition=edition_now(enrolment, lab), changes=changed)


@router.post(f"{LAB}/preview", response=HtmlOut, auth=MANAGE, summary="Markdown as it will look")
def lab_preview(request: HttpRequest, pk: int, lab: str, given: TextIn) -> HtmlOut:
    _place(request, pk, lab)
    return HtmlOut(html=typed_text(given.source, given.language))


@router.get(f"{LAB}/session", response=StandingOut, summary="A lab's session, and what its cells put out")
def lab_session(request: HttpRequest, pk: int, lab: str, since: Since = None) -> StandingOut:
    """All runs, or those that changed since the moment that the last answer named."""
    return _standing(_place(request, pk, lab)[0], lab, since)


@router.post(f"{LAB}/session", response={201: StandingOut}, auth=MANAGE, summary="Open a session, or wait for a seat")
def lab_session_asked(request: HttpRequest, pk: int, lab: str, given: SeatIn) -> Status[StandingOut]:
    """The one that is there, where one is."""
    enrolment, person = _place(request, pk, lab)
    sessions.open_session(
        enrolment=enrolment, lab=lab, web_session=request.session.session_key or "", instead=given.instead, by=person,
        now=clock.now(),
    )
    return Status(201, _standing(enrolment, lab))


@router.delete(f"{LAB}/session", response={204: None}, auth=MANAGE, summary="End the session")
def lab_session_left(request: HttpRequest, pk: int, lab: str) -> Status[None]:
    enrolment, person = _place(request, pk, lab)
    sessions.leave(enrolment=enrolment, lab=lab, by=person, now=clock.now())
    return Status(204, None)


@router.post(f"{LAB}/session/presence", response=StandingOut, auth=MANAGE, summary="Somebody is still there")
def lab_presence(request: HttpRequest, pk: int, lab: str, since: Since = None) -> StandingOut:
    """A session of which this isn't heard for three minutes ends."""
    enrolment, _ = _place(request, pk, lab)
    sessions.be_there(enrolment=enrolment, lab=lab, web_session=request.session.session_key or "", now=clock.now())
    return _standing(enrolment, lab, since)


@router.post(f"{LAB}/session/runs", response={202: StandingOut}, auth=MANAGE, summary="Run cells, one after another")
def lab_runs(request: HttpRequest, pk: int, lab: str, given: RunsIn, since: Since = None) -> Status[StandingOut]:
    """Where one fails, those behind it don't run. What takes no time is answered at once; ask the session for the rest."""
    enrolment, person = _place(request, pk, lab)
    session = sessions.run_cells(enrolment=enrolment, lab=lab, typed=_typed(given.cells), by=person, now=clock.now())
    _wait_a_moment(session)
    return Status(202, _standing(enrolment, lab, since))


def _wait_a_moment(session: LabSession) -> None:
    """Most cells are done before the page could ask; the wait is short, for a web server has few threads."""
    until = time.monotonic() + _MOMENT
    while asking.is_busy(session) and time.monotonic() < until:
        time.sleep(_LOOK)


@router.post(f"{LAB}/session/interruption", response={202: None}, auth=MANAGE, summary="Stop the cell that runs")
def lab_interruption(request: HttpRequest, pk: int, lab: str) -> Status[None]:
    enrolment, person = _place(request, pk, lab)
    sessions.interrupt(enrolment=enrolment, lab=lab, by=person, now=clock.now())
    return Status(202, None)


@router.post(f"{LAB}/session/restart", response={202: None}, auth=MANAGE, summary="A new interpreter")
def lab_restart(request: HttpRequest, pk: int, lab: str) -> Status[None]:
    enrolment, person = _place(request, pk, lab)
    sessions.restart(enrolment=enrolment, lab=lab, by=person, now=clock.now())
    return Status(202, None)


def _place(request: HttpRequest, pk: int, lab: str) -> tuple[Enrolment, Person]:
    """The person's own place in the class that has the lab. Raises Http404."""
    person = signed_in(request)
    enrolment = classes.own_places.first(offering=pk, person=person.pk)
    if enrolment is None or labs.told(enrolment.offering.version_id, lab) is None:
        raise Http404
    return enrolment, person


def _typed(cells: list[CellIn]) -> list[Typed]:
    return [Typed(each.id, each.kind, each.source) for each in cells]


def _draft_out(draft: LabDraft) -> DraftOut:
    cells = [CellIn(id=each.id, kind=each.kind, source=each.source) for each in typed_in(draft.notebook, draft.notebook)]
    copies = list(draft.copies.values_list("pk", flat=True)) if draft.pk else []
    edition = edition_now(draft.enrolment, draft.lab)
    return DraftOut(revision=draft.revision, saved_at=draft.saved_at, cells=cells, copies=copies, edition=edition)


def _standing(enrolment: Enrolment, lab: str, since: datetime | None = None) -> StandingOut:
    draft, now = draft_row(enrolment, lab), clock.now()
    found = asking.standing(draft, now)
    return StandingOut(
        state=found.state, words=found.words, place=found.place, minutes=found.minutes, minutes_left=found.minutes_left,
        revision=draft.revision, edition=edition_now(enrolment, lab), interpreter=found.interpreter, is_busy=found.is_busy,
        since=now - _OVERLAP, runs=[_run_out(run) for run in asking.runs(draft, since=since)],
    )


def _run_out(run: CellRun) -> RunOut:
    return RunOut(
        cell=run.cell, version=run.version, state=run.state, count=run.count, seconds=run.seconds,
        html="".join(shown(run.outputs, MOST_SHOWN)), is_gone=bool(run.gone), note=asking.note_of(run),
    )
