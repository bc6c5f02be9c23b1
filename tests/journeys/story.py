"""A journey told through the product's own actions: who does what, when, and what must be true afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile

from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.models import Case, DefinitionVersion, Transition
from heitu.engines.lifecycle.queries import current_version, programme_in
from heitu.ground.core.text import Text
from heitu.ground.people.actions import create_team, grant, register
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Person, Team
from heitu.site.setup import load_pack
from heitu.stages.applications import actions as applications
from heitu.stages.applications.models import Application
from heitu.stages.applications.queries import DECLARATIONS
from heitu.stages.calls import actions as calls
from heitu.stages.calls.models import Call
from heitu.stages.calls.terms import Terms
from heitu.stages.deliverables import actions as deliverables
from heitu.stages.deliverables.models import Deliverable
from heitu.stages.settlement.funds import Whereabouts, funds, whereabouts
from tests.people import Cast, make_cast

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ACCEPTED = {
    "verdict": "accepted", "score": 80.0, "cases": [{"id": "a", "verdict": "accepted"}],
    "speedup": {"geomean": 2.0, "low": 1.9, "high": 2.1},
}


class Story:
    """A clock, a cast, and the few verbs that journeys are told with."""

    def __init__(self, programme: str, pack: str = "packs/ascend", start: datetime = START) -> None:
        self.now = start
        self.cast: Cast = make_cast(self.now)
        load_pack(Path(pack))
        self.version: DefinitionVersion = current_version(programme)
        self.programme = programme_in(self.version)
        calls.endow_fund(
            programme=self.programme, amount=1_000_000_00, by=self.cast.ma, now=self.now, key="story"
        )

    def later(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now

    def call(self, *, prize: int = 60_000_00, seats: int = 1, task: str = "", open_it: bool = True) -> Call:
        terms = Terms(
            title=Text(zh="任务", en="A task"), summary=Text(), statement=Text(), task=task, prize=prize, seats=seats,
            opens_at=self.now, closes_at=self.now + timedelta(days=20), delivery_days=60,
            licence=self.programme.rules.licences[0], skills=self.programme.skills,
        )
        call = calls.create_call(
            definition=self.version, terms=terms, owner=self.cast.zhou, institution=self.cast.company,
            by=self.cast.zhou, now=self.now,
        )
        if open_it:
            self.move(call.case, "propose", self.cast.zhou)
            self.move(call.case, "open", self.cast.chen)
        return Call.objects.get(pk=call.pk)

    def team(self, name: str) -> tuple[Team, Person]:
        lead = register(email=f"{name}@people.example", name=name, by=None, now=self.now, confirmed=True)
        grant(person=lead, role=Role.TEACHER, institution=self.cast.university, by=None, now=self.now)
        team = create_team(name=name, slug=name, institution=self.cast.university, lead=lead, by=None, now=self.now)
        return team, lead

    def finance(self, name: str) -> Person:
        person = register(email=f"{name}@finance.example", name=name, by=None, now=self.now, confirmed=True)
        grant(person=person, role=Role.FINANCE, by=None, now=self.now)
        return person

    def expert(self, name: str) -> Person:
        person = register(email=f"{name}@expert.example", name=name, by=None, now=self.now, confirmed=True)
        grant(person=person, role=Role.EXPERT, by=None, now=self.now)
        return person

    def application(self, call: Call, answers: dict[str, Any], team: Team | None = None, lead: Person | None = None) -> Application:
        lead = lead or self.cast.lin
        application = applications.start(call=call, team=team or self.cast.dengta, by=lead, now=self.now)
        applications.change_answers(
            application=application, answers=answers, declarations=dict.fromkeys(DECLARATIONS, True), by=lead, now=self.now
        )
        return application

    def move(self, case: Case, event: str, by: Person | None, **given: Any) -> Transition:
        self.later(hours=1)
        return move(case=case, event=event, by=by, now=self.now, **given)

    def hand_in(self, application: Application, by: Person, result: dict[str, Any] | None = None) -> Deliverable:
        """A version, with the judge's answer where one is given (marked as simulated)."""
        self.later(hours=1)
        made = deliverables.hand_in(
            application=application, file=ContentFile(b"def f(x): return x\n", name="submission.py"), queue=False,
            by=by, now=self.now,
        )
        if result is not None:
            deliverables.record_verdict(deliverable=made, result=result, simulated=True, now=self.now)
        return made

    def money(self) -> Whereabouts:
        """Where the programme's fund is now; always adds up."""
        assert self.programme.fund is not None
        fund, titles = funds()[self.programme.fund.code]
        total, _ = whereabouts(fund, titles)
        assert total.adds_up
        return total
