"""What waits for a person, over every stage: the first thing that the home page says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import F, Q, QuerySet

from heitu.engines.lifecycle.enums import MachineName
from heitu.engines.lifecycle.models import Case, DefinitionVersion
from heitu.engines.lifecycle.pins import programme_in, programme_of
from heitu.ground.core.prepared import Prepared, prepared
from heitu.ground.core.text import Text
from heitu.ground.people.enums import Role, Verification
from heitu.ground.people.models import Membership, Person, TeamMember
from heitu.ground.people.rules import has_role, is_expert, is_finance, is_officer
from heitu.kinds.courses.queries import errands as teaching
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.reviews.queries import waiting_for

MOST = 12
Versions = tuple[DefinitionVersion, ...]
_OF_CASE = ("case__machine", "case__definition", "case__state", "case__due_at")
_SOONEST = (F("case__due_at").asc(nulls_last=True), "-pk")


@dataclass(frozen=True)
class Errand:
    """One thing to do: what, where, by when."""

    title: Text
    subject: Text
    number: str
    url: str
    due_at: datetime | None


def errands(person: Person, now: datetime) -> list[Errand]:
    """The person's most urgent errands, what is due first; at most a dozen, in six queries whatever the size."""
    versions = tuple(_versions())
    if not versions:
        return []  # no pack was loaded yet
    found = [*_reviews(person), *_cases(person, versions), *_calls(person, versions), *_classes(person, now)]
    return sorted(found, key=lambda errand: (errand.due_at is None, errand.due_at))[:MOST]


def _reviews(person: Person) -> Iterator[Errand]:
    if not is_expert(person):
        return
    for review in waiting_for(person)[:MOST]:
        call = review.application.call
        title = Text(zh="写评审", en="Write a review")
        yield Errand(title, call.title, call.number, f"/reviews/{review.pk}/", review.due_at)


def _classes(person: Person, now: datetime) -> Iterator[Errand]:
    """A student's labs, and what a teacher's classes need."""
    found = teaching.errands(person, now)
    for todo in found.labs:
        lab = todo.offering.version.manifest.lab(todo.lab)
        if lab is not None:
            title, url = Text(zh="做实验", en="Do a lab"), todo.offering.get_absolute_url()
            yield Errand(title, lab.title, todo.offering.title, url, todo.due_at)
    for offering, need in found.needs:
        yield Errand(need.label, offering.version.title, str(offering), need.url, None)


@prepared()
def _versions() -> QuerySet[DefinitionVersion]:
    return DefinitionVersion.objects.defer("body").order_by("pk")


def _cases(person: Person, versions: Versions) -> Iterator[Errand]:
    """Applications whose state waits for a role that the person has on them."""
    held = (("officer", is_officer(person)), ("finance", is_finance(person)))
    for row in _waiting_cases(versions, frozenset(role for role, holds in held if holds))(person=person.pk):
        yield _errand(row.case, row.call, f"/applications/{row.pk}/")


@lru_cache(maxsize=64)  # what a version says never changes, so neither does the question
def _waiting_cases(versions: Versions, held: frozenset[str]) -> Prepared[Application]:
    @prepared(person=int)
    def question(person: int) -> QuerySet[Application]:
        led = TeamMember.objects.filter(person=person, is_lead=True, left_at__isnull=True)
        mine = _waiting(versions, MachineName.CASE, "lead") & Q(team__in=led.values("team"))
        mine |= _waiting(versions, MachineName.CASE, "owner") & _owned(person, "call__", for_officer="officer" in held)
        for role in held:
            mine |= _waiting(versions, MachineName.CASE, role)
        rows = Application.objects.filter(mine, case__closed_at__isnull=True).select_related("case", "call")
        return rows.only(*_OF_CASE, "call__number", "call__title").order_by(*_SOONEST)[:MOST]

    return question


def _calls(person: Person, versions: Versions) -> Iterator[Errand]:
    if not has_role(person, Role.OWNER) and not is_officer(person):
        return
    for row in _waiting_calls(versions, is_officer(person))(person=person.pk):
        yield _errand(row.case, row, row.get_absolute_url())


@lru_cache(maxsize=64)
def _waiting_calls(versions: Versions, for_officer: bool) -> Prepared[Call]:
    @prepared(person=int)
    def question(person: int) -> QuerySet[Call]:
        mine = _waiting(versions, MachineName.CALL, "owner") & _owned(person, "", for_officer=for_officer)
        if for_officer:
            mine |= _waiting(versions, MachineName.CALL, "officer") & ~Q(case__state__in=_long_running(versions))
        rows = Call.objects.filter(mine, case__closed_at__isnull=True).select_related("case")
        return rows.only(*_OF_CASE, "number", "title").order_by(*_SOONEST)[:MOST]

    return question


def _owned(person: int, path: str, *, for_officer: bool) -> Q:
    """As `calls.rules.owned_by`, of nobody in particular: the SQL is made before it is known who asks."""
    owned = Q(**{f"{path}owner": person})
    held = Membership.objects.filter(person=person, role=Role.OWNER, verification=Verification.VERIFIED, until__isnull=True)
    return owned if for_officer else owned & Q(**{f"{path}institution__in": held.values("institution")})


def _errand(case: Case, call: Call, url: str) -> Errand:
    title = programme_of(case).state(case.machine, case.state).title
    return Errand(title, call.title, call.number, url, case.due_at)


def _waiting(versions: Versions, machine: str, role: str) -> Q:
    """Rows whose case is in a state that waits for `role`, under the definition that each is pinned to."""
    found = Q(pk__in=[])
    for version in versions:
        states = programme_in(version).machine(machine).states
        names = [name for name, state in states.items() if state.owner == role]
        found |= Q(case__definition=version.pk, case__state__one_of=names)
    return found


def _long_running(versions: Versions) -> set[str]:
    """Call states that an officer only watches: work goes on elsewhere."""
    return {
        name for version in versions
        for name, state in programme_in(version).machine(MachineName.CALL).states.items() if state.step == "milestone"
    }
