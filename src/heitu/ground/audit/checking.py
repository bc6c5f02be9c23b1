"""Follow the chains from the first row to the last and name the first row that isn't as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction

from heitu.ground.audit.chain import SHARDS, Head, place, row_id, seal_head, seal_row
from heitu.ground.audit.models import Chained, ChainHead
from heitu.ground.core.text import Text

_CHUNK = 5000
_MICROSECONDS = "(extract(epoch FROM %(expressions)s) * 1000000)::bigint"

Mark = tuple[int, str]
"""A shard's length and its last MAC in hex, as a clean check found them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`row` names where: `ledger_transfer:1217`. `code` is stable, `message` says what is wrong."""

    code: str
    row: str
    message: Text


@dataclass(frozen=True, slots=True)
class Chain:
    """A stream that was followed: how many rows it has and where each shard ends."""

    stream: str
    rows: int
    ends: Mapping[int, Mark]
    fault: Fault | None


@contextmanager
def snapshot() -> Iterator[None]:
    """One unchanging view of the database, so that whoever goes on working isn't taken for a forger."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def check_chain(model: type[Chained], marks: Mapping[int, Mark] | None = None) -> Chain:
    """Check every seal, link and head of a chained table, and that it still has what `marks` remember."""
    stream = model._meta.db_table
    heads = _heads(stream)
    fault = _fault_in_heads(stream, heads)
    if fault:
        return Chain(stream, 0, {}, fault)
    walk = _Walk(stream, marks or {})
    for id, mac, *values in _rows(model):
        fault = walk.step(id, bytes(mac), values)
        if fault:
            return Chain(stream, walk.rows, {}, fault)
    return Chain(stream, walk.rows, walk.ends(), walk.fault_at_end(heads))


class _Walk:
    """Where each shard has come to while the rows pass by in ascending id."""

    def __init__(self, stream: str, marks: Mapping[int, Mark]) -> None:
        self.stream, self.marks, self.rows = stream, marks, 0
        self.numbers, self.tips = [0] * SHARDS, [b""] * SHARDS

    def step(self, id: int, mac: bytes, values: list[Any]) -> Fault | None:
        shard, number = place(id)
        if number != self.numbers[shard] + 1:
            return self._missing(row_id(shard, self.numbers[shard] + 1))
        if seal_row(self.stream, id, values, self.tips[shard]) != mac:
            return _fault(
                "row_changed", self.stream, id, "这一行被改动过或是伪造的。", "This row was changed or forged."
            )
        self.numbers[shard], self.tips[shard] = number, mac
        self.rows += 1
        if shard in self.marks and self.marks[shard][0] == number and self.marks[shard][1] != mac.hex():
            return _fault(
                "row_replaced", self.stream, id, "这一行与上次核对时不同。", "This row isn't the one of the last check."
            )
        return None

    def fault_at_end(self, heads: Mapping[int, Head]) -> Fault | None:
        for shard, head in heads.items():
            longest = max(head.number, self.marks.get(shard, (0, ""))[0])
            if self.numbers[shard] < longest:
                return self._missing(row_id(shard, self.numbers[shard] + 1))
            if (self.numbers[shard], self.tips[shard]) != (head.number, head.tip):
                return _fault(
                    "head_behind", self.stream, row_id(shard, self.numbers[shard]),
                    "链首没有记到这一行。", "The chain's head doesn't know this row.",
                )
        return None

    def ends(self) -> dict[int, Mark]:
        return {shard: (number, self.tips[shard].hex()) for shard, number in enumerate(self.numbers) if number}

    def _missing(self, id: int) -> Fault:
        return _fault("row_missing", self.stream, id, "这一行不见了。", "This row is missing.")


def read_marks(folder: Path, stream: str) -> dict[int, Mark]:
    """What the last clean check of the stream wrote under HEITU_HOME; empty before the first."""
    path = folder / "marks" / f"{stream}.json"
    if not path.exists():
        return {}
    return {int(shard): (number, tip) for shard, (number, tip) in json.loads(path.read_text()).items()}


def write_marks(folder: Path, chain: Chain) -> None:
    path = folder / "marks" / f"{chain.stream}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(chain.ends))
    fresh.replace(path)


def _rows(model: type[Chained]) -> Iterator[tuple[Any, ...]]:
    """Moments come as the whole microseconds that seals are made over: parsing a million dates takes seconds."""
    whole = {
        f"{field.attname}_us": models.Func(field.attname, template=_MICROSECONDS, output_field=models.BigIntegerField())
        for field in model._meta.concrete_fields if isinstance(field, models.DateTimeField)
    }
    fields = [f"{name}_us" if f"{name}_us" in whole else name for name in model.SEALED]
    rows = model._default_manager.annotate(**whole).order_by("id").values_list("id", "mac", *fields)
    return rows.iterator(chunk_size=_CHUNK)


def _heads(stream: str) -> dict[int, Head]:
    rows = ChainHead.objects.filter(stream=stream).order_by("shard")
    return {row.shard: Head(row.pk, stream, row.shard, row.number, bytes(row.tip)) for row in rows}


def _fault_in_heads(stream: str, heads: Mapping[int, Head]) -> Fault | None:
    seals = dict(ChainHead.objects.filter(stream=stream).values_list("shard", "seal"))
    for shard in range(SHARDS):
        if shard not in heads or seal_head(heads[shard]) != bytes(seals[shard]):
            return Fault(
                "head_changed", f"audit_chainhead:{stream}/{shard}",
                Text(zh="链首被改动、伪造或删除。", en="This head of the chain was changed, forged or deleted."),
            )
    return None


def _fault(code: str, stream: str, id: int, zh: str, en: str) -> Fault:
    return Fault(code, f"{stream}:{id}", Text(zh=zh, en=en))
