"""Teams take turns in the judge's queue: nobody is held up by another's many versions, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle, islice

import pytest
from django.core.files.base import ContentFile
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from heitu.ground.core import clock
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.deliverables import actions
from heitu.stages.deliverables.judging import rejudging
from heitu.stages.deliverables.judging.queue import place_of
from heitu.stages.deliverables.judging.turns import next_turn
from heitu.stages.deliverables.models import Deliverable, Rejudgement, Verdict
from tests import stages
from tests.factories import a_team
from tests.people import Cast
from tests.road import a_machine, a_verdict, walk

# The rule alone


@dataclass
class Desk:
    """One queue with one machine; of each version its turn, its number and its team."""

    waiting: list[tuple[int, int, str]] = field(default_factory=list)
    running: tuple[int, int, str] | None = None
    begun: int | None = None
    last: dict[str, int] = field(default_factory=dict)
    order: list[tuple[int, str]] = field(default_factory=list)
    number: int = 0

    def hand_in(self, team: str) -> int:
        self.number += 1
        turn = next_turn(
            served=self.running[0] if self.running else None, first=min(self.waiting)[0] if self.waiting else None,
            begun=self.begun, own=self.last.get(team),
        )
        self.last[team] = turn
        self.waiting.append((turn, self.number, team))
        return self.number

    def go_on(self) -> None:
        """The version that runs ends, and the next begins."""
        self.running = min(self.waiting, default=None)
        if self.running:
            self.waiting.remove(self.running)
            self.begun = max(self.begun or 0, self.running[0])
            self.order.append(self.running[1:])


TEAMS = st.sampled_from("abcd")


@given(before=st.lists(st.sampled_from(["a", "b", "c", "d", "mine", None]), max_size=30), after=st.lists(TEAMS, min_size=1, max_size=9))
@settings(max_examples=150, deadline=None)
def test_others_are_judged_hardly_more_often_than_oneself(before: list[str | None], after: list[str]) -> None:
    """Whatever was handed in before, and while one team's version waits somebody hands in at every step."""
    desk = Desk()
    for team in before:  # None: the machine goes on
        if team is None:
            desk.go_on()
        else:
            desk.hand_in(team)
    own = sum(each[2] == "mine" for each in desk.waiting)
    mine, done = desk.hand_in("mine"), len(desk.order)
    for team in islice(cycle(after), 200):
        if (mine, "mine") in desk.order:
            break
        desk.hand_in(team)
        desk.go_on()
    waited = [team for _, team in desk.order[done:]]
    assert waited[-1] == "mine", "it comes up, though somebody hands in at every step"
    for team in "abcd":
        assert waited.count(team) <= own + 3, (team, waited)


@given(st.lists(TEAMS, min_size=1, max_size=30))
def test_a_team_s_own_versions_keep_their_order(teams: list[str]) -> None:
    desk = Desk()
    for team in teams:
        desk.hand_in(team)
    for _ in teams:
        desk.go_on()
    assert sorted(desk.order) == [(number, team) for number, team in enumerate(teams, 1)]
    for team in set(teams):
        assert [number for number, of in desk.order if of == team] == sorted(number for number, of in desk.order if of == team)


# With the database and a worker


@pytest.fixture
def rival(cast: Cast, call: Call) -> Application:
    now = clock.now()
    team = a_team(now=now)
    lead = team.members.get(is_lead=True).person
    return walk(stages.a_draft_application(call, team, lead, now=now), "delivering", cast=cast, now=now)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The quota and the cooldown are another matter."""
    monkeypatch.setattr(actions, "_check_pace", lambda *_: None)


def handed_in(application: Application, times: int = 1) -> list[Deliverable]:
    lead, work = application.team.members.get(is_lead=True).person, b"import numpy\n\n\ndef other(x):\n    return x\n"
    return [
        actions.hand_in(application=application, file=ContentFile(work, name="submission.py"), by=lead, now=clock.now())
        for _ in range(times)
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unhurried")
def test_a_worker_judges_the_other_team_second(delivering: Application, rival: Application, cast: Cast, call: Call) -> None:
    """Six versions of one team, then one of another's, and a judging anew that was asked for before all of them."""
    Call.objects.update(task="softmax")
    (judged,) = handed_in(rival)
    asked = asked_anew(judged, cast)
    many, (one,) = handed_in(delivering, 6), handed_in(rival)
    expected = [many[0], one, *many[1:]]
    a_machine()
    assert [place_of(each, now=clock.now()).ahead for each in expected] == list(range(7))
    work_off("judge")
    order = Verdict.objects.exclude(rejudgement=asked).exclude(of=judged).order_by("judged_at", "pk").values_list("of", flat=True)
    assert list(order) == [each.pk for each in expected]
    asked.refresh_from_db()
    assert asked.shadow is not None
    assert asked.shadow.judged_at > Verdict.objects.exclude(rejudgement=asked).latest("judged_at").judged_at


def asked_anew(judged: Deliverable, cast: Cast) -> Rejudgement:
    ProcrastinateJob.objects.all()._raw_delete("default")
    body = a_verdict() | {"digests": {}, "toolchain": {}, "options": {}, "seed": 1, "kind": "operator", "task": "x"}
    actions.record_verdict(deliverable=judged, result=body, now=clock.now() - timedelta(minutes=1))
    judged.refresh_from_db()
    asked = rejudging.ask(deliverable=judged, reason="复核", by=cast.chen, now=clock.now())
    assert asked is not None
    return asked


def work_off(queue: str) -> None:
    """A worker of the queue in this process, until nothing waits."""
    async def run() -> None:
        asyncio.get_running_loop().set_default_executor(hand)
        running = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
        async with running.open_async():
            with app.replace_connector(running.connector):
                await app.run_worker_async(queues=[queue], wait=False, install_signal_handlers=False, concurrency=1)
        await asyncio.get_running_loop().run_in_executor(None, connections.close_all)

    with ThreadPoolExecutor(1) as hand:
        asyncio.run(run())


@pytest.mark.django_db
@pytest.mark.usefixtures("unhurried")
def test_the_place_follows_the_turns(delivering: Application, rival: Application) -> None:
    now = clock.now()
    a_machine(toolchains=["numpy", "torch"])
    many, (one,) = handed_in(delivering, 3), handed_in(rival)
    assert [each.turn - many[0].turn for each in (*many, one)] == [0, 1, 2, 0]
    jobs = ProcrastinateJob.objects.filter(task_name__endswith="judge_deliverable").order_by("-priority", "pk")
    assert [job.args["deliverable_id"] for job in jobs] == [each.pk for each in (many[0], one, *many[1:])]
    Deliverable.objects.filter(pk=many[0].pk).update(judging="running", turn=7)
    assert [each.turn for each in (*handed_in(rival), *handed_in(delivering))] == [7, 8]
    place = place_of(many[1], now=now)
    assert (place.ahead, place.running) == (1, 1)
    Deliverable.objects.filter(pk=one.pk).update(held_since=now)
    assert place_of(many[1], now=now).ahead == 0, "what is held up is in nobody's way"
    Deliverable.objects.filter(pk=one.pk).update(held_since=None, toolchain="torch")
    assert place_of(many[1], now=now).ahead == 1, "the same machine takes it first"
