"""`move()`: who, when, what it writes, what it refuses, and that it is cheap."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from heitu.engines.lifecycle import actions
from heitu.engines.lifecycle.models import Case, Transition
from heitu.engines.lifecycle.registry import Context
from heitu.ground.audit.models import AuditEntry
from heitu.ground.core.errors import Refused
from heitu.ground.people.models import Person
from tests.unit.lifecycle import library
from tests.unit.lifecycle.library import NOW, REQUEST, a_case, version, weighing

LATER = NOW + timedelta(hours=1)


def refusal(case: Case, event: str, by: Person | None, **more: object) -> Refused:
    """The refusal that the move meets; nothing was written."""
    before = (Transition.objects.count(), AuditEntry.objects.count())
    with pytest.raises(Refused) as caught:
        actions.move(case=case, event=event, by=by, now=LATER, **more)  # type: ignore[arg-type]
    assert (Transition.objects.count(), AuditEntry.objects.count()) == before
    return caught.value


def test_a_move_writes_a_transition_an_audit_row_and_the_new_standing(reader: Person) -> None:
    case = a_case()
    audited = AuditEntry.objects.count()
    made = actions.move(case=case, event="ask", by=reader, now=LATER, data=REQUEST, reason=" please ")
    case.refresh_from_db()
    assert (case.state, case.moves, case.entered_at, case.due_at) == ("weighing", 1, LATER, LATER + timedelta(days=14))
    assert case.remind_at == LATER + timedelta(days=11)
    stored = Transition.objects.get(pk=made.pk)
    assert (stored.number, stored.event, stored.from_state, stored.to_state) == (1, "ask", "asking", "weighing")
    assert (stored.actor, stored.reason, stored.data, stored.at) == (reader, "please", REQUEST, LATER)
    assert stored.definition == case.definition
    assert AuditEntry.objects.count() == audited + 1


def test_the_given_case_is_brought_up_to_date_and_stays_as_it_was_when_refused(reader: Person) -> None:
    case = a_case()
    refusal(case, "ask", None)
    assert case.state == "asking"
    actions.move(case=case, event="ask", by=reader, now=NOW, data=REQUEST)
    assert case.state == "weighing"


def test_closing_sets_outcome_and_clears_the_clock(reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    actions.move(case=case, event="refuse", by=librarian, now=LATER, reason="too fragile")
    case.refresh_from_db()
    assert (case.outcome, case.closed_at, case.due_at, case.remind_at) == ("refused", LATER, None, None)
    error = refusal(case, "refuse", librarian, reason="again")
    assert error.code == "closed"


def test_refusals_name_what_is_wrong(reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    assert refusal(case, "ask", reader).code == "not_now"
    assert refusal(case, "ask", reader).details["possible"] == ["lend", "doubt", "note", "refuse", "lapse"]
    assert refusal(case, "lend", reader).code == "not_yours"
    assert "Librarian" in refusal(case, "lend", reader).message.en
    assert refusal(case, "lapse", librarian).code == "not_yours"
    assert refusal(case, "lend", None).code == "not_yours"
    assert refusal(case, "refuse", librarian, reason="  ").field == "reason"


def test_every_guard_that_stands_in_the_way_is_named(reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    library.shelf.update({"in": False, "fines": True})
    error = refusal(case, "lend", librarian)
    assert error.code == "guarded"
    assert error.message.en == "the book is out; there are fines to pay"
    assert error.message.zh == "书不在馆；有罚款未缴"


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"days": 3}, "book", "required"),
        ({"book": "书", "days": 3}, "book", "at least 2"),
        ({"book": "永乐大典", "days": 31}, "days", "more than 30"),
        ({"book": "永乐大典", "days": "3"}, "days", "integer"),
        ({"book": "永乐大典", "days": 3, "shelf": 1}, "shelf", "no such field"),
        ({"book": "永乐大典", "days": 3, "deposit": "1.234"}, "deposit", "two decimals"),
        ({"book": "永乐大典", "days": 3, "deposit": "-5"}, "deposit", "negative"),
        ({"book": "永乐大典", "days": 3, "deposit": "1e3"}, "deposit", "not an amount"),
        ({"book": "永乐大典", "days": 3, "deposit": "9" * 20}, "deposit", "over the limit"),
    ],
)
def test_form_data_must_fit_the_form(reader: Person, data: dict[str, object], field: str, words: str) -> None:
    error = refusal(a_case(), "ask", reader, data=data)
    assert (error.code, error.field) == ("form_invalid", field)
    assert words in error.message.en
    assert error.message.zh


def test_a_stale_page_learns_what_changed(reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    actions.move(case=case, event="doubt", by=librarian, now=LATER)
    error = refusal(case, "settle_doubt", librarian, expected_moves=1)
    assert error.code == "stale"
    assert error.details["moves"] == 2
    assert [(each["number"], each["event"]) for each in error.details["since"]] == [(2, "doubt")]  # type: ignore[attr-defined]
    assert actions.move(case=case, event="settle_doubt", by=librarian, now=LATER, expected_moves=2).number == 3


def test_the_same_key_moves_once_and_only_for_the_same_thing(reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    first = actions.move(case=case, event="doubt", by=librarian, now=LATER, key="k1")
    assert actions.move(case=case, event="doubt", by=librarian, now=LATER, key="k1").pk == first.pk
    assert case.moves == 2
    assert refusal(case, "settle_doubt", librarian, key="k1").code == "key_reused"
    assert refusal(case, "doubt", reader, key="k1").code == "key_reused"


def test_staying_in_a_state_restarts_no_clock(reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    due = case.due_at
    actions.move(case=case, event="note", by=librarian, now=LATER)
    assert (case.entered_at, case.due_at, case.moves) == (NOW, due, 2)


def test_effects_run_in_order_in_the_new_state_and_listeners_after_commit(
    reader: Person, librarian: Person, django_capture_on_commit_callbacks: object
) -> None:
    case = weighing(reader)
    library.stamps.clear()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        actions.move(case=case, event="lend", by=librarian, now=LATER)
        assert library.stamps == ["hold_deposit:reading", "stamp:reading"]
    assert library.stamps[2:] == ["moved:lend"]


def test_effects_for_after_the_commit_wait_for_it(
    reader: Person, librarian: Person, django_capture_on_commit_callbacks: object
) -> None:
    case = weighing(reader)
    actions.move(case=case, event="lend", by=librarian, now=LATER)
    actions.move(case=case, event="return", by=reader, now=LATER)
    library.stamps.clear()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        actions.move(case=case, event="finish", by=librarian, now=LATER)
        assert library.stamps == ["keep_deposit:returned"]
    assert library.stamps[1:] == ["send_letter:returned", "moved:finish"]


def test_an_effect_that_refuses_undoes_the_move(reader: Person, librarian: Person) -> None:
    case = weighing(reader)
    other = weighing(reader)

    def fail(context: Context) -> None:
        actions.move(case=other, event="refuse", by=librarian, now=LATER, reason="only one copy")
        library.refuse_at_the_door(context)

    library.also["stamp"] = fail
    assert refusal(case, "lend", librarian).code == "door_shut"
    for each in (case, other):
        each.refresh_from_db()
        assert (each.state, each.moves) == ("weighing", 1)


def test_an_effect_may_move_another_case_and_its_own(reader: Person, librarian: Person) -> None:
    case, other = weighing(reader), weighing(reader)

    def lend_it_out(context: Context) -> None:
        actions.move(case=other, event="refuse", by=librarian, now=LATER, reason="only one copy")
        actions.move(case=context.case, event="return", by=reader, now=LATER)

    library.also["hold_deposit"] = lend_it_out
    actions.move(case=case, event="lend", by=librarian, now=LATER)
    other.refresh_from_db()
    assert other.state == "refused"
    assert (case.state, case.moves) == ("returning", 3)
    assert library.stamps[-1] == "stamp:returning"
    numbers = list(case.transitions.order_by("number").values_list("number", "event"))
    assert numbers == [(1, "ask"), (2, "lend"), (3, "return")]


def test_an_effect_goes_on_after_a_refusal_that_it_asked_for_apart(reader: Person, librarian: Person) -> None:
    case = weighing(reader)

    def return_and_lend(case: Case) -> None:
        with transaction.atomic():
            actions.move(case=case, event="return", by=reader, now=LATER)
            actions.move(case=case, event="lend", by=librarian, now=LATER)

    def try_both_then_return(context: Context) -> None:
        with pytest.raises(Refused):
            return_and_lend(context.case)
        actions.move(case=Case.objects.get(pk=case.pk), event="return", by=reader, now=LATER)

    library.also["hold_deposit"] = try_both_then_return
    actions.move(case=case, event="lend", by=librarian, now=LATER)
    assert list(case.transitions.order_by("number").values_list("event", flat=True)) == ["ask", "lend", "return"]
    assert Case.objects.get(pk=case.pk).state == "returning"


def test_effects_that_run_in_a_circle_are_stopped(reader: Person, librarian: Person) -> None:
    case = weighing(reader)

    def lend_another(context: Context) -> None:
        actions.move(case=weighing(reader), event="lend", by=librarian, now=LATER)

    library.also["stamp"] = lend_another
    with pytest.raises(RuntimeError, match="circle"):
        actions.move(case=case, event="lend", by=librarian, now=LATER)


def test_the_database_refuses_what_move_would_not_do(reader: Person) -> None:
    case = weighing(reader)
    attempts = {
        "UPDATE lifecycle_case SET state = 'returned' WHERE id = %s": case.pk,
        "UPDATE lifecycle_case SET moves = moves + 1 WHERE id = %s": case.pk,
        "UPDATE lifecycle_case SET outcome = 'lost', closed_at = now(), due_at = NULL, remind_at = NULL WHERE id = %s":
            case.pk,
        "UPDATE lifecycle_transition SET reason = 'x' WHERE case_id = %s": case.pk,
        "DELETE FROM lifecycle_transition WHERE case_id = %s": case.pk,
        "UPDATE lifecycle_definitionversion SET body = '{}' WHERE id = %s": case.definition_id,
        "DELETE FROM lifecycle_definitionversion WHERE id = %s": case.definition_id,
    }
    for sql, pk in attempts.items():
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [pk])


def test_a_plain_move_costs_four_queries_and_a_keyed_one_five(reader: Person, librarian: Person) -> None:
    """Lock, what belongs to the case, transition with its audit row, new standing."""
    case = weighing(reader, version())
    actions.move(case=case, event="doubt", by=librarian, now=NOW)
    with CaptureQueriesContext(connection) as plain:
        actions.move(case=case, event="settle_doubt", by=librarian, now=NOW)
    with CaptureQueriesContext(connection) as keyed:
        actions.move(case=case, event="doubt", by=librarian, now=NOW, key="k")
    assert [len(_statements(each)) for each in (plain, keyed)] == [4, 5]


def _statements(queries: CaptureQueriesContext) -> list[str]:
    return [each["sql"] for each in queries.captured_queries if "SAVEPOINT" not in each["sql"]]
