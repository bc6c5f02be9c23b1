"""A small world of accounts: a source without a bottom, a fund, two projects, a team; and who acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from heitu.engines.ledger import actions
from heitu.engines.ledger.models import Account, Transfer
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    source: Account
    fund: Account
    project: Account
    other: Account
    team: Account
    officer: Person
    finance: Person

    def pay(self, debit: Account, credit: Account, amount: int, key: str) -> Transfer:
        return actions.transfer(debit=debit, credit=credit, amount=amount, by=self.officer, now=NOW, key=key)

    def hold(self, amount: int, key: str, expires_at: datetime | None = None) -> Transfer:
        return actions.hold(
            debit=self.project, credit=self.team, amount=amount, by=self.officer, now=NOW, key=key,
            expires_at=expires_at,
        )


def make_world() -> World:
    def account(code: str, kind: str, may_overdraw: bool = False) -> Account:
        return actions.ensure_account(
            commodity="CNY", code=code, title=Text(zh=code, en=code), kind=kind, may_overdraw=may_overdraw
        )

    def person(name: str) -> Person:
        return Person.objects.create_user(f"{name}@example.org", name=name, joined_at=NOW)

    return World(
        account("source:ministry", "source", True), account("fund:crowd-fund", "fund"), account("award:1", "project"),
        account("award:2", "project"), account("team:1", "payee"), person("Chen Hong"), person("Ma Li"),
    )


@pytest.fixture
def world(db: None) -> World:
    """With 1,000 units in the fund and 500 in the project."""
    world = make_world()
    world.pay(world.source, world.fund, 1_000, "start")
    world.pay(world.fund, world.project, 500, "award")
    return world
