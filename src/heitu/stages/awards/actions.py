"""Offering, funding and taking back an award."""

from __future__ import annotations

from datetime import datetime

from heitu.engines.ledger import actions as ledger
from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.awards.models import Award
from heitu.stages.awards.queries import account_of, live
from heitu.stages.calls.models import Call
from heitu.stages.calls.queries import pot_of


@atomic
def offer(*, application: Application, by: Person | None, now: datetime) -> Award:
    """Offer the call's prize to the application's team; an earlier offer that lapsed is made anew.

    Raises Refused `no_seat`: of two officers who give the last seat away at once, the second learns of it here.
    """
    call = Call.objects.select_for_update(of=("self",)).get(pk=application.call_id)
    if live(call).exclude(application=application).count() >= call.seats:
        raise refuse("no_seat", f"{call.seats} 个名额已满。", f"All {call.seats} seats are taken.")
    award, _ = Award.objects.update_or_create(
        application=application,
        defaults={"amount": application.call.prize, "offered_at": now, "accepted_at": None, "ended_at": None},
    )
    award.application = application  # on both sides: whoever asks the application sees this offer, not an earlier one
    record(action="award.offered", by=by, now=now, subject=award, detail={"fen": award.amount})
    return award


@atomic
def fund(*, award: Award, by: Person | None, now: datetime) -> None:
    """The team accepts: the money moves from the call's pot to the project's account."""
    if award.ended_at is not None:
        raise refuse("award_ended", "该立项已经失效。", "This award is no longer on offer.")
    award.accepted_at = now
    award.save(update_fields=["accepted_at"])
    ledger.transfer(
        debit=pot_of(award.application.call), credit=account_of(award), amount=award.amount, by=by, now=now,
        key=f"award:{award.pk}:fund:{award.offered_at.isoformat()}", reason="award", source=f"award:{award.pk}",
    )
    record(action="award.funded", by=by, now=now, subject=award, detail={"fen": award.amount})


@atomic
def cancel(*, award: Award, by: Person | None, now: datetime) -> None:
    """An offer that was turned down or lapsed: the seat is free again, no money has moved."""
    award.ended_at = now
    award.save(update_fields=["ended_at"])
    record(action="award.cancelled", by=by, now=now, subject=award)
