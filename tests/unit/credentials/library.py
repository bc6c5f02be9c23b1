"""Short ways to an application that has run its course."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from heitu.engines.lifecycle.actions import load_programme, open_case
from heitu.engines.lifecycle.models import Case
from heitu.ground.core.text import Text
from heitu.stages.applications.models import Application
from heitu.stages.calls.enums import DeliverableKind
from heitu.stages.calls.models import Call
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.models import Deliverable, Verdict
from tests.people import Cast

SHORT_TRACK = Path(__file__).parent / "short-track.yaml"


def a_case(machine: str, *, now: datetime) -> Case:
    definition = load_programme(path=SHORT_TRACK, by=None, now=now)
    return open_case(machine=machine, definition=definition, by=None, now=now)


def a_call(
    cast: Cast, *, now: datetime, number: str = "ZZ-2026-0417", kind: DeliverableKind = DeliverableKind.OPERATOR,
    skills: tuple[str, ...] = ("mixed-precision", "cpp-kernels"), announced: bool = True,
) -> Call:
    return Call.objects.create(
        case=a_case("call", now=now), number=number, programme="short-track", kind=kind, task="softmax",
        title=Text(zh="RMSNorm 融合算子：半精度、长序列", en="Fused RMSNorm, half precision, long sequences"),
        summary=Text(zh="含残差 <b> & 长序列", en="With residual <b> & long sequences"),
        owner=cast.zhou, institution=cast.company, prize=6_800_000, opens_at=now - timedelta(days=20),
        closes_at=now - timedelta(days=10), licence="Apache-2.0", skills=list(skills),
        announced_at=now - timedelta(days=20) if announced else None,
    )


def an_application(cast: Cast, *, now: datetime, call: Call | None = None) -> Application:
    return Application.objects.create(
        case=a_case("case", now=now), call=call or a_call(cast, now=now), team=cast.dengta, applicant=cast.lin,
        started_at=now, submitted_at=now,
    )


def a_verdict(
    application: Application, *, now: datetime, accepted: bool = True, speedup_low: float | None = 2.6,
    simulated: bool = False, version: int = 1,
) -> Verdict:
    deliverable = Deliverable.objects.create(
        application=application, state="publishing", version=version, submitted_by=application.applicant,
        submitted_at=now, judging=JudgingStatus.DONE,
    )
    return Verdict.objects.create(
        of=deliverable, deliverable=deliverable, code="accepted" if accepted else "too_slow", accepted=accepted,
        score=0.9, speedup=None if speedup_low is None else speedup_low + 0.2, speedup_low=speedup_low, cases_passed=42,
        cases_total=42, is_simulated=simulated, judged_at=now,
    )
