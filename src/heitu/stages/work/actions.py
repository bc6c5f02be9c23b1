"""Starting, extending and ending the paid work under an award."""

from __future__ import annotations

from datetime import datetime, timedelta

from heitu.engines.ledger import actions as ledger
from heitu.engines.ledger import queries as balances
from heitu.engines.lifecycle.actions import postpone
from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.models import Case
from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.awards.models import Award
from heitu.stages.awards.queries import account_of, payee_of
from heitu.stages.calls.queries import pot_of
from heitu.stages.work.enums import MilestoneStatus
from heitu.stages.work.models import Extension, Milestone, Note
from heitu.stages.work.queries import open_extension, open_milestone, share_of

MOST_EXTENSION_DAYS = 60
LONGEST_NOTE = 4000
SENT_TWICE_WITHIN = timedelta(minutes=1)


@atomic
def start_milestone(
    *, award: Award, programme: Programme, state: str, by: Person | None, now: datetime
) -> Milestone:
    """Reserve a milestone's share of the award for the team."""
    amount = share_of(award.amount, programme=programme, state=state)
    hold = ledger.hold(
        debit=account_of(award), credit=payee_of(award.application.team), amount=amount, by=by, now=now,
        key=f"award:{award.pk}:hold:{state}:{award.milestones.count()}", reason="milestone",
        source=f"award:{award.pk}",
    )
    milestone = Milestone.objects.create(
        award=award, state=state, title=programme.machines["case"].states[state].title, amount=amount,
        hold=hold, started_at=now,
    )
    record(action="milestone.started", by=by, now=now, subject=milestone, detail={"fen": amount})
    return milestone


@atomic
def end_award(*, award: Award, by: Person | None, now: datetime) -> None:
    """Release what is still held and return what the project didn't earn to the call's pot."""
    milestone = open_milestone(award.application)
    if milestone is not None:
        _release(milestone, by=by, now=now)
    account = account_of(award)
    rest = balances.as_read(account).available
    if rest:
        ledger.transfer(
            debit=account, credit=pot_of(award.application.call), amount=rest, by=by, now=now,
            key=f"award:{award.pk}:return:{now.isoformat()}", reason="award returned", source=f"award:{award.pk}",
        )
    award.ended_at = now
    award.save(update_fields=["ended_at"])
    record(action="award.ended", by=by, now=now, subject=award, detail={"returned": rest})


def _release(milestone: Milestone, *, by: Person | None, now: datetime) -> None:
    ledger.release_hold(
        hold=milestone.hold, by=by, now=now, key=f"milestone:{milestone.pk}:release", reason="milestone released"
    )
    milestone.status = MilestoneStatus.RELEASED
    milestone.ended_at = now
    milestone.save(update_fields=["status", "ended_at"])


@atomic
def ask_extension(*, application: Application, days: int, reason: str, by: Person, now: datetime) -> Extension:
    """Ask for more time on the current step.

    Raises Refused `extension_days` unless 1 ≤ days ≤ 60.
    """
    if not 1 <= days <= MOST_EXTENSION_DAYS:
        raise refuse(
            "extension_days", f"延期须在 1 到 {MOST_EXTENSION_DAYS} 天之间。",
            f"An extension is 1 to {MOST_EXTENSION_DAYS} days.", field="days", limit=MOST_EXTENSION_DAYS,
        )
    extension = Extension.objects.create(
        application=application, asked_by=by, days=days, reason=reason, asked_at=now
    )
    record(action="extension.asked", by=by, now=now, subject=extension, detail={"days": days})
    return extension


@atomic
def answer_extension(
    *, application: Application, granted: bool, days: int | None = None, by: Person | None, now: datetime
) -> Extension | None:
    """Close the open request, if there is one; granting moves the case's deadline, by `days` where these are named."""
    extension = open_extension(application)
    if extension is None:
        return None
    extension.granted, extension.answered_by, extension.answered_at = granted, by, now
    extension.save(update_fields=["granted", "answered_by", "answered_at"])
    if granted:
        extend(case=application.case, days=extension.days if days is None else days, by=by, now=now)
    record(action="extension.answered", by=by, now=now, subject=extension, detail={"granted": granted})
    return extension


def extend(*, case: Case, days: int, by: Person | None, now: datetime) -> None:
    """Move the case's deadline by `days`, counted from the later of the old deadline and now."""
    due_at = max(case.due_at or now, now) + timedelta(days=days)
    postpone(case=case, due_at=due_at, by=by, now=now, reason=f"+{days}d")


@atomic
def add_note(*, application: Application, text: str, by: Person, now: datetime) -> Note:
    """Write a line in the work log. Raises Refused `note_empty` or `note_too_long`.

    The author's own last line once more within a minute is a form that was sent twice, and stays one line.
    """
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise refuse("note_empty", "请写点内容。", "Write something first.", field="text")
    if len(text) > LONGEST_NOTE:
        raise refuse(
            "note_too_long", f"一条记录至多 {LONGEST_NOTE} 字。", f"A note has at most {LONGEST_NOTE} characters.",
            field="text", limit=LONGEST_NOTE,
        )
    Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    last = Note.objects.filter(application=application, author=by).order_by("-at", "-pk").first()
    if last is not None and last.text == text and now - last.at < SENT_TWICE_WITHIN:
        return last
    note = Note.objects.create(application=application, author=by, text=text, at=now)
    record(action="note.added", by=by, now=now, subject=note)
    return note
