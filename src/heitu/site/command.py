"""The `heitu` command. Each subcommand lives with what it commands and is imported only when called."""

from __future__ import annotations

import importlib
import os

import click

# name → (module:attribute, needs the database and Django)
COMMANDS = {
    "judge": ("heitu.engines.judge.command:judge", False),
    "check": ("heitu.engines.lifecycle.command:check", False),
    "audit": ("heitu.site.commands.audit:audit", True),
    "manage": ("heitu.site.commands.manage:manage", True),
}


class LazyGroup(click.Group):
    """Finds subcommands by the table above, so that `heitu judge` never imports Django."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        target, needs_django = COMMANDS[cmd_name]
        if needs_django and not ctx.resilient_parsing:
            _prepare(ctx)
        module, attribute = target.split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


def _prepare(ctx: click.Context) -> None:
    """Start the embedded database where none is given, and Django."""
    import django

    from heitu.ground.core import embedded

    ctx.with_resource(embedded.database(embedded.home()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heitu.site.settings")
    django.setup()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """黑土 Heitu: an industry-university-research ecosystem as one lifecycle."""
