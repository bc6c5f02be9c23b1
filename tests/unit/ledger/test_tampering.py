"""Plain SQL by a superuser who switched the triggers off and knows how the tables work, but hasn't the key."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connection

from heitu.engines.ledger import actions
from heitu.engines.ledger.models import Transfer
from heitu.ground.audit.actions import record
from heitu.site.commands.audit import audit
from tests.unit.ledger.conftest import NOW, World

COPY = (
    "INSERT INTO ledger_transfer (id, mac, kind, commodity_id, debit_id, credit_id, amount, held, journal_id,"
    " idempotency_key, actor_id, reason, source, period, at) SELECT {id}, mac, kind, commodity_id, debit_id,"
    " credit_id, amount, held, journal_id, 'forged', actor_id, reason, source, period, at"
    " FROM ledger_transfer WHERE id = {last}"
)
ROLL_BACK_ACCOUNTS = (
    "UPDATE ledger_account SET debits_posted = debits_posted - 40 WHERE id = {fund};"
    "UPDATE ledger_account SET credits_posted = credits_posted - 40 WHERE id = {project};"
)

TAMPERING = {
    "amount": ("UPDATE ledger_transfer SET amount = amount + 1 WHERE id = {middle}", "row_changed", "{middle}"),
    "reason": ("UPDATE ledger_transfer SET reason = 'bonus' WHERE id = {middle}", "row_changed", "{middle}"),
    "time": ("UPDATE ledger_transfer SET at = at + interval '1 us' WHERE id = {middle}", "row_changed", "{middle}"),
    "actor": ("UPDATE ledger_transfer SET actor_id = NULL WHERE id = {middle}", "row_changed", "{middle}"),
    "middle row": (
        "DELETE FROM ledger_transfer WHERE id = {middle};" + ROLL_BACK_ACCOUNTS, "row_missing", "{middle}",
    ),
    "tail": ("DELETE FROM ledger_transfer WHERE id = {last};" + ROLL_BACK_ACCOUNTS, "row_missing", "{last}"),
    "tail and head's count": (
        "DELETE FROM ledger_transfer WHERE id = {last}; UPDATE audit_chainhead SET number = number - 1,"
        " tip = (SELECT mac FROM ledger_transfer WHERE id = {middle}) WHERE stream = 'ledger_transfer' AND number > 0;"
        + ROLL_BACK_ACCOUNTS, "head_changed", None,
    ),
    "forged row": (COPY.replace("{id}", "{next}"), "row_changed", "{next}"),
    "forged row elsewhere": (COPY.replace("{id}", "{next} + 641"), "row_missing", None),
    "swapped rows": (
        "UPDATE ledger_transfer SET id = -1 WHERE id = {middle};"
        "UPDATE ledger_transfer SET id = {middle} WHERE id = {last};"
        "UPDATE ledger_transfer SET id = {last} WHERE id = -1", "row_changed", "{middle}",
    ),
    "balance": ("UPDATE ledger_account SET credits_posted = credits_posted + 9 WHERE id = {fund}", "balance_wrong",
                "{fund}"),
    "owner": ("UPDATE ledger_account SET owner = 'me' WHERE id = {fund}", "row_changed", "{fund}"),
    "overdraft flag": ("UPDATE ledger_account SET may_overdraw = true WHERE id = {fund}", "row_changed", "{fund}"),
    "swapped accounts": (
        "UPDATE ledger_account SET code = 'x' WHERE id = {fund};"
        "UPDATE ledger_account SET code = 'fund:crowd-fund' WHERE id = {project};"
        "UPDATE ledger_account SET code = 'award:1' WHERE id = {fund}", "row_changed", "{fund}",
    ),
    "scale": ("UPDATE ledger_commodity SET scale = 0", "row_changed", None),
    "heads deleted": ("DELETE FROM audit_chainhead WHERE stream = 'ledger_transfer'", "head_changed", None),
    "everything deleted": (
        "DELETE FROM ledger_transfer; UPDATE ledger_account SET debits_posted = 0, credits_posted = 0,"
        " debits_pending = 0, credits_pending = 0", "row_missing", None,
    ),
    "audit entry": ("UPDATE audit_auditentry SET detail = '{{}}'", "row_changed", None),
    "audit entry deleted": ("DELETE FROM audit_auditentry", "row_missing", None),
}


@pytest.fixture
def places(world: World) -> dict[str, int]:
    """Two more transfers of 40 from fund to project, the last with amount 40: `middle` and `last`."""
    middle = world.pay(world.fund, world.project, 40, "middle")
    last = world.pay(world.fund, world.project, 40, "last")
    record(action="calls.published", by=world.officer, now=NOW, subject="calls.call:1", detail={"seats": 3})
    return {
        "middle": middle.pk, "last": last.pk, "next": last.pk + 64, "fund": world.fund.pk, "project": world.project.pk,
    }


def test_an_honest_ledger_passes(places: dict[str, int]) -> None:
    outcome = CliRunner().invoke(audit, ["--json"])
    report = json.loads(outcome.stdout)
    assert (outcome.exit_code, report["ok"]) == (0, True)
    assert {each["name"]: each["rows"] for each in report["checked"]}["ledger_transfer"] == 4


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_seen(places: dict[str, int], how: str) -> None:
    statement, code, row = TAMPERING[how]
    _as_superuser(statement.format(**places))
    outcome = CliRunner().invoke(audit, ["--json"])
    fault = json.loads(outcome.stdout)["checked"][-1]["fault"]
    assert (outcome.exit_code, fault["code"]) == (1, code)
    if row:
        assert fault["row"].endswith(":" + row.format(**places))


def test_an_old_head_put_back_is_seen_after_a_clean_audit(places: dict[str, int], world: World) -> None:
    """The one thing that seals inside the database can't show: it was taken back to an earlier state as a whole."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, number, tip, seal FROM audit_chainhead WHERE stream = 'ledger_transfer'")
        earlier = cursor.fetchall()
    late = world.pay(world.fund, world.project, 40, "late")
    assert CliRunner().invoke(audit, []).exit_code == 0
    _as_superuser(f"DELETE FROM ledger_transfer WHERE id = {late.pk};" + ROLL_BACK_ACCOUNTS.format(**places))
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE audit_chainhead SET number = %s, tip = %s, seal = %s WHERE id = %s",
            [(number, tip, seal, id) for id, number, tip, seal in earlier],
        )
    outcome = CliRunner().invoke(audit, [])
    assert outcome.exit_code == 1
    assert f"✗ ledger_transfer:{late.pk}" in outcome.stdout


def test_a_hold_resolved_with_other_terms_is_seen(world: World) -> None:
    hold = world.hold(100, "h")
    actions.settle_hold(hold=hold, amount=60, by=None, now=NOW, key="s")
    _as_superuser(f"UPDATE ledger_transfer SET amount = 50, held = 50 WHERE pending_id = {hold.pk}")
    assert CliRunner().invoke(audit, []).exit_code == 1


@pytest.fixture(autouse=True)
def _forget_marks() -> object:
    yield
    for file in (settings.HOME / "marks").glob("*.json"):
        file.unlink()


def _as_superuser(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_the_key_is_not_in_the_database(world: World) -> None:
    key = (settings.HOME / "keys" / "ledger").read_text()
    assert len(key) == 64
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') || (SELECT string_agg(h::text, '') FROM audit_chainhead h)"
                       " FROM ledger_transfer t")
        assert key not in cursor.fetchone()[0]
    assert Transfer.objects.count() == 2
