"""A whole simulation with its progress bar: people first, then the fund, then three years of calls."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from heitu.engines.lifecycle.queries import current_version, programme_in
from heitu.ground.people.actions.notifications import hushed
from heitu.site.simulation.runner import TRACKS, YEARS, simulate
from heitu.site.simulation.world import CALLS, DEVELOPERS, people_world
from heitu.stages.calls.actions import endow_fund

WAKINGS_PER_CALL = 24  # how often the lives of one call and its cases wake, on average; only the bar needs it


def play(*, scale: float, seed: int, pack: Path, processes: int, end: datetime) -> Counter[str]:
    """Enter the people, endow the fund to its cap, play the years; returns the tally."""
    start = end - timedelta(days=365 * YEARS + 30)
    columns = (TextColumn("{task.description:<16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as bar:
        people = bar.add_task("人员 People", total=max(60, round(DEVELOPERS * scale * 1.15)))
        with hushed("all"):
            world = people_world(
                scale=scale, seed=seed, pack=pack, now=start, progress=lambda n: bar.advance(people, n)
            )
        _endow(scale, seed, start)
        years = bar.add_task("三年 Three years", total=max(60, round(CALLS * scale * WAKINGS_PER_CALL)))
        return simulate(
            world=world, scale=scale, seed=seed, end=end, pack=pack, processes=processes,
            progress=lambda done: bar.update(years, completed=done),
        )


def _endow(scale: float, seed: int, now: datetime) -> None:
    """The fund's whole cap at full scale, its share otherwise."""
    programme = programme_in(current_version(TRACKS[0][0]))
    assert programme.fund is not None
    amount = max(round(programme.fund.cap * scale), 500_000_00)
    endow_fund(programme=programme, amount=min(amount, programme.fund.cap), by=None, now=now, key=f"simulation:{seed}")
