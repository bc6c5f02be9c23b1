"""`heitu simulate`: an ecosystem of the size that the product is built for, played through the real actions."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import click


@click.command()
@click.option("--scale", default=1.0, show_default=True, help="1 is 80 institutions, 300 teams, 3,000 tasks.")
@click.option("--seed", default=7, show_default=True)
@click.option("--processes", default=2, show_default=True)
@click.option("--pack", default="packs/ascend", show_default=True, type=click.Path(exists=True, path_type=Path))
def simulate(scale: float, seed: int, processes: int, pack: Path) -> None:
    """Play three years of programmes, then print what happened and where the money is."""
    from heitu.ground.core.clock import now
    from heitu.site.setup import load_packs, migrate
    from heitu.site.simulation.story import play

    started = time.monotonic()
    migrate()
    load_packs()
    tally = play(scale=scale, seed=seed, pack=pack, processes=processes, end=now())
    _summarise(tally, time.monotonic() - started)


def _summarise(tally: Counter[str], seconds: float) -> None:
    for name, count in sorted(tally.items()):
        click.echo(f"  {name:<32}{count:>12,}")
    click.echo(f"  {'seconds':<32}{seconds:>12.1f}")
