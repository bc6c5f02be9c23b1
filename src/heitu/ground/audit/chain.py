"""Sealed chains for append-only tables: each row carries a MAC over its content and the MAC of the row before.

The key lives under HEITU_HOME and never in the database, so nobody who has only the database can write a row that
passes `heitu audit`. A table's chain is split into shards, each with a head that names its length; a transaction
takes a shard that nobody else is using, so concurrent writers don't wait for each other (docs/adr/0003).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from hashlib import blake2b
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, migrations
from django.db.models import JSONField

from heitu.ground.audit.models import Chained, ChainHead
from heitu.ground.core.secrets import secret
from heitu.ground.core.statements import planned
from heitu.ground.core.text import Text

SHARDS = 64
MAC_BYTES = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Head:
    """Where one shard of a stream stands: `number` rows, the last of them with MAC `tip` (empty: none yet)."""

    id: int
    stream: str
    shard: int
    number: int
    tip: bytes

    def after(self, tip: bytes, rows: int = 1) -> Head:
        return Head(self.id, self.stream, self.shard, self.number + rows, tip)


def append(*rows: Chained) -> None:
    """Number, seal and insert `rows` in one statement; the caller's transaction, if any, decides whether they stay.

    They may belong to several streams. JSON values are stored in the normal form that the seal covers.
    Raises IntegrityError as an insert does.
    """
    for row in rows:
        _normalise(row)
    streams = list(dict.fromkeys(row._meta.db_table for row in rows))
    heads = [recall(stream) or claim(stream) for stream in streams]
    for _ in range(_TRIES):
        ends = [_seal(rows, head) for head in heads]
        if _insert(rows, heads, ends):
            for end in ends:
                remember(end)
            for row in rows:
                row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
            return
        heads = [claim(stream) for stream in streams]
    raise RuntimeError(f"no free shard of the chains {', '.join(streams)} in {_TRIES} tries")


def append_only(table: str, *, fixed: Sequence[str] = ()) -> migrations.RunSQL:
    """The migration that forbids UPDATE, DELETE and TRUNCATE on `table`; with `fixed`, UPDATE of those columns only.

    A session that runs `SET heitu.may_truncate = 'on'` may truncate (the test suite empties its tables so).
    """
    columns = f" OF {', '.join(fixed)}" if fixed else ""
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'TRUNCATE' AND current_setting('heitu.may_truncate', true) = 'on' THEN
                RETURN NULL;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$;
        CREATE TRIGGER append_only BEFORE UPDATE{columns} OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_append_only();
        CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only();
        """,
        f"DROP FUNCTION {table}_append_only() CASCADE",
    )


def row_id(shard: int, number: int) -> int:
    """Ids interleave the shards, so that they stay small and every shard counts 1, 2, 3 …"""
    return number * SHARDS + shard


def place(id: int) -> tuple[int, int]:
    """The inverse of `row_id`: (shard, number)."""
    return id % SHARDS, id // SHARDS


def seal_row(stream: str, id: int, values: Sequence[Any], previous: bytes) -> bytes:
    """MAC over the row's place, content and predecessor; trailing nulls don't count (see `Chained`)."""
    content = [stream, id, *values]
    while content[-1] is None:
        content.pop()
    mac = _keyed(b"row").copy()
    mac.update(previous + encode(content))
    return mac.digest()


def seal_head(head: Head) -> bytes:
    mac = _keyed(b"head").copy()
    mac.update(encode([head.stream, head.shard, head.number, head.tip]))
    return mac.digest()


def recall(stream: str) -> Head | None:
    """The head that this thread wrote last, if any: a guess that the database checks before it is built upon."""
    return _remembered.get(connections[DEFAULT_DB_ALIAS], {}).get(stream)


def remember(head: Head) -> None:
    _remembered.setdefault(connections[DEFAULT_DB_ALIAS], {})[head.stream] = head


def claim(stream: str) -> Head:
    """Take a shard that no running transaction has taken; all taken, wait for one."""
    for skip in (" SKIP LOCKED", ""):
        found = _one(
            "SELECT id, shard, number, tip FROM audit_chainhead WHERE stream = %s ORDER BY random() LIMIT 1"
            f" FOR UPDATE{skip}", [stream],
        )
        if found:
            head = Head(found[0], stream, found[1], found[2], bytes(found[3]))
            remember(head)
            return head
    raise RuntimeError(f"the chain {stream} has no heads: run `heitu manage migrate`")


def streams() -> dict[str, type[Chained]]:
    """Every chained table of the installation, by name."""
    return {model._meta.db_table: model for model in apps.get_models() if issubclass(model, Chained)}


def begin() -> None:
    """Give every chained table its heads; those that are there stay as they are. Called after each migration."""
    empty = [Head(0, stream, shard, 0, b"") for stream in streams() for shard in range(SHARDS)]
    ChainHead.objects.bulk_create(
        [ChainHead(stream=head.stream, shard=head.shard, tip=b"", seal=seal_head(head)) for head in empty],
        ignore_conflicts=True,
    )


def has_the_key() -> bool:
    """Whether the key here is the one that this database's rows are sealed with."""
    row = ChainHead.objects.first()
    return row is None or bytes(row.seal) == seal_head(Head(row.pk, row.stream, row.shard, row.number, bytes(row.tip)))


def _seal(rows: Sequence[Chained], head: Head) -> Head:
    """Number and seal those of `rows` that belong behind `head`; the head after them."""
    for row in rows:
        if row._meta.db_table == head.stream:
            row.id = row_id(head.shard, head.number + 1)
            row.mac = seal_row(head.stream, row.id, [getattr(row, name) for name in row.SEALED], head.tip)
            head = head.after(bytes(row.mac))
    return head


def _insert(rows: Sequence[Chained], heads: Sequence[Head], ends: Sequence[Head]) -> bool:
    """Insert and move the heads on, in one statement; False when a head isn't there (any more) or is taken."""
    values: list[Any] = []
    for head, end in zip(heads, ends, strict=True):
        values += [head.id, head.number, head.tip, end.number, end.tip, seal_head(end)]
    for row in rows:
        values += [getattr(row, name) if adapt is None else adapt(getattr(row, name)) for name, adapt in _adapts(type(row))]
    with planned() as cursor:
        cursor.execute(_insertion(tuple(type(row) for row in rows), len(heads)), values)
        return bool(cursor.fetchone())


@cache
def _insertion(models: tuple[type[Chained], ...], heads: int) -> str:
    """The statement that appends one row of each of `models` behind so many heads."""
    wanted = ", ".join(["(%s::bigint, %s::bigint, %s::bytea, %s::bigint, %s::bytea, %s::bytea)"] * heads)
    return f"""
        WITH wanted (id, number, tip, new_number, new_tip, new_seal) AS (VALUES {wanted}), head AS MATERIALIZED (
            SELECT h.id FROM audit_chainhead h JOIN wanted w ON h.id = w.id AND h.number = w.number AND h.tip = w.tip
            FOR UPDATE OF h SKIP LOCKED
        ), ready AS MATERIALIZED (
            SELECT FROM head HAVING count(*) = {heads}
        ), moved AS (
            UPDATE audit_chainhead h SET number = new_number, tip = new_tip, seal = new_seal
            FROM wanted w, ready WHERE h.id = w.id
        ), {", ".join(f"row_{place} AS ({_row(model)})" for place, model in enumerate(models))}
        SELECT 1 FROM ready
        """


@cache
def _adapts(model: type[Chained]) -> list[tuple[str, Callable[[Any], Any] | None]]:
    """Each attribute that is stored, with what makes it a value for the database, where it isn't one already."""
    connection = connections[DEFAULT_DB_ALIAS]
    return [
        (field.attname, partial(field.get_db_prep_save, connection=connection) if isinstance(field, JSONField) else None)
        for field in model._meta.concrete_fields
    ]


def _row(model: type[Chained]) -> str:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {', '.join(['%s'] * len(fields))} FROM ready"


def _one(sql: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, values)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def _normalise(row: Chained) -> None:
    for name in row.SEALED:
        value = getattr(row, name)
        if isinstance(value, (dict, list)):
            setattr(row, name, _plain_numbers(value))


def _plain_numbers(value: Any) -> Any:
    """PostgreSQL gives 1e22 back as a whole number and json reads it as int, so it is stored as int at once."""
    if isinstance(value, dict):
        return {key: _plain_numbers(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain_numbers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _plain(value: Any) -> Any:
    """What `encode` writes for a type that JSON doesn't know. Decimals aren't taken: 1.5 and 1.50 would differ."""
    if isinstance(value, datetime):
        return (value - _EPOCH) // _MICROSECOND
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if isinstance(value, Text):
        return value.model_dump()
    if isinstance(value, (date, UUID)):
        return str(value)
    raise TypeError(f"{type(value).__name__} can't be sealed")


_json = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain
).encode


def encode(content: Sequence[Any]) -> bytes:
    """The one spelling of a row's content that seals are made over; unambiguous, since it is JSON."""
    return _json(list(content)).encode()


@cache
def _keyed(purpose: bytes) -> blake2b:
    """A keyed hash to copy from, different for each purpose; copying saves hashing the key for every row."""
    key = bytes.fromhex(secret(settings.HOME, "ledger"))
    return blake2b(key=key, digest_size=MAC_BYTES, person=purpose)


_remembered: WeakKeyDictionary[Any, dict[str, Head]] = WeakKeyDictionary()
