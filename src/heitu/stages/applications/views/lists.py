"""Applications as a list: one's own, or all that the office sees, to filter, to take away and to move together."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from heitu.engines.lifecycle.definitions import Event, Programme, State
from heitu.engines.lifecycle.queries import Turn, programme_of, turn
from heitu.ground.core import clock
from heitu.ground.people.models import Person
from heitu.ground.people.views.shared import signed_in
from heitu.stages.applications import actions, queries, rules
from heitu.stages.applications.models import Application
from heitu.stages.calls.queries.programmes import current_programmes
from heitu.stages.calls.sheets import download
from heitu.ui.pages import paginate

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Row:
    shown: queries.Shown
    state: State
    turn: Turn | None

    @property
    def key(self) -> tuple[object, ...]:
        """Everything that the list shows of the application, beside the times in words."""
        shown, team, turn = self.shown, self.shown.team, self.turn
        whose = (team.slug, team.name, team.institution.slug, team.institution.name) if team else ()
        return (
            shown.pk, shown.call.title, shown.call.number, whose, self.state.title, self.state.outcome,
            turn and turn.title, turn and turn.due_at,
        )


@login_required
@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    asked = asked_of(request, person)
    page = paginate(request, queries.listed(person, asked), load=queries.rows.in_order)
    programmes = current_programmes()
    states = states_of(programmes, asked.programme)
    events = bulk_events(programmes, person, asked.state)
    context = {
        "page": page, "rows": rows_of(page.object_list, person), "asked": asked, "now": clock.now(),
        "is_office": rules.can_export_applications(person), "events": events,
        "is_bulk": bool(events), "here": request.GET.urlencode(),
        "states": tuple((name, state.title) for name, state in states.items()), "key": secrets.token_urlsafe(16),
        "programmes": tuple((each.programme, each.title) for each in programmes),
        "is_filtered": bool(request.GET.keys() - {"page", "scope"}),
    }
    return render(request, "applications/list.html", context)


def asked_of(request: HttpRequest, person: Person) -> queries.Listing:
    """What the address asks for; `scope=mine` narrows to the teams that the person is in."""
    asked = {name: request.GET.get(name, "").strip() for name in ("state", "programme", "team", "institution")}
    mine = request.GET.get("scope") == "mine"
    return queries.Listing(**asked, search=request.GET.get("q", "").strip(), mine=person if mine else None)


def rows_of(applications: Iterable[Application], person: Person) -> list[Row]:
    return [
        Row(shown, programme_of(shown.case).state("case", shown.case.state), turn(shown.case))
        for shown in queries.blinded_rows(applications, person)
    ]


def states_of(programmes: Sequence[Programme], wanted: str = "") -> dict[str, State]:
    """The states that cases of the programmes can be in, of the wanted one or of all."""
    found = (each for each in programmes if wanted in ("", each.programme))
    return {name: state for each in found for name, state in each.machine("case").states.items()}


def bulk_events(programmes: Sequence[Programme], person: Person, state: str) -> list[tuple[str, Event]]:
    """What an officer can do to many applications in one state: moves without a form."""
    if not state or not rules.can_bulk_move(person):
        return []
    events: dict[str, Event] = {}
    for programme in programmes:
        found = programme.machine("case").states.get(state)
        events |= dict(found.on) if found else {}
    return [(name, event) for name, event in events.items() if "officer" in event.by and event.form is None]


@login_required
@require_POST
def move_applications(request: HttpRequest) -> HttpResponse:
    """The same move for every ticked application; the page says of each what became of it."""
    person = signed_in(request)
    if not rules.can_bulk_move(person):
        raise Http404
    ids = [int(each) for each in request.POST.getlist("application") if each.isdecimal() and len(each) < 19][:MOST_AT_ONCE]
    chosen = queries.loaded(rules.visible_applications(person)).filter(pk__in=ids).order_by("pk")
    outcomes = actions.move_many(
        applications=chosen, event=request.POST.get("event", ""), by=person, now=clock.now(),
        reason=request.POST.get("reason", ""), key=request.POST.get("key", ""),
    )
    done = sum(outcome.refused is None for outcome in outcomes)
    context = {"outcomes": outcomes, "done": done, "refused": len(outcomes) - done}
    return render(request, "applications/moved.html", context)


@login_required
@require_safe
def application_export(request: HttpRequest) -> HttpResponse:
    """The list as asked for, whole, as CSV, for the office."""
    person = signed_in(request)
    if not rules.can_export_applications(person):
        raise Http404
    rows = rows_of(queries.whole(queries.listed(person, asked_of(request, person))), person)
    return download("applications", "csv", HEADINGS, _lines(rows))


HEADINGS = [
    "application", "call", "title_zh", "programme", "team", "institution", "applicant", "state", "turn", "since",
    "due", "submitted",
]


def _lines(rows: Iterable[Row]) -> Iterator[list[object]]:
    for row in rows:
        shown, team = row.shown, row.shown.team
        yield [
            shown.pk, shown.call.number, shown.call.title.zh, shown.call.programme, team.name if team else "",
            team.institution.name.in_("zh") if team else "", shown.applicant.name if shown.applicant else "",
            shown.case.state, row.turn.role if row.turn else "", _local(shown.case.entered_at),
            _local(shown.case.due_at), _local(shown.submitted_at),
        ]


def _local(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
