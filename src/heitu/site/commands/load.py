"""`heitu load`: bring packs into the database."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("packs", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
def load(packs: tuple[Path, ...]) -> None:
    """Load packs: programmes become the version that new cases start under; skills, levels and courses are entered."""
    from heitu.engines.lifecycle.faults import DefinitionError
    from heitu.ground.core.clock import now
    from heitu.kinds.courses.actions.packs import load_courses
    from heitu.site.setup import load_pack, migrate

    migrate()
    for pack in packs:
        try:
            load_pack(pack)
            load_courses(folder=pack, by=None, now=now())
        except DefinitionError as error:
            raise click.ClickException("\n".join(fault.show("zh") for fault in error.faults)) from None
        click.echo(f"✓ {pack}")
