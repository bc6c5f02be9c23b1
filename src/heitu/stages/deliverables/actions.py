"""Handing in, recording what the judge says, publishing, and ending a race."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.utils.text import slugify

from heitu.engines.judge import submission
from heitu.engines.judge.errors import Refusal
from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.definitions import Programme, Rules
from heitu.engines.lifecycle.queries import programme_of
from heitu.engines.sandbox.toolchains import TOOLCHAINS
from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.queue import job
from heitu.ground.core.signing import sign
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.calls.enums import DeliverableKind
from heitu.stages.calls.models import Call
from heitu.stages.calls.queries import packs
from heitu.stages.deliverables import queries
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.judging.evidence import seal_seed
from heitu.stages.deliverables.judging.machines import queue_of
from heitu.stages.deliverables.judging.turns import priority_of, turn_of
from heitu.stages.deliverables.models import Deliverable, Publication, Verdict
from heitu.stages.deliverables.pace import pace
from heitu.stages.deliverables.repositories.fetching import fetch
from heitu.stages.deliverables.shown.words import listed

MOST_BYTES = 64 * 2**20
ENDINGS = (".py", ".cpp", ".zip")
ENDINGS_BY_KIND = {"model": (".py", ".zip")}


def hand_in_from_repository(
    *, application: Application, repository: str, revision: str = "", note: str = "", by: Person, now: datetime
) -> Deliverable:
    """Fetch the work from a repository, then go on as `hand_in` does, whose refusals this raises with those of `fetch`.

    No transaction is open, and nothing locked, while somebody else's server answers.
    """
    check_time(application=application, now=now)
    fetched = fetch(repository=repository, revision=revision, kind=queries.judged_kind(application))
    note = f"{note}\n\n{fetched.url} @ {fetched.commit}".strip()
    return hand_in(application=application, file=fetched.file, note=note, origin=fetched.origin, by=by, now=now)


@atomic
def hand_in(
    *, application: Application, file: File[bytes], note: str = "", origin: Mapping[str, str] | None = None,
    queue: bool = True, by: Person, now: datetime,
) -> Deliverable:
    """Keep a new version of the work and, where a machine judges it, queue it (unless the caller judges it itself).

    `origin` is for the record: where a file was fetched from.

    Raises Refused `not_delivering`, `quota`, `cooldown`, `file_empty`, `file_too_large`, `file_type`, or by the rule of
    the judge that it breaks.
    """
    application = Application.objects.select_for_update(of=("self",)).select_related("case", "call").get(
        pk=application.pk
    )
    check_time(application=application, now=now)
    kind = queries.judged_kind(application)
    _check_file(file, kind=kind)
    deliverable = _version(application, file, is_judged=bool(kind))
    deliverable.submitted_by, deliverable.submitted_at, deliverable.note = by, now, note
    seed = seal_seed(deliverable) if kind else None
    if kind and queue:
        deliverable.turn = turn_of(deliverable)
    deliverable.save()
    if seed:
        seed.save()
    detail = {"sha256": deliverable.sha256, **(origin or {})}
    record(action="deliverable.handed_in", by=by, now=now, subject=deliverable, detail=detail)
    if kind and queue:
        queue_judging(deliverable)
    return deliverable


def _version(application: Application, file: File[bytes], *, is_judged: bool) -> Deliverable:
    """The next version of the application with this file, not yet saved."""
    last = queries.latest(application)
    made = Deliverable(
        application=application, state=application.case.state, version=last.version + 1 if last else 1,
        filename=Path(file.name or "").name[-120:], size=file.size, sha256=_digest(file),
        toolchain=_toolchain(file, application.call) if is_judged else "",
        judging=JudgingStatus.QUEUED if is_judged else JudgingStatus.NONE,
    )
    place = f"{application.pk}-v{made.version}-{secrets.token_hex(4)}"  # else one undone leaves its file, and the next another name
    made.file.save(f"{place}/{made.filename}", file, save=False)
    return made


def queue_judging(deliverable: Deliverable, *, wait_seconds: int = 0) -> None:
    """Defer the judging in the same transaction: it is queued if and only if the row is kept."""
    job(
        "heitu.stages.deliverables.tasks.judge_deliverable", queue=queue_of(deliverable.toolchain or "numpy"),
        priority=priority_of(deliverable), schedule_in={"seconds": wait_seconds},
    ).defer(deliverable_id=deliverable.pk)


def check_time(*, application: Application, now: datetime) -> None:
    """Whether a version may be handed in now. Raises Refused `not_delivering`, `quota` or `cooldown`."""
    programme = programme_of(application.case)
    if programme.state("case", application.case.state).step != "milestone":
        raise refuse("not_delivering", "现在不是交付阶段。", "This case isn't waiting for a delivery now.")
    _check_pace(application, programme.rules, now)


def _check_pace(application: Application, rules: Rules, now: datetime) -> None:
    found = pace(rules, queries.tries(application), now=now)
    ready = found.free_at.isoformat() if found.free_at else None
    if found.why == "quota":
        raise refuse(
            "quota", f"24 小时内最多提交 {found.most} 次，已用完。",
            f"At most {found.most} submissions in 24 hours; all are used.",
            limit=found.most, ready_at=ready,
        )
    if found.free_at is not None:
        raise refuse(
            "cooldown", f"冷却中，{found.minutes} 分钟后可再次提交。",
            f"Cooling down: submit again in {found.minutes} minutes.", ready_at=ready,
        )


def most_bytes(*, kind: str) -> int:
    """How large a version may be: the judge's own limit for work of this kind; of empty kind, where people judge."""
    return submission.rules_for(kind).size if kind else MOST_BYTES


def endings(*, kind: str) -> tuple[str, ...]:
    """How the names of files end that the judge takes for work of this kind."""
    return ENDINGS_BY_KIND.get(kind, ENDINGS)


def _check_file(file: File[bytes], *, kind: str) -> None:
    """`kind` is of what a machine judges; empty where people do."""
    if not file.size:
        raise refuse("file_empty", "文件是空的。", "The file is empty.", field="file")
    if file.size > MOST_BYTES:  # what is judged may be smaller, see _check_inside
        raise refuse(
            "file_too_large", f"文件超过 {MOST_BYTES >> 20} MB。", f"The file is over {MOST_BYTES >> 20} MB.",
            field="file", limit=MOST_BYTES,
        )
    if kind:
        if not (file.name or "").lower().endswith(endings(kind=kind)):
            taken = listed(endings(kind=kind))
            raise refuse("file_type", f"请提交 {taken.zh} 文件。", f"Submit a {taken.en} file.", field="file")
        _check_inside(file, kind)


def _check_inside(file: File[bytes], kind: str) -> None:
    """What the judge would refuse by its directory alone is refused here, before it costs one of the day's tries."""
    try:
        submission.inspect(file.name or "", file, file.size, kind)
    except Refusal as broken:
        raise refuse(broken.rule, f"{broken.zh}。", f"{broken.en}.", field="file") from broken
    file.seek(0)


def _toolchain(file: File[bytes], call: Call) -> str:
    """An operator's submission chooses it by its entry file; otherwise the task names it."""
    if call.kind != DeliverableKind.OPERATOR:
        task = packs.task(call.programme, call.task)
        return task.toolchain if task and task.toolchain in TOOLCHAINS else "numpy"
    found = submission.toolchain_of(file.name or "", file)
    file.seek(0)
    return found


def _digest(file: File[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


@atomic
def record_verdict(
    *, deliverable: Deliverable, result: Mapping[str, Any], shown: Mapping[str, Any] | None = None,
    simulated: bool = False, now: datetime,
) -> Verdict:
    """Keep the judge's JSON, signed; a second verdict for the same deliverable changes nothing.

    `shown` is what the team may see of it, all of it when left out.
    """
    deliverable = Deliverable.objects.select_for_update().get(pk=deliverable.pk)
    existing = queries.verdict_of(deliverable)
    if existing is not None:
        return existing
    verdict = write_verdict(deliverable, result, shown, simulated=simulated, in_force=True, now=now)
    deliverable.judging, deliverable.held_since, deliverable.held_by = JudgingStatus.DONE, None, ""
    deliverable.save(update_fields=["judging", "held_since", "held_by"])
    record(action="deliverable.judged", by=None, now=now, subject=deliverable, detail={"verdict": verdict.code})
    return verdict


@atomic
def drop(*, deliverable: Deliverable, now: datetime) -> None:
    """Leave unjudged what waited when its case ended: nothing can come of it, and others wait. A second time changes nothing."""
    over = Deliverable.objects.filter(pk=deliverable.pk, judging__in=[JudgingStatus.QUEUED, JudgingStatus.RUNNING])
    if over.update(judging=JudgingStatus.DROPPED, held_since=None, held_by=""):
        record(action="deliverable.dropped", by=None, now=now, subject=deliverable)


def write_verdict(
    of: Deliverable, result: Mapping[str, Any], shown: Mapping[str, Any] | None = None, *, simulated: bool = False,
    in_force: bool, now: datetime,
) -> Verdict:
    """The judge's JSON as a row, signed; a shadow unless it is `in_force`."""
    speedup, measure, cases = result.get("speedup") or {}, result.get("measure") or {}, result.get("cases") or []
    return Verdict.objects.create(
        of=of, deliverable=of if in_force else None, code=result["verdict"], accepted=result["verdict"] == "accepted",
        score=result.get("score"), speedup=speedup.get("geomean"), speedup_low=speedup.get("low"),
        speedup_high=speedup.get("high"), measure_name=measure.get("name", ""), measure=measure.get("mean"),
        measure_low=measure.get("low"), measure_high=measure.get("high"), measure_higher=measure.get("higher", True),
        cases_total=len(cases), cases_passed=sum(case["verdict"] == "accepted" for case in cases), is_simulated=simulated,
        record=dict(result), shown=dict(result if shown is None else shown),
        signature=sign(result, home=settings.HOME), judged_at=now,
    )


@atomic
def publish(*, application: Application, by: Person | None, now: datetime) -> Publication | None:
    """Share the winning deliverable under the call's licence; None where nothing was handed in."""
    deliverable = queries.winning(application)
    if deliverable is None:
        return None
    call = application.call
    publication, _ = Publication.objects.get_or_create(
        deliverable=deliverable,
        defaults={
            "slug": slugify(f"{call.number}-{application.team.slug}")[:80], "title": call.title,
            "licence": call.licence, "published_at": now,
        },
    )
    record(action="result.published", by=by, now=now, subject=publication, detail={"licence": call.licence})
    return publication


def conclude_race(*, application: Application, programme: Programme, now: datetime) -> int:
    """Tell every rival that the race is won; returns how many. Nothing to do where every acceptable delivery is paid."""
    if programme.rules.winner == "each":
        return 0
    rivals = (
        Application.objects.filter(call=application.call, case__closed_at__isnull=True)
        .exclude(pk=application.pk).select_related("case").order_by("case_id")
    )
    beaten = [rival for rival in rivals if "outrun" in programme.state("case", rival.case.state).on]
    for rival in beaten:
        move(case=rival.case, event="outrun", by=None, now=now)
    return len(beaten)
