"""`heitu check`: everything that is wrong in packs, before anybody meets it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from heitu.engines.lifecycle import packs
from heitu.engines.lifecycle.faults import Fault
from heitu.ground.core.text import Language, Text

Found = tuple[Text, int, list[Fault]]
PROGRAMMES = Text(zh="个计划", en="programme(s)")


@click.command()
@click.argument("places", metavar="PACK…", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--lang", "language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def check(places: tuple[Path, ...], language: Language) -> None:
    """Check packs (folders), or a programme's file or a course's folder; each fault as file:line: message."""
    found = [_programmes(places), *(_part(part, places) for part in packs.parts().values())]
    faults = [fault for _, _, those in found for fault in those]
    for fault in faults:
        click.echo(fault.show(language))
    click.echo(_summary(found, len(faults), language), err=True)
    if faults or not any(count for _, count, _ in found):
        raise SystemExit(1)


def _programmes(places: Sequence[Path]) -> Found:
    files = [file for place in places for file in packs.programme_files(place)]
    return PROGRAMMES, len(files), [fault for file in files for fault in packs.check_file(file)]


def _part(part: packs.Part, places: Sequence[Path]) -> Found:
    found = [part.check(place) for place in places]
    return part.title, sum(count for count, _ in found), [fault for _, faults in found for fault in faults]


def _summary(found: Sequence[Found], faults: int, language: Language) -> str:
    counted = [f"{count} {title.in_(language)}" for title, count, _ in found if count] or [f"0 {PROGRAMMES.in_(language)}"]
    if language == "zh":
        return f"检查了 {'、'.join(counted)}，发现 {faults} 处问题。"
    return f"{', '.join(counted)} checked, {faults} fault(s) found."
