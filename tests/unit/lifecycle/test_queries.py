"""What a page asks: choices, turn, track."""

from __future__ import annotations

from datetime import timedelta

from heitu.engines.lifecycle import actions, queries
from heitu.engines.lifecycle.models import Case
from heitu.engines.lifecycle.tasks import sweep_deadlines
from heitu.ground.core.errors import Refused
from heitu.ground.people.models import Person
from tests.unit.lifecycle import library
from tests.unit.lifecycle.library import NOW, a_case, version, weighing

HOUR = timedelta(hours=1)


def stops(case: Case) -> list[str]:
    return [f"{stop.id}:{stop.status}" for stop in queries.track(case)]


def test_choices_say_what_may_be_done_and_why_not(reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    library.shelf["in"] = False
    offered = {choice.event: choice for choice in queries.choices(case, by=librarian, now=NOW)}
    assert list(offered) == ["lend", "doubt", "note", "refuse"]
    assert (offered["lend"].allowed, offered["lend"].yours, str(offered["lend"].why)) == (False, True, "书不在馆")
    assert (offered["refuse"].allowed, offered["refuse"].why) == (True, None)
    assert (offered["refuse"].reason, offered["refuse"].tone, offered["lend"].tone) == ("required", "danger", "primary")
    assert queries.choices(a_case(case.definition), by=reader, now=NOW)[0].form == "request"


def test_choices_of_others_say_whose_they_are(reader: Person) -> None:
    for choice in queries.choices(weighing(reader), by=reader, now=NOW):
        assert (choice.allowed, choice.yours) == (False, False)
        assert choice.why is not None
        assert choice.why.en == "Only Librarian may do this."


def test_the_system_has_choices_of_its_own(reader: Person) -> None:
    offered = queries.choices(weighing(reader), by=None, now=NOW)
    assert [(choice.event, choice.title.en) for choice in offered if choice.allowed] == [("lapse", "Lapsed")]


def test_choices_agree_with_move(reader: Person, librarian: Person) -> None:
    definition = version()
    for by in (reader, librarian, None):
        for choice in queries.choices(weighing(reader, definition), by=by, now=NOW):
            case = weighing(reader, definition)
            try:
                actions.move(case=case, event=choice.event, by=by, now=NOW, reason="because")
                made = True
            except Refused:
                made = False
            assert made == choice.allowed, choice


def test_turn_says_who_acts_until_when(reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    turn = queries.turn(case)
    assert turn is not None
    assert (turn.role, turn.title.en, turn.due_at, turn.since) == ("librarian", "Librarian", case.due_at, NOW)
    actions.move(case=case, event="refuse", by=librarian, now=NOW, reason="no")
    assert queries.turn(case) is None


def test_the_track_of_a_straight_way(reader: Person, librarian: Person) -> None:
    case = a_case()
    assert stops(case) == ["asking:now", "decision:next", "reading:next", "returning:next", "returned:next"]
    actions.move(case=case, event="ask", by=reader, now=NOW + HOUR, data=library.REQUEST)
    now = queries.track(case)[1]
    assert (now.status, now.at, now.title.en, str(now.owner)) == ("now", NOW + HOUR, "Weighing", "馆员")
    actions.move(case=case, event="lend", by=librarian, now=NOW + HOUR)
    actions.move(case=case, event="return", by=reader, now=NOW + HOUR)
    actions.move(case=case, event="finish", by=librarian, now=NOW + HOUR)
    assert stops(case) == ["asking:past", "decision:past", "reading:past", "returning:past", "returned:now"]


def test_a_side_state_is_a_stop_of_its_own_while_the_case_is_there(reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    actions.move(case=case, event="doubt", by=librarian, now=NOW + HOUR)
    assert stops(case) == [
        "asking:past", "decision:past", "doubting:side", "reading:next", "returning:next", "returned:next",
    ]
    actions.move(case=case, event="settle_doubt", by=librarian, now=NOW + 2 * HOUR)
    assert stops(case)[1:3] == ["decision:now", "reading:next"]
    assert queries.track(case)[1].at == NOW


def test_a_bad_end_shows_where_it_ended_and_nothing_ahead(reader: Person) -> None:
    case = weighing(reader)
    sweep_deadlines(NOW + timedelta(days=14))
    case.refresh_from_db()
    assert stops(case) == ["asking:past", "decision:past", "lapsed:side"]


def test_a_page_of_a_known_programme_costs_one_query(reader: Person, django_assert_num_queries: object) -> None:
    case = Case.objects.get(pk=weighing(reader).pk)
    with django_assert_num_queries(1):  # type: ignore[operator]
        queries.track(case)
        queries.turn(case)
        queries.choices(case, by=reader, now=NOW)
        queries.programme_of(case)
