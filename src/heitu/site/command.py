"""The `heitu` command. Each subcommand lives with what it commands and is imported only when called."""

from __future__ import annotations

import importlib
import os
from typing import Literal

import click

Needs = Literal["nothing", "apps", "database"]

# name → (module:attribute, what it needs up: nothing, Django's apps, or the database too)
COMMANDS: dict[str, tuple[str, Needs]] = {
    "judge": ("heitu.engines.judge.command:judge", "nothing"),
    "grade": ("heitu.engines.grading.command:command", "nothing"),
    "check": ("heitu.engines.lifecycle.command:check", "apps"),
    "up": ("heitu.site.commands.up:up", "nothing"),
    "web": ("heitu.site.commands.web:web", "database"),
    "worker": ("heitu.site.commands.worker:worker", "database"),
    "sessions": ("heitu.site.commands.sessions:sessions", "database"),
    "simulate": ("heitu.site.commands.simulate:simulate", "database"),
    "course": ("heitu.kinds.courses.trade.command:course", "nothing"),
    "load": ("heitu.site.commands.load:load", "database"),
    "reference": ("heitu.site.commands.reference:reference", "apps"),
    "login": ("heitu.site.commands.client:login", "nothing"),
    "task": ("heitu.site.commands.task:task", "nothing"),
    "tasks": ("heitu.site.commands.client:tasks", "nothing"),
    "submit": ("heitu.site.commands.client:submit", "nothing"),
    "officer": ("heitu.ground.people.command:officer", "database"),
    "audit": ("heitu.site.commands.audit:audit", "database"),
    "manage": ("heitu.site.commands.manage:manage", "database"),
}


class LazyGroup(click.Group):
    """Finds subcommands by the table above, so that `heitu judge` never imports Django."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Only the command that is really run gets its database; `--help` starts nothing."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in COMMANDS and not {"--help", "-h"} & set(rest):
            _prepare(ctx, COMMANDS[name][1])
        return name, command, rest


def _prepare(ctx: click.Context, needs: Needs) -> None:
    """Start Django, and before it the embedded database where the command needs one and none is given."""
    if needs == "nothing":
        return
    from heitu.ground.core import embedded
    from heitu.ground.core.loading import load_apps

    if needs == "database":
        ctx.with_resource(embedded.database(embedded.home()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heitu.site.settings")
    load_apps()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """黑土 Heitu: an industry-university-research ecosystem as one lifecycle."""


if __name__ == "__main__":
    main()
