"""The road of an application from its draft to its payment, walked through the product's own actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile

from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core import clock
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.deliverables import actions as deliverables
from heitu.stages.deliverables.models import Deliverable, JudgingMachine
from heitu.stages.reviews import actions as reviews
from heitu.stages.reviews.models import Review
from heitu.stages.reviews.queries import owed
from tests.people import Cast

DESIGN = {"design": "分块大小按缓存行选取，长序列两级归约，输出前一次舍入。"}


def a_verdict(low: float = 1.9, high: float = 2.1, verdict: str = "accepted") -> dict[str, Any]:
    """The judge's JSON in short."""
    return {
        "verdict": verdict, "score": 80.0, "cases": [{"id": "a", "verdict": verdict, "dtype": "float16", "shape": "8"}],
        "speedup": {"geomean": (low + high) / 2, "low": low, "high": high},
    }


def walk(application: Application, to: str, *, cast: Cast, now: datetime, low: float = 1.9) -> Application:
    """Take the operators' road from where the case is up to the state `to`; a version with a lower end of `low` is handed in on the way."""
    lead = application.team.members.get(is_lead=True).person
    steps: list[tuple[str, str, Person | None, Mapping[str, Any] | None]] = [
        ("draft", "submit", lead, None), ("screening", "pass", cast.chen, None), ("reviewing", "", None, None),
        ("reviewing", "close_reviews", cast.chen, None), ("deciding", "award", cast.chen, None),
        ("offered", "accept", lead, None), ("designing", "report", lead, DESIGN),
        ("checking_design", "accept", cast.zhou, None), ("paying_design", "approve", cast.ma, None),
        ("delivering", "", lead, None), ("delivering", "deliver", lead, None), ("accepting", "accept", cast.zhou, None),
        ("paying", "approve", cast.ma, None),
    ]
    for state, event, by, data in steps:
        if application.case.state == to:
            break
        if application.case.state != state:
            continue
        if event:
            move(case=application.case, event=event, by=by, now=now, data=data)
        elif state == "reviewing":
            review_all(application, now=now)
        else:
            hand_in(application, lead, result=a_verdict(low, low + 0.2), now=now)
    return Application.objects.get(pk=application.pk)


def review_all(application: Application, *, now: datetime, score: int = 4) -> None:
    for review in owed(application):
        write(review, now=now, score=score)


def write(review: Review, *, now: datetime, score: int = 4, **changes: Any) -> Review:
    """Hand in a review with the same score for everything."""
    rubric = programme_of(review.application.case).rubric
    given: dict[str, Any] = {
        "scores": {criterion.id: score for criterion in rubric}, "recommendation": "support", "to_team": "可行",
        "to_office": "", "by": review.reviewer,
    }
    return reviews.submit(review=review, rubric=rubric, now=now, **(given | changes))


def hand_in(
    application: Application, by: Person, *, result: Mapping[str, Any] | None = None, now: datetime,
    name: str = "submission.py", content: bytes = b"def f(x): return x\n", **given: Any,
) -> Deliverable:
    """A version, with the judge's answer where one is given."""
    made = deliverables.hand_in(
        application=application, file=ContentFile(content, name=name), queue=False, by=by, now=now
    )
    if result is not None:
        deliverables.record_verdict(deliverable=made, result=result, now=now + timedelta(seconds=1), **given)
    return made


def a_machine(**given: object) -> JudgingMachine:
    """A judging machine that was heard of just now."""
    now = clock.now()
    plain = {"processor": "abacus", "cores": 2, "memory_mb": 64, "toolchains": ["numpy"], "started_at": now, "seen_at": now}
    return JudgingMachine.objects.create(**({"name": "north:1"} | plain | given))
