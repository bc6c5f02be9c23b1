"""Compute for teaching labs: granted to a team, moved into a class, filled into students' vouchers, in whole minutes.

Every step is a transfer of the commodity VOUCHER_MIN: source → compute:<award> → offering:<pk> → enrolment:<pk> → used.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from heitu.engines.ledger import actions as ledger
from heitu.engines.ledger import queries as balances
from heitu.engines.ledger.models import Account, Transfer
from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.kinds.courses.models import ComputeAward, Enrolment, Offering
from heitu.kinds.courses.queries.classes import minutes_in
from heitu.stages.applications.models import Application

COMMODITY = "VOUCHER_MIN"  # minutes of one core, whole
SOURCE, USED = "source:lab-compute", "used:lab-compute"


@atomic
def grant(*, application: Application, minutes: int, by: Person | None, now: datetime) -> ComputeAward:
    """Raises Refused `over_asked` above what the application asked for."""
    asked = int(application.answers["students"]) * int(application.answers["minutes_each"])
    if minutes > asked:
        raise refuse(
            "over_asked", f"只申请了 {asked} 分钟。", f"Only {asked} minutes were asked for.", field="minutes", limit=asked
        )
    award = ComputeAward.objects.create(application=application, minutes=minutes, granted_at=now)
    ledger.transfer(
        debit=_source(), credit=award_account(award), amount=minutes, by=by, now=now, key=f"compute:{award.pk}:grant",
        reason="grant", source=award.account_code,
    )
    record(action="compute.granted", by=by, now=now, subject=award, detail={"minutes": minutes})
    return award


@atomic
def draw(*, offering: Offering, award: ComputeAward, minutes: int, by: Person, now: datetime, key: str) -> Transfer:
    """Move minutes of the team's award into the class's purse. Raises Refused `insufficient`, `other_institution`."""
    if award.application.team.institution_id != offering.institution_id:
        raise refuse(
            "other_institution", "这份算力属于另一所院校。", "This compute belongs to another institution.", field="award"
        )
    transfer = ledger.transfer(
        debit=award_account(award), credit=purse_of(offering), amount=minutes, by=by, now=now,
        key=f"offering:{offering.pk}:draw:{key}", reason="class", source=offering.account_code,
    )
    if offering.compute_id != award.pk:
        offering.compute = award
        offering.save(update_fields=["compute"])
    record(action="offering.compute_drawn", by=by, now=now, subject=offering, detail={"minutes": minutes})
    return transfer


@atomic
def set_rule(*, offering: Offering, minutes: int, days: int, by: Person, now: datetime) -> int:
    """Fill every student's voucher up to `minutes` now, and again every `days` days (0: only now and on joining).

    Returns how many vouchers were filled. Raises Refused `insufficient` when the purse can't; nothing is changed then.
    """
    before = {"minutes": offering.voucher_minutes, "days": offering.refill_days}
    offering.voucher_minutes, offering.refill_days = minutes, days
    offering.save(update_fields=["voucher_minutes", "refill_days"])
    detail = {"before": before, "minutes": minutes, "days": days}
    record(action="offering.voucher_rule", by=by, now=now, subject=offering, detail=detail)
    return refill(offering=offering, by=by, now=now)


@atomic
def refill(*, offering: Offering, by: Person | None, now: datetime) -> int:
    """Fill every present student's voucher up by the class's rule: all or, when the purse is too small, none.

    Raises Refused `insufficient`. Run again at the same moment it fills nothing twice: a full voucher needs nothing.
    """
    Offering.objects.select_for_update().get(pk=offering.pk)
    enrolments = list(offering.enrolments.filter(left_at__isnull=True).select_related("person"))
    filled = _fill(offering, enrolments, by=by, now=now)
    offering.refilled_at = now
    offering.save(update_fields=["refilled_at"])
    return filled


def refill_due(*, now: datetime) -> int:
    """Refill the classes under way whose time has come; one whose purse is empty is skipped. Returns how many vouchers."""
    under_way = Offering.objects.filter(
        voucher_minutes__gt=0, refill_days__gt=0, refilled_at__isnull=False, starts_on__lte=now.date(), ends_on__gte=now.date()
    )
    due = [each for each in under_way if each.refilled_at and each.refilled_at + timedelta(days=each.refill_days) <= now]
    return sum(refill(offering=each, by=None, now=now) for each in due if _can_fill(each))


@atomic
def welcome(*, offering: Offering, enrolments: Sequence[Enrolment], by: Person | None, now: datetime) -> int:
    """Fill the vouchers of students who have just joined, as far as the purse goes; how many were filled."""
    if not offering.voucher_minutes:
        return 0
    room = balances.balance(purse_of(offering)).available // offering.voucher_minutes
    return _fill(offering, enrolments[:room], by=by, now=now)


def _fill(offering: Offering, enrolments: Sequence[Enrolment], *, by: Person | None, now: datetime) -> int:
    purse, postings = purse_of(offering), []
    held = minutes_in([each.account_code for each in enrolments])
    for enrolment in enrolments:
        missing = offering.voucher_minutes - held.get(enrolment.account_code, 0)
        if missing > 0:
            key = f"enrolment:{enrolment.pk}:fill:{now.isoformat()}"
            account = voucher_of(enrolment)
            postings.append(ledger.Posting(debit=purse, credit=account, amount=missing, key=key, reason="voucher"))
    if postings:
        ledger.post_batch(postings, by=by, now=now)
        record(action="offering.vouchers_filled", by=by, now=now, subject=offering, detail={"vouchers": len(postings)})
    return len(postings)


def _can_fill(offering: Offering) -> bool:
    codes = [each.account_code for each in offering.enrolments.filter(left_at__isnull=True)]
    held = minutes_in(codes)
    needed = sum(max(offering.voucher_minutes - held.get(code, 0), 0) for code in codes)
    return balances.balance(purse_of(offering)).available >= needed


@atomic
def charge(*, enrolment: Enrolment, minutes: int, reason: str, by: Person | None, now: datetime, key: str) -> Transfer:
    """Take minutes off a student's voucher for a graded run. Raises Refused `insufficient`; safe to repeat by `key`."""
    return ledger.transfer(
        debit=voucher_of(enrolment), credit=_used(), amount=minutes, by=by, now=now,
        key=_run(enrolment, key), reason=reason, source=enrolment.account_code,
    )


@atomic
def give_back(*, enrolment: Enrolment, lab: str, by: Person | None, now: datetime, key: str) -> Transfer | None:
    """Reverse what `charge` took by this key: the run could not be graded. None where it took nothing."""
    paid = Transfer.objects.filter(idempotency_key=_run(enrolment, key)).first()
    if paid is None:
        return None
    back = ledger.reverse(transfer=paid, by=by, now=now, key=f"{_run(enrolment, key)}:back", reason="not graded")
    detail = {"minutes": paid.amount, "lab": lab, "enrolment": enrolment.pk}
    record(action="enrolment.compute_given_back", by=by, now=now, subject=enrolment.offering, detail=detail)
    return back


def _run(enrolment: Enrolment, key: str) -> str:
    return f"enrolment:{enrolment.pk}:run:{key}"


def award_account(award: ComputeAward) -> Account:
    return _account(award.account_code, "project", Text(zh=f"教学算力 {award.pk}", en=f"Lab compute {award.pk}"))


def purse_of(offering: Offering) -> Account:
    return _account(offering.account_code, "pot", Text(zh=f"课程班 {offering.pk}", en=f"Class {offering.pk}"))


def voucher_of(enrolment: Enrolment) -> Account:
    return _account(enrolment.account_code, "payee", Text(zh=f"算力券 {enrolment.pk}", en=f"Voucher {enrolment.pk}"))


def _source() -> Account:
    return _account(SOURCE, "source", Text(zh="教学算力来源", en="Source of lab compute"), may_overdraw=True)


def _used() -> Account:
    return _account(USED, "void", Text(zh="已用教学算力", en="Lab compute used"))


def _account(code: str, kind: str, title: Text, *, may_overdraw: bool = False) -> Account:
    return ledger.ensure_account(commodity=COMMODITY, code=code, title=title, kind=kind, may_overdraw=may_overdraw)
