"""The list of calls, as a page, as a table to take away, and as a calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from heitu.engines.lifecycle.definitions import State
from heitu.engines.lifecycle.pins import programme_of
from heitu.ground.core import clock
from heitu.ground.core.money import format_yuan
from heitu.ground.core.text import Text, language_of
from heitu.ground.people.queries import person_of
from heitu.stages.calls import queries, rules
from heitu.stages.calls.enums import DeliverableKind
from heitu.stages.calls.models import Call
from heitu.stages.calls.queries import packs
from heitu.stages.calls.queries.programmes import current_programmes
from heitu.stages.calls.sheets import download
from heitu.ui.pages import paginate

MOST_DATES = 500
SORT_TITLES = [
    ("newest", Text(zh="最新发布", en="Newest")), ("closing", Text(zh="即将截止", en="Closing soon")),
    ("prize", Text(zh="奖金最高", en="Highest prize")), ("number", Text(zh="编号", en="Number")),
]
WHOSE = [("1", Text(zh="我出的题", en="Mine"))]


@dataclass(frozen=True)
class Row:
    call: Call
    state: State

    @property
    def key(self) -> tuple[object, ...]:
        """Everything that the list shows of the call."""
        call = self.call
        return (
            call.number, call.title, call.kind, call.institution.name, self.state.title, self.state.outcome,
            self.state.owner, call.prize, call.seats, getattr(call, "claims", 0), call.closes_at,
        )


@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    person, asked = person_of(request), asked_of(request)
    page = paginate(request, queries.listed(rules.visible_calls(person), asked), load=queries.rows.in_order)
    context = {
        "page": page, "rows": rows_of(page.object_list), "asked": asked, "now": clock.now(),
        "can_create": rules.can_create_call(person), "can_export": rules.can_export_calls(person),
        "is_filtered": bool(request.GET.keys() - {"page", "sort"}), "choices": _choices(),
        "sorts": SORT_TITLES, "whose": WHOSE,
    }
    return render(request, "calls/list.html", context)


def asked_of(request: HttpRequest) -> queries.Listing:
    """What the address asks for; `mine=1` needs a person."""
    asked = {name: request.GET.get(name, "").strip() for name in ("programme", "state", "kind", "skill", "institution")}
    return queries.Listing(
        **asked, search=request.GET.get("q", "").strip(), sort=request.GET.get("sort", ""),
        mine=person_of(request) if request.GET.get("mine") else None,
    )


def rows_of(calls: Iterable[Call]) -> list[Row]:
    return [Row(call, programme_of(call.case).state("call", call.case.state)) for call in calls]


Offers = tuple[tuple[str, Text], ...]


@dataclass(frozen=True, eq=False)
class Choices:
    """What each filter offers. One object for as long as nothing changes, so that what shows it can be kept."""

    programme: Offers
    state: Offers
    kind: Offers
    skill: Offers
    institution: Offers


def _choices() -> Choices:
    programmes = current_programmes()
    states = {
        name: state.title for programme in programmes for name, state in programme.machine("call").states.items()
    }
    skills = {slug: title for programme in programmes for slug, title in packs.skills(programme.programme).items()}
    return _one(
        tuple((programme.programme, programme.title) for programme in programmes), tuple(states.items()),
        tuple((kind.value, kind.text) for kind in DeliverableKind), tuple(skills.items()),
        tuple(queries.institutions_with_calls()),
    )


_one = lru_cache(maxsize=8)(Choices)


@login_required
@require_safe
def call_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The list as asked for, whole, for those who run or audit the ecosystem."""
    person = person_of(request)
    if not rules.can_export_calls(person):
        raise Http404
    found = queries.whole(queries.listed(rules.visible_calls(person), asked_of(request)))
    return download("calls", kind, HEADINGS, _lines(found))


HEADINGS = [
    "number", "programme", "title_zh", "title_en", "state", "kind", "task", "institution", "owner", "prize_yuan",
    "seats", "claims", "opens_at", "closes_at", "delivery_days", "licence", "skills",
]


def _lines(calls: Iterable[Call]) -> Iterator[list[object]]:
    for row in rows_of(calls):
        call = row.call
        yield [
            call.number, call.programme, call.title.zh, call.title.en, call.case.state, call.kind, call.task,
            call.institution.name.in_("zh"), call.owner.name, format_yuan(call.prize).replace(",", ""), call.seats,
            getattr(call, "claims", 0), _local(call, "opens_at"), _local(call, "closes_at"), call.delivery_days,
            call.licence, " ".join(call.skills),
        ]


def _local(call: Call, name: str) -> str:
    return timezone.localtime(getattr(call, name)).strftime("%Y-%m-%d %H:%M")


@require_safe
def call_calendar(request: HttpRequest) -> HttpResponse:
    """What is public, so that a calendar program can subscribe without signing in."""
    from heitu.stages.calls import calendars  # iCalendar takes as long to load as a tenth of everything else

    now = clock.now()
    calls = queries.closing_after(rules.visible_calls(None), now)[:MOST_DATES]
    content = calendars.deadlines(calls, language=language_of(get_language()), now=now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="calls.ics"'
    return response
