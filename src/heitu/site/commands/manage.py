"""`heitu manage …`: Django's own commands, for operators who know them."""

from __future__ import annotations

import click


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run a Django management command (migrate, shell, dbshell …)."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["heitu manage", *arguments])
