"""Three simulated years in a few minutes: lives in a heap by their next waking, on as many processes as asked for."""

from __future__ import annotations

import heapq
import itertools
import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from random import Random

import yaml
from django.db import connection, connections

from heitu.engines.lifecycle.models import DefinitionVersion
from heitu.engines.lifecycle.queries import current_version, programme_in
from heitu.ground.core.loading import settle
from heitu.ground.core.text import Text
from heitu.ground.people.actions.notifications import hushed
from heitu.site.simulation.judging import SampledJudge, work
from heitu.site.simulation.lives import Life, Stage, call_life
from heitu.site.simulation.world import CALLS, World
from heitu.stages.calls import actions as calls
from heitu.stages.calls.models import Call
from heitu.stages.calls.terms import Terms

YEARS = 3
HEARD = timedelta(days=30)  # who acts next is told of what happened lately; mail is never sent
DESIGNS_WITH_A_TASK = 0.4  # the others are accepted by people alone
TRACKS = (("crowd-operators", 65), ("crowd-models", 20), ("crowd-designs", 15))  # programme, per cent of the calls
PRIZE = {"operator": (15_000, 48_000), "model": (40_000, 110_000), "design": (60_000, 160_000), "report": (8_000, 12_000)}


@dataclass
class Agenda:
    """Who wakes when. Equal times wake in the order in which they were entered."""

    entries: list[tuple[datetime, int, Life]] = field(default_factory=list)
    order: itertools.count[int] = field(default_factory=itertools.count)

    def add(self, at: datetime, life: Life) -> None:
        heapq.heappush(self.entries, (at, next(self.order), life))

    def run(self, stage: Stage, tick: Callable[[], None]) -> None:
        """Wake each life in turn until nobody is left or the simulated end has come."""
        while self.entries:
            at, _, life = heapq.heappop(self.entries)
            if at > stage.end:
                return
            stage.now = at
            with hushed("mail" if at > stage.end - HEARD else "all"):
                again = next(life, None)
            tick()
            if again is not None:
                self.add(max(again, at + timedelta(minutes=1)), life)


def simulate(
    *, world: World, scale: float, seed: int, end: datetime, pack: Path, processes: int,
    progress: Callable[[int], None],
) -> Counter[str]:
    """Play `scale` × 3,000 calls over three years that end at `end`; returns what happened, counted by name.

    Each process has teams, owners, experts and calls of its own, so that the same seed and number of processes
    tell the same story; the fund and the office are shared.
    """
    total = max(3, round(CALLS * scale))
    context = multiprocessing.get_context("fork")
    counter: Synchronized[int] = context.Value("l", 0)
    connections.close_all()
    with context.Pool(processes, initializer=_adopt, initargs=(counter,)) as pool:
        parts = [
            pool.apply_async(_play, (world.part(n, processes), len(range(n, total, processes)), seed * 100 + n, end, pack))
            for n in range(processes)
        ]
        while not all(part.ready() for part in parts):
            parts[0].wait(0.5)
            progress(counter.value)
        return sum((part.get() for part in parts), Counter())


_counter: Synchronized[int]


def _adopt(counter: Synchronized[int]) -> None:
    """A forked child needs database connections of its own, and may lose its last half second with the machine."""
    global _counter
    _counter = counter
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us too, but the parent ends us, and says so once
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    settle()
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


def _play(world: World, count: int, seed: int, end: datetime, pack: Path) -> Counter[str]:
    rng, agenda = Random(seed), Agenda()
    stage = Stage(
        world=world, rng=rng, judge=SampledJudge(Random(seed + 1)), work=work, spawn=agenda.add, now=end, end=end
    )
    start, tasks = end - timedelta(days=365 * YEARS), _tasks(pack)
    versions = {slug: current_version(slug) for slug, _ in TRACKS}
    for _ in range(count):
        slug = rng.choices([slug for slug, _ in TRACKS], [share for _, share in TRACKS])[0]
        at = start + timedelta(minutes=rng.randrange(365 * YEARS * 1440))
        agenda.add(at, _birth(stage, versions[slug], tasks))
    agenda.run(stage, _tick)
    stage.tally["calls"] = count
    return stage.tally


def _tick() -> None:
    with _counter.get_lock():
        _counter.value += 1


def _birth(stage: Stage, version: DefinitionVersion, tasks: dict[str, list[tuple[str, Text]]]) -> Life:
    """A call is drafted when its day has come, and lives from there."""
    rng, programme = stage.rng, programme_in(version)
    offered = tasks.get(programme.kind, [])
    is_of_a_task = bool(offered) and (programme.kind != "design" or rng.random() < DESIGNS_WITH_A_TASK)
    task, title = rng.choice(offered) if is_of_a_task else ("", _subject(rng))
    low, high = PRIZE[programme.kind]
    call = _draft(stage, version, task, title, rng.randrange(low, high, 500) * 100)
    rivals = rng.sample(stage.world.teams, min(len(stage.world.teams), rng.choice((1, 1, 2, 2, 3))))
    yield from call_life(stage, call, rivals)


def _draft(stage: Stage, version: DefinitionVersion, task: str, title: Text, prize: int) -> Call:
    owner, company = stage.rng.choice(stage.world.owners)
    programme = programme_in(version)
    terms = Terms(
        title=title, summary=title, statement=title, task=task, prize=prize, seats=programme.rules.seats,
        opens_at=stage.now + timedelta(days=1), closes_at=stage.now + timedelta(days=42), delivery_days=75,
        licence=stage.rng.choice(programme.rules.licences), skills=programme.skills,
    )
    return calls.create_call(
        definition=version, terms=terms, owner=owner, institution=company, by=owner, now=stage.now
    )


def _tasks(pack: Path) -> dict[str, list[tuple[str, Text]]]:
    """Slug and title of the pack's tasks, by kind."""
    found: dict[str, list[tuple[str, Text]]] = {}
    for file in sorted((pack / "tasks").glob("*/task.yaml")):
        task = yaml.safe_load(file.read_text())
        found.setdefault(task["kind"], []).append((file.parent.name, Text(**task["title"])))
    return found


_FIELDS = (("遥感影像", "Remote sensing"), ("医学影像", "Medical imaging"), ("工业质检", "Industrial inspection"),
           ("语音识别", "Speech recognition"), ("蛋白质结构", "Protein structure"), ("气象预报", "Weather forecasting"))
_DESIGN = (("推理服务参考设计", "inference service: reference design"), ("数据处理流水线参考设计", "data pipeline: reference design"))


def _subject(rng: Random) -> Text:
    subject, what = rng.choice(_FIELDS), rng.choice(_DESIGN)
    return Text(zh=f"{subject[0]}{what[0]}", en=f"{subject[1]} {what[1]}")
