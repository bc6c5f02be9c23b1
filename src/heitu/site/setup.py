"""Bring a database up to date with the code and the packs."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from heitu.engines.lifecycle.actions import load_programme
from heitu.ground.core.clock import now
from heitu.kinds.courses.actions.packs import load_courses
from heitu.stages.skills.actions import load_levels, load_skills


def migrate() -> None:
    """Django's own command takes half a second to find nothing to do."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def load_packs() -> None:
    """Load every pack's programmes and courses; what hasn't changed makes no new version."""
    for folder in map(Path, settings.PACKS):
        load_pack(folder)
        load_courses(folder=folder, by=None, now=now())


def load_pack(folder: Path) -> None:
    """What a pack says of programmes: its skills first, since programmes name them, and its levels. Courses come apart."""
    load_skills(folder=folder, by=None, now=now())
    load_levels(folder=folder, by=None, now=now())
    for path in sorted((folder / "programmes").glob("*.yaml")):
        load_programme(path=path, by=None, now=now())
