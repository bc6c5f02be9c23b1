"""Calls: found, filtered, counted, and whether they can be claimed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from heitu.engines.lifecycle.enums import MachineName
from heitu.engines.lifecycle.models import Case
from heitu.engines.lifecycle.pins import programme_of
from heitu.ground.core.prepared import prepared
from heitu.ground.core.text import Text
from heitu.ground.people.models import Institution, Person
from heitu.stages.calls.models import Call

SORTS = {
    "closing": (F("closes_at").asc(), "pk"),
    "newest": (F("announced_at").desc(nulls_first=True), "-pk"),
    "prize": (F("prize").desc(), "pk"),
    "number": (F("number").asc(), "pk"),
}


@dataclass(frozen=True)
class Listing:
    """What a reader asks of the list; empty words ask nothing."""

    search: str = ""
    programme: str = ""
    state: str = ""
    kind: str = ""
    skill: str = ""
    institution: str = ""
    sort: str = ""
    mine: Person | None = None


def listed(calls: QuerySet[Call], asked: Listing) -> QuerySet[Call]:
    """`calls` narrowed and sorted as asked."""
    for column, value in (
        ("programme", asked.programme), ("case__state", asked.state), ("kind", asked.kind),
        ("institution__slug", asked.institution), ("owner", asked.mine),
    ):
        if value:
            calls = calls.filter(**{column: value})
    if asked.skill:
        calls = calls.filter(skills__contains=[asked.skill])
    if asked.search:
        calls = calls.filter(_mentions(asked.search.strip().lower()))
    return calls.order_by(*SORTS.get(asked.sort, SORTS["newest"]))


@prepared(pks=list[int])
def rows(pks: list[int]) -> QuerySet[Call]:
    """The calls with what a row of the list shows, and no more of them."""
    found = counted(Call.objects.filter(pk__one_of=pks)).select_related("case", "institution")
    return found.only(
        "number", "title", "kind", "owner", "prize", "seats", "closes_at", "case__machine", "case__definition",
        "case__state", "institution__name",
    )


def whole(calls: QuerySet[Call]) -> QuerySet[Call]:
    """`calls` with everything that a table to take away, or a program, is told of each, in one query."""
    return counted(calls.select_related("case", "institution", "owner"))


def _mentions(words: str) -> Q:
    named = Institution.objects.filter(Q(name__zh__icontains=words) | Q(name__en__icontains=words))
    return Q(search_text__contains=words) | Q(institution__in=named)


def counted(calls: QuerySet[Call]) -> QuerySet[Call]:
    """With `claims`: how many teams have handed in an application."""
    same = Call.objects.filter(pk=OuterRef("pk")).order_by()
    counts = same.annotate(claims=Count("applications", filter=Q(applications__submitted_at__isnull=False)))
    return calls.annotate(claims=Subquery(counts.values("claims")))


def closing_after(calls: QuerySet[Call], now: datetime) -> QuerySet[Call]:
    """Announced calls whose date for claims is still to come, soonest first."""
    ahead = calls.filter(announced_at__isnull=False, case__closed_at__isnull=True, closes_at__gt=now)
    return ahead.order_by("closes_at", "pk")


@prepared()
def institutions_with_calls() -> QuerySet[Institution, tuple[str, Text]]:
    """Slug and name of those that have announced a call."""
    announced = Call.objects.filter(institution=OuterRef("pk"), announced_at__isnull=False)
    return Institution.objects.filter(Exists(announced)).order_by("slug").values_list("slug", "name")


@prepared(number=str)
def call_numbered(number: str) -> QuerySet[Call]:
    """The call with all that its page shows of it."""
    return Call.objects.filter(number=number).select_related("case", "institution", "owner")


def call_of(case: Case) -> Call | None:
    """The call that a case is about: its own, or the one that its application answers; None while it is being made."""
    if case.machine == MachineName.CALL:
        return getattr(case, "call", None)
    application = getattr(case, "application", None)
    return application.call if application else None


def is_claimable(call: Call, now: datetime) -> bool:
    return why_not_open(call, now) is None


def why_not_open(call: Call, now: datetime) -> Text | None:
    """Why no team can claim the call at this moment; None when one can."""
    if call.announced_at is None:
        return Text(zh="任务还没有发布。", en="The call hasn't been published yet.")
    if programme_of(call.case).state("call", call.case.state).step != "submit":
        return Text(zh="任务已不再接受申报。", en="The call takes no more claims.")
    if now < call.opens_at:
        return Text(zh="任务还没有开始申报。", en="The call isn't open for claims yet.")
    if now >= call.closes_at:
        return Text(zh="申报已经截止。", en="The date for claims has passed.")
    return None
