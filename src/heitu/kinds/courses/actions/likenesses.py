"""Asking which notebooks of a class look alike. No mark changes by it."""

from __future__ import annotations

from datetime import datetime, timedelta

from heitu.ground.audit.actions import record
from heitu.ground.core.queue import job
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.kinds.courses.models import Comparison, Offering
from heitu.kinds.courses.queries import likenesses

LOST_AFTER = timedelta(minutes=10)


@atomic
def ask(*, offering: Offering, lab: str, by: Person, now: datetime) -> Comparison:
    """Queue a comparison of everybody's last notebook; one that still waits is answered instead of another, and queued
    again where it has waited so long that its job must have been lost."""
    Offering.objects.select_for_update().get(pk=offering.pk)
    waiting = Comparison.objects.filter(offering=offering, lab=lab, done_at__isnull=True).first()
    if waiting is not None:
        return _asked_again(waiting, now)
    made = Comparison.objects.create(offering=offering, lab=lab, by=by, at=now)
    job("courses.compare_notebooks").defer(comparison_id=made.pk)
    record(action="lab.compared", by=by, now=now, subject=made, detail={"lab": lab})
    return made


def _asked_again(waiting: Comparison, now: datetime) -> Comparison:
    if now - waiting.at > LOST_AFTER:
        waiting.at = now
        waiting.save(update_fields=["at"])
        job("courses.compare_notebooks").defer(comparison_id=waiting.pk)
    return waiting


def compare(comparison: Comparison, now: datetime) -> Comparison:
    """Write down what is alike. Safe to run twice."""
    found, count, newest = likenesses.compared(comparison.offering, comparison.lab)
    comparison.pairs, comparison.compared, comparison.newest, comparison.done_at = found, count, newest, now
    comparison.save(update_fields=["pairs", "compared", "newest", "done_at"])
    return comparison
