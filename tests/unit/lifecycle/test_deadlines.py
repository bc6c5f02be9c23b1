"""What the clock does: deadlines, reminders, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from procrastinate.contrib.django import app

from heitu.engines.lifecycle import actions
from heitu.engines.lifecycle.models import Case, Reminder
from heitu.engines.lifecycle.tasks import Sweep, sweep_deadlines
from heitu.ground.audit.models import AuditEntry
from heitu.ground.core.errors import Refused
from heitu.ground.people.models import Person
from tests.unit.lifecycle import library
from tests.unit.lifecycle.library import CLOSING, NOW, a_case, version, weighing

DAY = timedelta(days=1)
DUE = NOW + 14 * DAY


def test_a_case_that_is_due_is_moved_once_by_the_system(reader: Person) -> None:
    case = weighing(reader)
    assert sweep_deadlines(DUE - timedelta(seconds=1)).moved == 0
    assert sweep_deadlines(DUE) == Sweep(moved=1)
    assert sweep_deadlines(DUE) == Sweep()
    case.refresh_from_db()
    last = case.transitions.get(number=2)
    assert (case.state, case.outcome, last.actor, last.event, last.at) == ("lapsed", "lapsed", None, "lapse", DUE)


def test_reminders_are_sent_once_each(reader: Person) -> None:
    case = weighing(reader)
    assert sweep_deadlines(DUE - 4 * DAY).reminded == 0
    for _ in range(2):
        sweep_deadlines(DUE - 3 * DAY)
    assert library.reminders == [(case.pk, 3 * 86_400)]
    sweep_deadlines(DUE - DAY + timedelta(minutes=5))
    sweep_deadlines(DUE - timedelta(minutes=1))
    assert library.reminders == [(case.pk, 3 * 86_400), (case.pk, 86_400)]
    assert Reminder.objects.count() == 2


def test_of_reminders_that_were_missed_only_the_latest_is_sent(reader: Person) -> None:
    case = weighing(reader)
    assert sweep_deadlines(DUE - timedelta(hours=2)) == Sweep(reminded=1)
    assert library.reminders == [(case.pk, 86_400)]


def test_nobody_is_reminded_of_a_deadline_that_has_passed(reader: Person) -> None:
    weighing(reader)
    assert sweep_deadlines(DUE + DAY) == Sweep(moved=1)
    assert library.reminders == []


def test_a_case_that_moved_on_is_not_reminded(reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    actions.move(case=case, event="doubt", by=librarian, now=NOW)
    assert (case.due_at, case.remind_at) == (None, None)
    assert sweep_deadlines(DUE) == Sweep()


def test_one_case_that_fails_keeps_no_other_back(reader: Person) -> None:
    first, second = weighing(reader), weighing(reader)
    library.unreachable.add(first.pk)
    assert sweep_deadlines(DUE - 3 * DAY) == Sweep(reminded=1, failed=1)
    assert Reminder.objects.get().case_id == second.pk
    assert sweep_deadlines(DUE - 3 * DAY) == Sweep(failed=1)
    library.unreachable.clear()
    assert sweep_deadlines(DUE - 3 * DAY) == Sweep(reminded=1)
    assert library.reminders == [(second.pk, 3 * 86_400), (first.pk, 3 * 86_400)]


def test_a_deadline_may_name_a_date_that_is_known_later(librarian: Person) -> None:
    library.shelf["closes"] = False
    case = a_case(machine="call")
    actions.move(case=case, event="open", by=librarian, now=NOW)
    assert not case.due_at
    library.shelf["closes"] = True
    actions.refresh_deadline(case=case, by=librarian, now=NOW)
    assert (case.due_at, case.remind_at) == (CLOSING, CLOSING - timedelta(hours=1))
    audited = AuditEntry.objects.count()
    actions.refresh_deadline(case=case, by=librarian, now=NOW)
    assert AuditEntry.objects.count() == audited
    assert sweep_deadlines(CLOSING) == Sweep(moved=1)
    assert Case.objects.get(pk=case.pk).outcome == "success"


def test_a_guard_keeps_a_due_case_back_until_it_passes(librarian: Person) -> None:
    case = a_case(machine="call")
    actions.move(case=case, event="open", by=librarian, now=NOW)
    library.shelf["in"] = False
    assert sweep_deadlines(CLOSING) == Sweep(refused=1)
    assert sweep_deadlines(CLOSING + DAY) == Sweep(refused=1)
    library.shelf["in"] = True
    assert sweep_deadlines(CLOSING + 2 * DAY) == Sweep(moved=1)
    assert case.transitions.count() == 2


def test_the_sweep_runs_every_minute() -> None:
    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert crons["lifecycle.sweep"] == "* * * * *"


def test_postponing_moves_the_date_and_its_reminders(reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    sweep_deadlines(DUE - 3 * DAY)
    actions.postpone(case=case, due_at=DUE + 7 * DAY, by=librarian, now=DUE - 2 * DAY, reason="holiday")
    assert (case.due_at, case.remind_at) == (DUE + 7 * DAY, DUE + 4 * DAY)
    assert sweep_deadlines(DUE) == Sweep()
    assert sweep_deadlines(DUE + 4 * DAY) == Sweep(reminded=1)
    assert case.moves == 1


def test_what_can_not_be_postponed(reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    with pytest.raises(Refused) as past:
        actions.postpone(case=case, due_at=NOW, by=librarian, now=NOW, reason="")
    actions.move(case=case, event="doubt", by=librarian, now=NOW)
    with pytest.raises(Refused) as none:
        actions.postpone(case=case, due_at=DUE, by=librarian, now=NOW, reason="")
    assert (past.value.code, none.value.code) == ("due_in_past", "no_deadline")


@pytest.mark.parametrize("cases", [1, 3])
def test_a_sweep_that_finds_nothing_costs_two_queries(
    reader: Person, cases: int, django_assert_num_queries: object
) -> None:
    definition = version()
    for _ in range(cases):
        weighing(reader, definition)
    with django_assert_num_queries(2):  # type: ignore[operator]
        sweep_deadlines(NOW)
