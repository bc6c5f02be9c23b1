"""`heitu check`: everything that is wrong in packs, before anybody meets it."""

from __future__ import annotations

from pathlib import Path

import click

from heitu.engines.lifecycle import packs
from heitu.engines.lifecycle.faults import Fault
from heitu.ground.core.text import Language


@click.command()
@click.argument("places", metavar="PACK…", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--lang", "language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def check(places: tuple[Path, ...], language: Language) -> None:
    """Check the programmes of packs (folders) or single files; each fault as file:line: message."""
    files = [file for place in places for file in packs.programme_files(place)]
    faults = [fault for file in files for fault in packs.check_file(file)]
    for fault in faults:
        click.echo(fault.show(language))
    click.echo(_summary(len(files), faults, language), err=True)
    if faults or not files:
        raise SystemExit(1)


def _summary(files: int, faults: list[Fault], language: Language) -> str:
    if language == "zh":
        return f"检查了 {files} 个计划，发现 {len(faults)} 处问题。"
    return f"{files} programme(s) checked, {len(faults)} fault(s) found."
