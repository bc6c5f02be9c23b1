"""Deliverables, verdicts, leaderboards and results for programs; `heitu submit` uses it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import File, Form, Router, Schema, Status
from ninja.errors import ValidationError
from ninja.files import UploadedFile
from ninja.pagination import paginate
from ninja.security import django_auth

from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core.clock import now
from heitu.ground.core.signing import public_key
from heitu.ground.core.text import Text
from heitu.ground.people.enums import Scope
from heitu.ground.people.queries import person_of
from heitu.ground.people.tokens import TokenAuth
from heitu.stages.applications.models import Application
from heitu.stages.applications.rules import visible_applications
from heitu.stages.calls.rules import visible_calls
from heitu.stages.deliverables import actions, doubts, queries
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.judging import holdups
from heitu.stages.deliverables.judging.queue import place_of
from heitu.stages.deliverables.models import Deliverable, Verdict
from heitu.stages.deliverables.publicly import knows_what_decides, seen_by
from heitu.stages.deliverables.rules import can_hand_in, visible_deliverables
from heitu.stages.deliverables.shown.verdicts import story
from heitu.stages.deliverables.shown.words import outcome
from heitu.stages.deliverables.views.evidence import evidence_zip

router = Router(tags=["deliverables"], auth=[TokenAuth(Scope.READ), django_auth])
SUBMIT = [TokenAuth(Scope.SUBMIT), django_auth]
MANAGE = [TokenAuth(Scope.MANAGE), django_auth]


class MeasureOut(Schema):
    """What a model reached, with its 95 % interval; `higher` says which way is better. Until the call is over, teams and
    visitors learn it of the public rows alone."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    higher: bool


class PlaceOut(Schema):
    """`ahead` are queued before it, `running` are being judged, by one of `machines`; `seconds` until it begins is a
    guess, null where there is nothing to guess by. `words` say the same in a sentence."""

    ahead: int
    running: int
    machines: int
    seconds: float | None
    words: Text


class PaceOut(Schema):
    """`used` of `most` tries in 24 hours, `left` of them (null: no limit); `why` (`quota`, `cooldown`) holds the next
    until `free_at`, null where one may be handed in now."""

    most: int | None
    used: int
    left: int | None
    free_at: datetime | None
    why: str
    cooldown_minutes: int


class DeliverableOut(Schema):
    """`progress` is `{phase, done, total}` while judging; `place` where it stands while it waits; `held_up` says why judging
    waits for us; `record` what the team may see of the judge's JSON, `outcome` and `story` the same in words; `standing`
    whether a person has still to look at the verdict; `signature` Ed25519 over the whole of it; `seed_hash` commits to the
    seed, see the evidence."""

    id: int
    application: int
    version: int
    judging: str
    progress: dict[str, Any]
    sha256: str
    seed_hash: str
    submitted_at: datetime
    held_up: Text | None = None
    place: PlaceOut | None = None
    outcome: Text | None = None
    story: Text | None = None
    verdict: str | None = None
    speedup: float | None = None
    measure: MeasureOut | None = None
    record: dict[str, Any] | None = None
    signature: str | None = None
    standing: Literal["counts", "in_doubt", "set_aside"] | None = None


class ClearanceIn(Schema):
    """Whether a doubtful verdict counts, and why; the team is told."""

    cleared: bool
    reason: str


class RankedOut(Schema):
    """Operators have a speed-up, models a measure. A version that is being checked, last in the list, has no rank."""

    rank: int | None
    team: str
    institution: Text
    speedup_low: float | None
    speedup_high: float | None
    measure: MeasureOut | None
    submitted_at: datetime


class ResultOut(Schema):
    slug: str
    title: Text
    licence: str
    call: str
    team: str
    published_at: datetime


def _out(deliverable: Deliverable) -> DeliverableOut:
    verdict = getattr(deliverable, "verdict", None)
    said = {
        "verdict": verdict.code, "speedup": verdict.speedup, "measure": _measure(verdict), "record": verdict.shown,
        "signature": verdict.signature, "standing": _standing(verdict), "outcome": outcome(verdict), "story": story(verdict),
    } if verdict else {}
    return DeliverableOut(
        id=deliverable.pk, application=deliverable.application_id, version=deliverable.version,
        judging=deliverable.judging, progress=deliverable.progress, sha256=deliverable.sha256,
        seed_hash=deliverable.seed_hash, submitted_at=deliverable.submitted_at,
        held_up=holdups.words(deliverable), place=_place(deliverable), **said,
    )


def _place(deliverable: Deliverable) -> PlaceOut | None:
    if deliverable.judging != JudgingStatus.QUEUED or deliverable.held_since is not None:
        return None
    place = place_of(deliverable, now=now())
    return PlaceOut(ahead=place.ahead, running=place.running, machines=place.machines, seconds=place.wait, words=place.words)


def _standing(verdict: Verdict) -> str:
    return "in_doubt" if verdict.is_in_doubt else "set_aside" if verdict.is_set_aside else "counts"


def _measure(verdict: Verdict) -> MeasureOut | None:
    if not verdict.measure_name:
        return None
    return MeasureOut(
        name=verdict.measure_name, value=verdict.measure, low=verdict.measure_low, high=verdict.measure_high,
        higher=verdict.measure_higher,
    )


@router.post(
    "/applications/{int:pk}/deliverables", response={201: DeliverableOut}, auth=SUBMIT, summary="Hand in a version"
)
def hand_in(
    request: HttpRequest, pk: int, file: File[UploadedFile | None] = None, repository: Form[str] = "",
    revision: Form[str] = "", note: Form[str] = "",
) -> Status[DeliverableOut]:
    """`file`, or instead of it `repository` (https, on a host that the operator allows) with a `revision`: a branch,
    a tag or a whole commit id; the default branch where it is left out."""
    person = person_of(request)
    application = get_object_or_404(Application.objects.select_related("team"), pk=pk)
    if person is None or not can_hand_in(person, application):
        raise Http404
    if (file is None) == (not repository):
        raise ValidationError([{"type": "missing", "loc": ["form", "file"], "msg": "file or repository, one of the two"}])
    common: dict[str, Any] = {"application": application, "note": note, "by": person, "now": now()}
    made = (
        actions.hand_in(file=file, **common) if file is not None
        else actions.hand_in_from_repository(repository=repository, revision=revision, **common)
    )
    return Status(201, _out(made))


@router.get("/applications/{int:pk}/deliverables", response=list[DeliverableOut], summary="The versions of a case")
@paginate
def versions(request: HttpRequest, pk: int) -> list[DeliverableOut]:
    person = person_of(request)
    application = get_object_or_404(visible_applications(person), pk=pk)
    rows = visible_deliverables(person).filter(application=application).select_related("verdict__clearance")
    return [_out(row) for row in seen_by(person, application.call, list(rows))]


@router.get("/applications/{int:pk}/pace", response=PaceOut, summary="How many versions a team may still hand in")
def pace(request: HttpRequest, pk: int) -> PaceOut:
    """For the team, whose quota it is."""
    application = get_object_or_404(Application.objects.select_related("team", "case"), pk=pk)
    if not can_hand_in(person_of(request), application):
        raise Http404
    rules = programme_of(application.case).rules
    found = queries.pace_of(application, rules, now=now())
    return PaceOut(
        most=found.most, used=found.used, left=found.left, free_at=found.free_at, why=found.why,
        cooldown_minutes=rules.cooldown_minutes,
    )


@router.get("/deliverables/{int:pk}", response=DeliverableOut, summary="A version with its verdict")
def detail(request: HttpRequest, pk: int) -> DeliverableOut:
    rows = visible_deliverables(person_of(request)).select_related("verdict__clearance")
    found = get_object_or_404(rows.select_related("application__call__case"), pk=pk)
    return _out(*seen_by(person_of(request), found.application.call, [found]))


@router.get("/deliverables/{int:pk}/evidence", summary="The signed record and the work, as a zip")
def deliverable_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """For the call's owner and the office at once, for the team when the call is over."""
    return evidence_zip(request, Deliverable.objects.filter(pk=pk))


@router.post("/deliverables/{int:pk}/clearance", response=DeliverableOut, auth=MANAGE, summary="Decide on a doubtful verdict")
def clear(request: HttpRequest, pk: int, body: ClearanceIn) -> DeliverableOut:
    """For the call's owner and officers, not in the team: it counts from now on, or it is set aside."""
    deliverable, person = queries.deliverable_numbered.first(pk=pk), person_of(request)
    if deliverable is None or person is None or not doubts.can_clear(person, deliverable):
        raise Http404
    doubts.decide(verdict=deliverable.verdict, is_cleared=body.cleared, reason=body.reason, by=person, now=now())
    return detail(request, pk)


@router.get("/signing-key", auth=None, summary="The public key that verdicts are signed with")
def signing_key(request: HttpRequest) -> dict[str, str]:
    """Ed25519, 64 hex digits, for `heitu judge --replay RECORD --key KEY`."""
    return {"public_key": public_key(settings.HOME)}


@router.get("/calls/{number}/leaderboard", response=list[RankedOut], auth=None, summary="Ranks that share ties")
def leaderboard(request: HttpRequest, number: str) -> list[RankedOut]:
    call = get_object_or_404(visible_calls(person_of(request)), number=number)
    found = queries.standings(call, publicly=not knows_what_decides(person_of(request), call))
    return [
        RankedOut(
            rank=rank, team=row.application.team.name, institution=row.application.team.institution.name,
            speedup_low=row.verdict.speedup_low, speedup_high=row.verdict.speedup_high,
            measure=_measure(row.verdict), submitted_at=row.submitted_at,
        )
        for rank, row in [*((ranked.rank, row) for ranked, row in found.ranked), *((None, row) for row in found.in_doubt)]
    ]


@router.get("/results", response=list[ResultOut], auth=None, summary="Published results")
@paginate
def results(request: HttpRequest, q: str = "") -> Any:
    return queries.as_results(queries.published(search=q.strip()))
