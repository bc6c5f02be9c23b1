"""Chained rows: numbering, sealing, append-only tables, concurrent writers."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from heitu.engines.ledger.models import Commodity
from heitu.ground.audit import actions, chain
from heitu.ground.audit.checking import check_chain
from heitu.ground.audit.models import AuditEntry, ChainHead

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def _record(number: int = 0) -> None:
    actions.record(action="calls.published", by=None, now=NOW, subject="calls.call:1", detail={"number": number})


@pytest.mark.django_db
def test_rows_of_a_writer_follow_each_other() -> None:
    for number in range(3):
        _record(number)
    places = [chain.place(id) for id in AuditEntry.objects.order_by("id").values_list("id", flat=True)]
    assert [number for _, number in places] == [1, 2, 3]
    assert len({shard for shard, _ in places}) == 1


@pytest.mark.django_db
def test_a_rolled_back_row_leaves_no_gap() -> None:
    _record(1)
    with transaction.atomic():
        _record(2)
        transaction.set_rollback(True)
    _record(3)
    assert sum(ChainHead.objects.filter(stream="audit_auditentry").values_list("number", flat=True)) == 2
    assert AuditEntry.objects.count() == 2


def _entry(number: int) -> AuditEntry:
    return actions.entry(action="calls.published", by=None, now=NOW, subject="calls.call:1", detail={"number": number})


@pytest.mark.django_db
def test_rows_of_several_streams_are_sealed_together_and_in_order() -> None:
    chain.append(_entry(1), Commodity(code="CNY", scale=2), _entry(2))
    assert [entry.detail["number"] for entry in AuditEntry.objects.order_by("id")] == [1, 2]
    assert Commodity.objects.get().code == "CNY"
    for stream, rows in ((AuditEntry, 2), (Commodity, 1)):
        found = check_chain(stream)
        assert (found.fault, found.rows) == (None, rows)


@pytest.mark.django_db
def test_of_several_heads_one_that_moved_on_keeps_all_rows_back_until_it_is_claimed_anew() -> None:
    _record(1)
    stale = chain.recall("audit_auditentry")
    _record(2)
    assert stale is not None
    chain.remember(stale)
    chain.append(_entry(3), Commodity(code="CNY", scale=2))
    assert AuditEntry.objects.count() == 3
    assert Commodity.objects.count() == 1
    assert [check_chain(stream).fault for stream in (AuditEntry, Commodity)] == [None, None]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", [
    "UPDATE audit_auditentry SET action = 'x'", "DELETE FROM audit_auditentry",
])
def test_entries_cannot_be_changed(statement: str) -> None:
    _record()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_truncating_needs_to_be_asked_for() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL heitu.may_truncate = 'off'")
        with pytest.raises(DatabaseError, match="append-only"):
            cursor.execute("TRUNCATE audit_auditentry")


@pytest.mark.django_db
def test_saving_past_the_chain_is_an_error() -> None:
    with pytest.raises(TypeError, match="chain"):
        AuditEntry(action="x", subject="y", at=NOW).save()


@pytest.mark.django_db
def test_json_numbers_are_sealed_as_the_database_returns_them() -> None:
    actions.record(
        action="x", by=None, now=NOW, subject="y", detail={"b": [1e22, 0.1 + 0.2, -0.0, 1e-7], "a": {"文": "\t\"'"}}
    )
    entry = AuditEntry.objects.get()
    shard, _ = chain.place(entry.id)
    assert bytes(entry.mac) == chain.seal_row(
        "audit_auditentry", entry.id, [getattr(entry, name) for name in entry.SEALED], b""
    )
    assert bytes(ChainHead.objects.get(stream="audit_auditentry", shard=shard).tip) == bytes(entry.mac)


def test_a_type_with_two_spellings_cannot_be_sealed() -> None:
    with pytest.raises(TypeError, match="complex"):
        chain.encode([1j])


def test_trailing_nulls_do_not_change_a_seal() -> None:
    assert chain.seal_row("t", 1, ["a"], b"") == chain.seal_row("t", 1, ["a", None, None], b"")
    assert chain.seal_row("t", 1, ["a", None, 1], b"") != chain.seal_row("t", 1, ["a", 1], b"")


@pytest.mark.django_db(transaction=True)
def test_open_transactions_do_not_wait_for_each_other() -> None:
    """Two transactions that both wrote and stay open: the second finishes first."""
    first_wrote, second_done = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            _record(1)
            first_wrote.set()
            assert second_done.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert first_wrote.wait(10)
    for _ in range(80):  # comes by every shard
        chain.claim("audit_auditentry")
        _record(2)
    second_done.set()
    thread.join(10)
    assert AuditEntry.objects.count() == 81
