"""`heitu reference`: write the generated pages under docs/reference, or check that they are up to date."""

from __future__ import annotations

import click


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when a page is out of date.")
def reference(check: bool) -> None:
    """Generate docs/reference from the code and the packs."""
    from heitu.site import reference as generated

    if not check:
        generated.write()
        return
    stale = generated.stale()
    if stale:
        raise click.ClickException(f"out of date, run `./dev heitu reference`: {', '.join(stale)}")
