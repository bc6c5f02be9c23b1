"""Words that only the test programmes use, and short ways to put a case on the table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from heitu.engines.lifecycle import actions
from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.loading import read_programme
from heitu.engines.lifecycle.models import Case, DefinitionVersion, Reminder
from heitu.engines.lifecycle.registry import Context, date_source, effect, guard, on_moved, on_reminder, role
from heitu.ground.core.errors import refuse
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person

PROGRAMMES = Path(__file__).parent / "programmes"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CLOSING = NOW + timedelta(hours=9)
REQUEST = {"book": "永乐大典", "days": 7}

stamps: list[str] = []  # what effects and listeners did, in order
reminders: list[tuple[int, int]] = []
unreachable: set[int] = set()  # cases whose reminders can't be sent
shelf = {"in": True, "fines": False, "closes": True}
also: dict[str, Callable[[Context], None]] = {}  # what a test wants to happen inside an effect


def reset() -> None:
    stamps.clear()
    reminders.clear()
    unreachable.clear()
    also.clear()
    shelf.update({"in": True, "fines": False, "closes": True})


@role("reader", title=Text(zh="读者", en="Reader"))
def is_reader(case: Case, person: Person) -> bool:
    return person.name == "reader"


@role("librarian", title=Text(zh="馆员", en="Librarian"))
def is_librarian(case: Case, person: Person) -> bool:
    return person.name == "librarian"


@guard("book_is_in", title=Text(zh="书在馆", en="The book is in"))
def book_is_in(context: Context) -> Text | None:
    return None if shelf["in"] else Text(zh="书不在馆", en="the book is out")


@guard("reader_has_no_fines", title=Text(zh="无罚款", en="No fines"))
def reader_has_no_fines(context: Context) -> Text | None:
    return Text(zh="有罚款未缴", en="there are fines to pay") if shelf["fines"] else None


@effect("hold_deposit", title=Text(zh="冻结押金", en="Hold the deposit"), money="hold")
def hold_deposit(context: Context) -> None:
    _stamp("hold_deposit", context)


@effect("pay_back_part", title=Text(zh="退还部分押金", en="Pay back a part"), money="pay")
def pay_back_part(context: Context) -> None:
    _stamp("pay_back_part", context)


@effect("keep_deposit", title=Text(zh="释放押金", en="Let the deposit go"), money="release")
def keep_deposit(context: Context) -> None:
    _stamp("keep_deposit", context)


@effect("stamp", title=Text(zh="盖章", en="Stamp"))
def stamp(context: Context) -> None:
    _stamp("stamp", context)


@effect("send_letter", title=Text(zh="寄信", en="Send a letter"), after_commit=True)
def send_letter(context: Context) -> None:
    _stamp("send_letter", context)


@effect("refuse_at_the_door", title=Text(zh="拒绝", en="Refuse at the door"))
def refuse_at_the_door(context: Context) -> None:
    raise refuse("door_shut", "门已关。", "The door is shut.")


@date_source("library.closing_time")
def closing_time(case: Case) -> datetime | None:
    return CLOSING if shelf["closes"] else None


@on_moved
def note_move(context: Context) -> None:
    if context.programme.plan.en == "The library":
        stamps.append(f"moved:{context.event}")
        if "moved" in also:
            also["moved"](context)


@on_reminder
def note_reminder(case: Case, reminder: Reminder) -> None:
    if case.pk in unreachable:
        raise OSError("no letters can be sent today")
    reminders.append((case.pk, reminder.before))


def _stamp(name: str, context: Context) -> None:
    stamps.append(f"{name}:{context.case.state}")
    if name in also:
        also[name](context)


def person(name: str) -> Person:
    return Person.objects.create_user(f"{name}@library.example", name=name, joined_at=NOW)


def version(name: str = "rare-books") -> DefinitionVersion:
    return actions.load_programme(programme=_read(name), by=None, now=NOW)


@cache
def _read(name: str) -> Programme:
    return read_programme(PROGRAMMES / f"{name}.yaml")


def a_case(definition: DefinitionVersion | None = None, machine: str = "case") -> Case:
    return actions.open_case(machine=machine, definition=definition or version(), by=None, now=NOW)


def weighing(reader: Person, definition: DefinitionVersion | None = None) -> Case:
    """A case that a librarian has to decide about."""
    case = a_case(definition)
    actions.move(case=case, event="ask", by=reader, now=NOW, data=REQUEST)
    return case
