"""Write down who did what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models

from heitu.ground.audit import chain
from heitu.ground.audit.models import AuditEntry
from heitu.ground.people.models import Person

AT_ONCE = 32  # rows; each number of them is a statement of its own, planned once


def record(
    *, action: str, by: Person | None, now: datetime, subject: models.Model | str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one sealed entry in the caller's transaction.

    `action` is a stable name (`calls.published`), `subject` what it was done to, `detail` plain JSON.
    """
    chain.append(entry(action=action, by=by, now=now, subject=subject, detail=detail))


def record_all(entries: Sequence[AuditEntry]) -> None:
    """Add what `entry` made, in their order, a few dozen in a statement."""
    for start in range(0, len(entries), AT_ONCE):
        chain.append(*entries[start : start + AT_ONCE])


def entry(
    *, action: str, by: Person | None, now: datetime, subject: models.Model | str,
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """The entry that `record` adds, for `chain.append` to write together with the row that it is about."""
    name = subject if isinstance(subject, str) else name_of(subject)
    return AuditEntry(action=action, actor=by, subject=name, detail=dict(detail or {}), at=now)


def name_of(subject: models.Model) -> str:
    """How an entry names a row: `calls.call:12`."""
    return f"{subject._meta.label_lower}:{subject.pk}"
