"""Moving open cases to a newer version of their programme: looked at first, then done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from heitu.engines.lifecycle import clocks, queries
from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.models import Case, DefinitionVersion
from heitu.engines.lifecycle.pins import programme_in
from heitu.ground.audit.actions import record
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person


@dataclass(frozen=True)
class Migrating:
    """What happens to one case; `why` says why it stays under its old version, None when it goes."""

    case: int
    state: str
    from_digest: str
    due_before: datetime | None
    due_after: datetime | None
    why: Text | None


@transaction.atomic
def migrate_cases(*, programme: str, by: Person | None, now: datetime, dry_run: bool = True) -> list[Migrating]:
    """Move every open case of `programme` (its slug) to the current version; with `dry_run` only say what would happen.

    A case goes when the new version has its machine and state, and stays where it is. Its deadline is counted anew
    from entering the state, unless it was postponed to a later date. One audit row for all.
    Raises Refused `programme_unknown`.
    """
    version = queries.current_version(programme)
    target = programme_in(version)
    plan = []
    for case in _behind(version):
        entry = _plan(case, target)
        plan.append(entry)
        if entry.why is None and not dry_run:
            case.definition = version
            clocks.set_due(case, target, entry.due_after, after=now)
            case.save(update_fields=["definition", "due_at", "remind_at"])
    gone = [entry.case for entry in plan if entry.why is None]
    if gone and not dry_run:
        detail = {"cases": gone, "digest": version.digest}
        record(action="lifecycle.migrate", by=by, now=now, subject=version, detail=detail)
    return plan


def _behind(version: DefinitionVersion) -> QuerySet[Case]:
    """Open cases under another version of the same programme, locked in the order of their ids."""
    cases = Case.objects.filter(definition__programme=version.programme, closed_at__isnull=True)
    others = cases.exclude(definition=version).select_related("definition").defer("definition__body")
    return others.select_for_update(of=("self",)).order_by("pk")


def _plan(case: Case, target: Programme) -> Migrating:
    machine = target.machines.get(case.machine)  # type: ignore[call-overload]
    why = None
    due_after = case.due_at
    if machine is None or case.state not in machine.states:
        why = Text(zh=f"新版本没有状态“{case.state}”", en=f"the new version has no state “{case.state}”")
    else:
        due_after = _due_after(case, target)
        if machine.states[case.state].step == "close":
            why = Text(zh=f"新版本中“{case.state}”是结束状态", en=f"“{case.state}” is an end in the new version")
    return Migrating(case.pk, case.state, case.definition.digest, case.due_at, due_after, why)


def _due_after(case: Case, target: Programme) -> datetime | None:
    """Counted anew; a date that somebody put off is kept where it is later."""
    counted = clocks.due(case, target)
    postponed = case.due_at is not None and case.due_at != clocks.due(case, programme_in(case.definition))
    return max(counted, case.due_at) if counted and case.due_at and postponed else counted
