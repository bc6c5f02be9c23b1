"""Whose version is judged next: teams take turns, so that who hands in many versions holds up nobody else.

Start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996) with work of one size: a version gets its turn when it is
handed in, and lower turns are judged first. None can be overtaken for ever, since every further version of a team has a
higher turn than its last.
"""

from __future__ import annotations

from django.db.models import Max, Min, Q

from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.models import Deliverable

LAST = -(10**9)  # a job's priority: after everything that teams wait for


def next_turn(*, served: int | None, first: int | None, begun: int | None, own: int | None) -> int:
    """The turn of a version that is handed in now: one after its team's last, and none that is over.

    Of the queue: the turns `served` now (the highest) and `first` to come; `begun`, the highest that ever was, in any queue,
    after which an empty one starts afresh; `own`, the team's last in this queue. None where there is none.
    """
    afresh = None if begun is None else begun + 1
    reached = next((turn for turn in (served, first, afresh) if turn is not None), 0)
    return reached if own is None else max(reached, own + 1)


def turn_of(deliverable: Deliverable) -> int:
    """That of a version which is about to be queued. Three queries."""
    same = Deliverable.objects.filter(toolchain=deliverable.toolchain)
    at_work = same.filter(judging__in=[JudgingStatus.QUEUED, JudgingStatus.RUNNING]).exclude(pk=deliverable.pk)
    reached = at_work.aggregate(
        served=Max("turn", filter=Q(judging=JudgingStatus.RUNNING)), first=Min("turn", filter=Q(judging=JudgingStatus.QUEUED)),
    )
    begun = Deliverable.objects.exclude(judging=JudgingStatus.QUEUED).order_by("-turn").values_list("turn", flat=True).first()
    mine = same.filter(application__team=deliverable.application.team_id).exclude(pk=deliverable.pk)
    return next_turn(**reached, begun=begun, own=mine.aggregate(own=Max("turn"))["own"])


def priority_of(deliverable: Deliverable) -> int:
    """Of its job: the queue hands out the highest first, and of equal ones the earliest."""
    return -deliverable.turn
