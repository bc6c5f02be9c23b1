"""`heitu course`: bring a course of another format in as a folder, or give one out as a Common Cartridge. No server."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import click

from heitu.engines.lifecycle.faults import DefinitionError
from heitu.ground.core.text import Language
from heitu.kinds.courses.pack.manifest import Toolchain
from heitu.kinds.courses.trade.sources import Kind

_KINDS = get_args(Kind)


@click.group()
def course() -> None:
    """Courses in formats of others."""


@course.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(["auto", *_KINDS]), default="auto", show_default=True, help="Of the source.")
@click.option("--skill", "skills", multiple=True, metavar="SLUG[:LEVEL]", help="What the course teaches; level 1 if not said.")
@click.option("--licence", default="", help="Such as CC-BY-4.0, where the source doesn't say.")
@click.option("--toolchain", type=click.Choice(get_args(Toolchain)), default="numpy", show_default=True, help="Of its labs.")
@click.option("--lang", "language", type=click.Choice(get_args(Language)), default="zh", show_default=True, help="Of the report.")
def bring_in(
    source: Path, folder: Path, kind: str, skills: tuple[str, ...], licence: str, toolchain: str, language: Language
) -> None:
    """Write the course that SOURCE holds into FOLDER, packs/PACK/courses/SLUG, which isn't there yet.

    SOURCE is a folder, a zip or a notebook: an nbgrader source, a source of otter assign or what it made for the
    autograder, a Jupyter Book or MyST site, or a Common Cartridge (.imscc). Everything is checked first: with a fault
    nothing is written. What has no place in a course is listed.
    """
    from heitu.kinds.courses.trade.folders import Wishes, write
    from heitu.kinds.courses.trade.importing import found_in
    from heitu.kinds.courses.trade.reports import report

    wishes = Wishes(dict(map(_skill, skills)), licence, toolchain, datetime.now(UTC).date())
    try:
        click.echo(report(write(found_in(source, None if kind == "auto" else kind), folder, wishes), language))
    except DefinitionError as error:
        raise click.ClickException("\n".join(fault.show(language) for fault in error.faults)) from None


@course.command("export")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--site", default="", metavar="URL", help="Where Heitu serves the course: labs and textbooks are linked there.")
@click.option("--lang", "language", type=click.Choice(get_args(Language)), default="zh", show_default=True, help="Of messages.")
def give_out(folder: Path, file: Path, site: str, language: Language) -> None:
    """Write the course in FOLDER as an IMS Common Cartridge 1.3 into FILE, such as course.imscc."""
    from heitu.kinds.courses.pack.reading import read_course
    from heitu.kinds.courses.trade.giving import Place, cartridge

    try:
        found = read_course(folder)
    except DefinitionError as error:
        raise click.ClickException("\n".join(fault.show(language) for fault in error.faults)) from None
    file.write_bytes(cartridge(found, Place(site.rstrip("/"))))
    click.echo(f"✓ {file}")


def _skill(given: str) -> tuple[str, int]:
    name, _, level = given.partition(":")
    if level and not level.isdigit():
        raise click.BadParameter(f"{given}: SLUG or SLUG:LEVEL", param_hint="--skill")
    return name, int(level or 1)
