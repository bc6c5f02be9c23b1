"""Scores on their way to a platform: the latest of each person for each link, sent until it has arrived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from procrastinate.exceptions import AlreadyEnqueued

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import Refused
from heitu.ground.core.queue import job
from heitu.ground.core.transactions import atomic
from heitu.ground.lti.enums import Sending
from heitu.ground.lti.models import Account, Link, Score
from heitu.ground.lti.services import post_score
from heitu.ground.lti.unanswered import Unanswered
from heitu.ground.people.models import Person

SEND = "heitu.ground.lti.tasks.send_score"
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
MOST_TRIES = 64
MOST_AT_ONCE = 500
TICK = timedelta(milliseconds=1)
CONFLICT = 409  # AGS 2.0, 3.4.9: the platform has a score with a later timestamp


@atomic
def give(*, link: Link, account: Account, given: Decimal | None, maximum: Decimal, now: datetime) -> Score | None:
    """Have this score arrive at the platform; None where that is what it had been told, or nothing to take away."""
    held = Score.objects.select_for_update().filter(link=link, account=account).first()
    if _is_told(held, given, maximum):
        return None
    at = now if held is None else max(now, held.at + TICK)
    fresh = {"given": given, "maximum": maximum, "at": at, "state": Sending.WAITING, "tries": 0, "next_try_at": now, "problem": None}
    score, _ = Score.objects.update_or_create(link=link, account=account, defaults=fresh)
    queue(score)
    return score


def _is_told(held: Score | None, given: Decimal | None, maximum: Decimal) -> bool:
    if held is None:
        return given is None
    return held.state != Sending.REFUSED and (held.given, held.maximum) == (given, maximum)


@atomic
def again(*, scores: Iterable[Score], by: Person, now: datetime) -> int:
    """Try soon what waits or was refused, the first hundreds at once; how many."""
    chosen = [each for each in scores if each.state != Sending.SENT]
    Score.objects.filter(pk__in=[each.pk for each in chosen]).update(state=Sending.WAITING, tries=0, next_try_at=now)
    for score in chosen[:MOST_AT_ONCE]:
        queue(score)
    for link, count in Counter(each.link_id for each in chosen).items():
        record(action="lti.scores_again", by=by, now=now, subject=Link(pk=link), detail={"count": count})
    return len(chosen)


@atomic
def drop(*, links: QuerySet[Link]) -> None:
    """Nothing is sent for these links any more; what has arrived stays."""
    Score.objects.filter(link__in=links).exclude(state=Sending.SENT).delete()


def queue(score: Score) -> None:
    """Once, however often it is asked for before its turn comes; those of one link are sent one after another."""
    locks = {"lock": f"lti:{score.link_id}", "queueing_lock": f"lti:{score.pk}"}
    with suppress(AlreadyEnqueued), transaction.atomic():
        job(SEND, queue="lti", **locks).defer(score=score.pk)


def due(now: datetime) -> QuerySet[Score]:
    return Score.objects.filter(state=Sending.WAITING, next_try_at__lte=now)


def deliver(*, score: Score, now: datetime) -> Sending:
    """One try. Whoever changed the score meanwhile has queued it anew; the same again does no harm, for its timestamp."""
    try:
        _sent(score, now)
    except Refused as refused:
        return _failed(score, refused, now)
    _changed(score, state=Sending.SENT, sent_at=now, problem=None, tries=score.tries + 1)
    return Sending.SENT


def _sent(score: Score, now: datetime) -> None:
    """Again with a timestamp of this moment where the platform says that it has a later one: ours is the latest there is."""
    try:
        post_score(score, now)
    except Unanswered as error:
        if error.status != CONFLICT:
            raise
        later = max(now, score.at + TICK)
        _changed(score, at=later)
        score.at = later
        post_score(score, now)


def _failed(score: Score, refused: Refused, now: datetime) -> Sending:
    """Later again where that may help, for about two weeks; else it waits for somebody to look."""
    tries, passes = score.tries + 1, isinstance(refused, Unanswered) and refused.passes
    state = Sending.WAITING if passes and tries < MOST_TRIES else Sending.REFUSED
    wait = min(FIRST_WAIT * 2 ** min(tries - 1, 12), LONGEST_WAIT)
    problem = {"code": refused.code, **refused.message.model_dump()}
    _changed(score, state=state, tries=tries, next_try_at=now + wait, problem=problem)
    return state


def _changed(score: Score, **fields: object) -> None:
    """Only while it is the score that was read."""
    Score.objects.filter(pk=score.pk, at=score.at).update(**fields)
