"""Random walks over every programme of every pack, by simulated people: nothing illegal, nothing paid twice."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import pytest
from django.db.models import Count, F, Sum

from heitu.engines.judge.task import read_task
from heitu.engines.ledger.models import Account
from heitu.engines.lifecycle.models import Case, Transition
from heitu.engines.lifecycle.queries import programme_of
from heitu.site.simulation.judging import work
from heitu.site.simulation.lives import Life, Stage, call_life
from heitu.site.simulation.verdicts import simulated_verdict
from heitu.site.simulation.world import World
from heitu.stages.deliverables.actions import record_verdict
from heitu.stages.deliverables.models import Deliverable
from heitu.stages.deliverables.tasks import task_folder
from heitu.stages.settlement.models import Payout
from heitu.stages.work.models import Milestone
from tests.journeys.story import Story

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAMMES = [
    ("packs/ascend", "crowd-operators", "softmax"), ("packs/ascend", "crowd-models", "operator-latency"),
    ("packs/ascend", "crowd-designs", ""), ("packs/ascend", "crowd-designs", "document-answers"),
    ("packs/oss-mentorship", "mentored-season", ""),
]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("pack", "programme", "task"), PROGRAMMES)
def test_walks_keep_every_invariant(pack: str, programme: str, task: str, seed: int) -> None:
    story = Story(programme, pack)
    walk(story, task, Random(seed))
    for case in Case.objects.all():
        moves_are_legal(case)
    nothing_is_paid_twice()
    story.money()
    assert seed or Deliverable.objects.filter(judging="done" if task else "none").exists()  # not every walk gets so far
    assert not Deliverable.objects.filter(judging="queued").exists(), "whatever a machine judges has its verdict"


def walk(story: Story, task: str, rng: Random) -> None:
    """Two calls with three teams each, played for a simulated year."""
    agenda: list[tuple[object, int, Life]] = []
    teams = [story.team(f"team{n}") for n in range(3)]
    world = World(
        officers=[story.cast.chen], finance=[story.cast.ma, story.finance("f2"), story.finance("f3")], teams=teams,
        owners=[(story.cast.zhou, story.cast.company)], experts=[story.expert(f"e{n}") for n in range(5)],
    )

    def spawn(at: object, life: Iterator[object]) -> None:
        heapq.heappush(agenda, (at, len(agenda) + rng.random(), life))  # type: ignore[misc]

    stage = Stage(
        world=world, rng=rng, judge=lambda made, now: _judge(made, now, task, rng), spawn=spawn, now=story.now,
        work=work, end=story.now + timedelta(days=365),
    )
    for _ in range(2):
        call = story.call(prize=story.programme.rules.award_cap or 10_000_00, task=task, open_it=False,
                          seats=min(2, story.programme.rules.seats))
        spawn(story.now, call_life(stage, call, teams))
    while agenda:
        at, _, life = heapq.heappop(agenda)
        stage.now = at  # type: ignore[assignment]
        if stage.now > stage.end:
            return
        again = next(life, None)
        if again is not None:
            spawn(max(again, stage.now + timedelta(minutes=1)), life)


def _judge(made: Deliverable, now: datetime, task: str, rng: Random) -> bool:
    spec = read_task(task_folder(task)).spec
    result = simulated_verdict(task, rng, spec)
    record_verdict(deliverable=made, result=result, simulated=True, now=now)
    return False


def moves_are_legal(case: Case) -> None:
    """Every transition is one of the definition's, they follow each other, and a closed case has no more."""
    machine = programme_of(case).machine(case.machine)
    state = machine.start
    for number, move in enumerate(Transition.objects.filter(case=case).order_by("number"), start=1):
        assert (move.number, move.from_state) == (number, state)
        assert machine.states[state].on[move.event].to == move.to_state
        state = move.to_state
    assert state == case.state
    assert (machine.states[state].step == "close") == (case.closed_at is not None)


def nothing_is_paid_twice() -> None:
    paid = Payout.objects.filter(status="paid").values("milestone").annotate(times=Count("pk"))
    assert all(row["times"] == 1 for row in paid)
    over = Milestone.objects.annotate(fen=Sum("payouts__transfer__amount")).filter(fen__gt=F("amount"))
    assert not over.exists()
    assert not Account.objects.filter(may_overdraw=False, credits_posted__lt=F("debits_posted") + F("debits_pending"))
