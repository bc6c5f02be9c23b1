"""Who may write in the work log: those who do the work, those who ask for it, and the office."""

from __future__ import annotations

from heitu.ground.people.models import Person
from heitu.ground.people.rules import is_finance, is_officer, sees_everything
from heitu.stages.applications.models import Application
from heitu.stages.applications.rules import can_know_team, is_member
from heitu.stages.calls.rules import acts_as_owner


def can_write_note(person: Person | None, application: Application) -> bool:
    """The team, the call's owner once they may know whose work it is (notes bear names), and officers."""
    if person is None or not person.is_active:
        return False
    if not can_know_team(person, application):
        return False
    return is_member(person, application) or acts_as_owner(person, application.call) or is_officer(person)


def can_read_log(person: Person | None, application: Application) -> bool:
    """Those who write in it, finance and auditors; never a reviewer."""
    return can_write_note(person, application) or sees_everything(person) or is_finance(person)
