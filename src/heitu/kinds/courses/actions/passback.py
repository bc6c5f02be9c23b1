"""Marks go back to the learning platforms from which a lab is opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from heitu.ground.core.queue import job
from heitu.ground.lti.actions.scores import give
from heitu.ground.lti.models import Account, Link
from heitu.kinds.courses.models import Grade, LmsLab

AT_ONCE = 20  # marks; more go by a job of their own, so that a whole class keeps no page waiting


def pass_back(*, grades: Sequence[Grade], now: datetime) -> None:
    """In the transaction that changed these marks of one item: queued for every link that opens its lab, if any does."""
    item = grades[0].item
    bound = LmsLab.objects.filter(offering=item.offering_id, lab=item.lab) if item.lab else LmsLab.objects.none()
    if len(grades) > AT_ONCE and bound.exists():
        job("courses.pass_back").defer(grades=[each.pk for each in grades])
    elif len(grades) <= AT_ONCE:
        for each in bound.select_related("link__context__deployment"):
            for grade in grades:
                _give(each.link, grade, now)


def catch_up(*, link: Link, account: Account, now: datetime) -> None:
    """The mark that somebody who opens a link had before the link was there."""
    bound = LmsLab.objects.filter(link=link).exclude(lab="").first()
    if bound is None:
        return
    held = Grade.objects.filter(
        enrolment__offering=bound.offering_id, enrolment__person=account.person_id, item__lab=bound.lab, points__isnull=False
    )
    for grade in held.select_related("item"):
        give(link=link, account=account, given=grade.points, maximum=grade.item.maximum, now=now)


def _give(link: Link, grade: Grade, now: datetime) -> None:
    platform, person = link.context.deployment.platform_id, grade.enrolment.person_id
    account = Account.objects.filter(platform=platform, person=person).order_by("-pk").first()
    if account is not None:
        give(link=link, account=account, given=grade.points, maximum=grade.item.maximum, now=now)
