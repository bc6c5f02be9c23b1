"""What waits for a person, over every stage: the first thing that the home page says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from heitu.engines.lifecycle.enums import MachineName
from heitu.engines.lifecycle.models import Case, DefinitionVersion
from heitu.engines.lifecycle.pins import programme_in
from heitu.ground.core.text import Text
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Person, TeamMember
from heitu.ground.people.rules import has_role, is_expert, is_finance, is_officer
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.reviews.queries import waiting_for

MOST = 12
Versions = Mapping[int, DefinitionVersion]


@dataclass(frozen=True)
class Errand:
    """One thing to do: what, where, by when."""

    title: Text
    subject: Text
    number: str
    url: str
    due_at: datetime | None


def errands(person: Person) -> list[Errand]:
    """The person's most urgent errands, what is due first; at most a dozen, in four queries whatever the size."""
    versions = {version.pk: version for version in DefinitionVersion.objects.defer("body")}
    found = [*_reviews(person), *_cases(person, versions), *_calls(person, versions)]
    return sorted(found, key=lambda errand: (errand.due_at is None, errand.due_at))[:MOST]


def _reviews(person: Person) -> Iterator[Errand]:
    if not is_expert(person):
        return
    for review in waiting_for(person)[:MOST]:
        call = review.application.call
        title = Text(zh="写评审", en="Write a review")
        yield Errand(title, call.title, call.number, f"/reviews/{review.pk}/", review.due_at)


def _cases(person: Person, versions: Versions) -> Iterator[Errand]:
    """Applications whose state waits for a role that the person has on them."""
    led = TeamMember.objects.filter(person=person, is_lead=True, left_at__isnull=True)
    leads = Q(team__in=led.values("team"))
    mine = _waiting(versions, MachineName.CASE, "lead") & leads | _waiting(versions, MachineName.CASE, "owner") & Q(call__owner=person)
    for role, holds in (("officer", is_officer(person)), ("finance", is_finance(person))):
        if holds:
            mine |= _waiting(versions, MachineName.CASE, role)
    rows = Application.objects.filter(mine, case__closed_at__isnull=True).select_related("case", "call")
    for row in rows.defer("answers", "declarations").order_by(F("case__due_at").asc(nulls_last=True), "-pk")[:MOST]:
        yield _errand(versions, row.case, row.call, f"/applications/{row.pk}/")


def _calls(person: Person, versions: Versions) -> Iterator[Errand]:
    if not has_role(person, Role.OWNER) and not is_officer(person):
        return
    mine = _waiting(versions, MachineName.CALL, "owner") & Q(owner=person)
    if is_officer(person):
        mine |= _waiting(versions, MachineName.CALL, "officer") & ~Q(case__state__in=_long_running(versions))
    rows = Call.objects.filter(mine, case__closed_at__isnull=True).select_related("case")
    for row in rows.order_by(F("case__due_at").asc(nulls_last=True), "-pk")[:MOST]:
        yield _errand(versions, row.case, row, row.get_absolute_url())


def _errand(versions: Versions, case: Case, call: Call, url: str) -> Errand:
    title = programme_in(versions[case.definition_id]).state(case.machine, case.state).title
    return Errand(title, call.title, call.number, url, case.due_at)


def _waiting(versions: Versions, machine: str, role: str) -> Q:
    """Rows whose case is in a state that waits for `role`, under the definition that each is pinned to."""
    found = Q(pk__in=[])
    for pk, version in versions.items():
        states = programme_in(version).machine(machine).states
        names = [name for name, state in states.items() if state.owner == role]
        found |= Q(case__definition_id=pk, case__state__in=names)
    return found


def _long_running(versions: Versions) -> set[str]:
    """Call states that an officer only watches: work goes on elsewhere."""
    return {
        name for version in versions.values()
        for name, state in programme_in(version).machine(MachineName.CALL).states.items() if state.step == "milestone"
    }
