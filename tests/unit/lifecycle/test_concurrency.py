"""Two real connections at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from heitu.engines.lifecycle import actions
from heitu.engines.lifecycle.models import Case, DefinitionVersion, Reminder, Transition
from heitu.engines.lifecycle.registry import Context
from heitu.engines.lifecycle.tasks import sweep_deadlines
from heitu.ground.core.errors import Refused
from heitu.ground.people.models import Person
from tests.unit.lifecycle import library
from tests.unit.lifecycle.library import NOW, version, weighing

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run each in a thread with its own connection, started together; a Refused answers its code."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return act()
        except Refused as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def moves_of(cases: Sequence[Case]) -> list[int]:
    return [Case.objects.get(pk=case.pk).moves for case in cases]


def test_of_two_who_decide_at_once_one_is_told_that_it_is_too_late(reader: Person, librarian: Person) -> None:
    case = weighing(reader)

    def decide(event: str) -> Callable[[], object]:
        mine = Case.objects.get(pk=case.pk)
        return lambda: actions.move(case=mine, event=event, by=librarian, now=NOW, reason="r", expected_moves=1).event

    answers = at_once(decide("lend"), decide("refuse"))
    assert "stale" in answers
    assert moves_of([case]) == [2]


def test_the_same_key_from_two_connections_moves_once(reader: Person, librarian: Person) -> None:
    case = weighing(reader)

    def note() -> object:
        return actions.move(case=Case.objects.get(pk=case.pk), event="note", by=librarian, now=NOW, key="same").pk

    first, second = at_once(note, note)
    assert first == second
    assert moves_of([case]) == [2]


def test_two_sweepers_move_each_case_once(reader: Person) -> None:
    definition = version()
    cases = [weighing(reader, definition) for _ in range(12)]
    due = NOW + timedelta(days=14)
    sweeps = at_once(lambda: sweep_deadlines(due), lambda: sweep_deadlines(due))
    assert sum(each.moved for each in sweeps) == 12  # type: ignore[attr-defined]
    assert sum(each.failed + each.refused for each in sweeps) == 0  # type: ignore[attr-defined]
    assert moves_of(cases) == [2] * 12


def test_two_sweepers_send_each_reminder_once(reader: Person) -> None:
    definition = version()
    for _ in range(8):
        weighing(reader, definition)
    soon = NOW + timedelta(days=11)
    at_once(lambda: sweep_deadlines(soon), lambda: sweep_deadlines(soon))
    assert len(library.reminders) == len(set(library.reminders)) == Reminder.objects.count() == 8


def test_a_sweeper_passes_over_a_case_that_somebody_is_moving(reader: Person, librarian: Person) -> None:
    held, free = weighing(reader), weighing(reader)
    moving, swept = Event(), Event()

    def slow(context: Context) -> None:
        moving.set()
        assert swept.wait(timeout=10)

    library.also["stamp"] = slow
    due = NOW + timedelta(days=14)

    def sweep() -> object:
        assert moving.wait(timeout=10)
        try:
            return sweep_deadlines(due).moved
        finally:
            swept.set()

    mine = Case.objects.get(pk=held.pk)
    _, moved = at_once(lambda: actions.move(case=mine, event="lend", by=librarian, now=due).event, sweep)
    assert moved == 1
    assert Case.objects.get(pk=free.pk).state == "lapsed"
    assert Case.objects.get(pk=held.pk).state == "reading"


def test_many_moves_on_many_cases_stay_gapless(reader: Person, librarian: Person) -> None:
    definition = version()
    cases = [weighing(reader, definition) for _ in range(4)]

    def many(order: Sequence[Case]) -> Callable[[], object]:
        def act() -> None:
            for case in list(order) * 5:
                actions.move(case=Case.objects.get(pk=case.pk), event="note", by=librarian, now=NOW)

        return act

    at_once(many(cases), many(cases[::-1]))
    for case in cases:
        numbers = list(Transition.objects.filter(case=case).order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, 12))


def test_listeners_run_after_the_commit_and_not_after_a_refusal(reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    library.stamps.clear()
    with pytest.raises(Refused):
        _doubt_then_lend(case, librarian)
    assert library.stamps == []
    case.refresh_from_db()
    actions.move(case=case, event="doubt", by=librarian, now=NOW)
    assert library.stamps == ["moved:doubt"]


def test_two_processes_that_load_the_same_programme_make_one_version() -> None:
    first, second = at_once(version, version)
    assert first == second
    assert DefinitionVersion.objects.count() == 1


def test_a_listener_that_fails_is_logged_and_undoes_nothing(
    reader: Person, librarian: Person, caplog: pytest.LogCaptureFixture
) -> None:
    case = weighing(reader)

    def fail(context: Context) -> None:
        raise OSError("no post today")

    library.also["moved"] = fail
    actions.move(case=case, event="doubt", by=librarian, now=NOW)
    assert moves_of([case]) == [2]
    assert any("note_move" in entry.message and "no post today" in str(entry.exc_info) for entry in caplog.records)


@transaction.atomic
def _doubt_then_lend(case: Case, librarian: Person) -> None:
    actions.move(case=case, event="doubt", by=librarian, now=NOW)
    actions.move(case=case, event="lend", by=librarian, now=NOW)
