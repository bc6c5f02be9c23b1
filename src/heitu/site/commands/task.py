"""`heitu task`: for those who write tasks for the judge."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from heitu.engines.judge import scaffold
from heitu.engines.judge.command import judge
from heitu.engines.sandbox.errors import Broken

_BROKEN = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def task() -> None:
    """Write tasks for the judge."""


@task.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(scaffold.KINDS), default="operator", show_default=True)
@click.option("--slug", help="The task's name; it is then written to FOLDER/SLUG. Otherwise FOLDER's own name is it.")
@click.option("--title-zh", default="", help="Its Chinese title.")
@click.option("--title-en", default="", help="Its English title.")
@click.option("--vet", is_flag=True, help="Examine it right after, as `heitu judge --vet` does.")
@click.pass_context
def new(
    context: click.Context, folder: Path, kind: str, slug: str | None, title_zh: str, title_en: str, vet: bool
) -> None:
    """Write a task folder that is sound as it stands, and says in comments what to change.

    Exit 2 when FOLDER holds something already or a name won't do.
    """
    folder = folder.absolute()
    tasks, slug = (folder.parent, folder.name) if slug is None else (folder, slug)
    plan = scaffold.Plan(tasks, slug, kind, title_zh, title_en)
    try:
        scaffold.write(plan)
    except Broken as error:
        click.echo(f"{error.zh}\n{error.en}", err=True)
        sys.exit(_BROKEN)
    click.echo(f"✓ {plan.folder}")
    if vet:
        context.invoke(judge, task=str(plan.folder), vet=True, allow_missing=())
