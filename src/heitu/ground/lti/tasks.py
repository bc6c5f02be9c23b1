"""What the queue and the clock do: send scores, change keys, forget old launches."""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from heitu.ground.core import clock
from heitu.ground.lti import ourkeys
from heitu.ground.lti.actions import scores
from heitu.ground.lti.actions.launches import MINUTES
from heitu.ground.lti.enums import Sending
from heitu.ground.lti.models import Attempt, Launch, Score

KEEP_ATTEMPTS, KEEP_CLAIMS, KEEP_LAUNCHES = 3 * MINUTES, timedelta(days=1), timedelta(days=30)


@app.task(queue="lti")
def send_score(score: int) -> str:
    """One try to send the score, if it still waits; the clock sees to the next."""
    waiting = Score.objects.select_related("account", "link__context__deployment__platform")
    found = waiting.filter(pk=score, state=Sending.WAITING).first()
    return scores.deliver(score=found, now=clock.now()).value if found else ""


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="lti.send_due", queue="lti")
def send_due(timestamp: int) -> int:
    """Queue every score whose time for another try has come; returns how many."""
    found = list(scores.due(clock.now())[:scores.MOST_AT_ONCE])
    for score in found:
        scores.queue(score)
    return len(found)


@app.periodic(cron="20 3 * * *")
@app.task(queueing_lock="lti.tidy", queue="lti")
def tidy(timestamp: int) -> None:
    """A new key where it is time; launches of long ago are forgotten, what they said of a person after a day."""
    now = clock.now()
    for platform in ourkeys.due(now):
        ourkeys.rotate(platform=platform, now=now)
    Launch.objects.filter(at__lt=now - KEEP_LAUNCHES).delete()
    Launch.objects.filter(at__lt=now - KEEP_CLAIMS, claims__isnull=False).update(claims=None)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="lti.sweep", queue="lti")
def sweep(timestamp: int) -> int:
    """Launches that nobody can come back with any more; returns how many. Anybody can begin one."""
    return Attempt.objects.filter(at__lt=clock.now() - KEEP_ATTEMPTS).delete()[0]
