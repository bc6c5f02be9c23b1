"""The lives of calls and cases: generators that act through the product's own actions and yield when to wake next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.core.files.base import File

from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.definitions import SYSTEM, Event, Programme, State
from heitu.engines.lifecycle.models import Case
from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core.errors import Refused
from heitu.ground.core.money import format_yuan
from heitu.ground.core.statements import Reading, planned
from heitu.ground.people.models import Person, Team
from heitu.site.simulation import habits
from heitu.site.simulation.world import World
from heitu.stages.applications import actions as applications
from heitu.stages.applications.models import Application
from heitu.stages.applications.queries import DECLARATIONS
from heitu.stages.calls.models import Call
from heitu.stages.deliverables import actions as deliverables
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.models import Deliverable
from heitu.stages.reviews import actions as reviews
from heitu.stages.reviews.enums import Recommendation
from heitu.stages.reviews.queries import OPEN
from heitu.stages.settlement.queries import proposed
from heitu.stages.work.queries import open_milestone

Life = Iterator[datetime]
Judge = Callable[[Deliverable, datetime], bool]  # True when it was really run
Work = Callable[[Call, Random], "File[bytes]"]
_CALLS = Reading(Call, "case", by="id")
PATIENCE = 8  # refusals in a row after which somebody gives up on a case


@dataclass
class Stage:
    """What every life shares: the people, the dice, the judge, how to be born, and the tally."""

    world: World
    rng: Random
    judge: Judge
    work: Work
    spawn: Callable[[datetime, Life], None]
    now: datetime
    end: datetime
    tally: Counter[str] = field(default_factory=Counter)

    def days(self, low: float, high: float) -> timedelta:
        return timedelta(minutes=self.rng.randint(round(low * 1440), round(high * 1440)))


def call_life(stage: Stage, call: Call, rivals: list[tuple[Team, Person]]) -> Life:
    """A call from its draft to its conclusion; its teams' cases are born once it is open. Only this life moves its case."""
    case = call.case
    while True:
        if case.closed_at:
            stage.tally[f"calls {case.outcome}"] += 1
            return
        state = programme_of(case).state("call", case.state)
        if case.state == "open" or (state.deadline and state.step == "submit"):
            for team, lead in rivals:
                stage.spawn(stage.now + stage.days(0.5, 12), case_life(stage, call, team, lead))
            yield call.closes_at + timedelta(hours=1)
            _lapse(stage, case)
            continue
        yield stage.now + (stage.days(20, 40) if state.step == "milestone" else habits.delay(state, stage.rng))
        _act(stage, case, state, lambda event: _call_actor(stage, call, event), [])


def _call_actor(stage: Stage, call: Call, event: Event) -> Person | None:
    return call.owner if "owner" in event.by else stage.rng.choice(stage.world.officers)


def case_life(stage: Stage, call: Call, team: Team, lead: Person) -> Life:
    """One team's way through one call, until it is closed or the simulated years end."""
    call = _CALLS.get(call.pk)
    try:
        application = applications.start(call=call, team=team, by=lead, now=stage.now)
    except Refused as error:
        stage.tally[f"refused {error.code}"] += 1
        return
    case, refused = application.case, list[str]()
    while True:
        if case.closed_at:
            stage.tally[f"cases {case.outcome}"] += 1
            return
        state = programme_of(case).state("case", case.state)
        is_late = case.due_at is not None and stage.rng.random() < habits.LATE
        yield case.due_at + timedelta(hours=1) if is_late and case.due_at else stage.now + habits.delay(state, stage.rng)
        if _catch_up(case):
            refused = []
            continue
        if case.due_at and stage.now >= case.due_at:
            _lapse(stage, case)
            continue
        _prepare(stage, application, state, lead)
        acted = _act(stage, case, state, lambda event: _case_actor(stage, application, lead, event), refused)
        refused = [] if acted or len(refused) > PATIENCE else refused


def _catch_up(case: Case) -> bool:
    """Whether somebody has moved the case since it was last looked at; it is up to date then. Own moves keep it so."""
    with planned() as cursor:
        cursor.execute("SELECT FROM lifecycle_case WHERE id = %s AND moves = %s", [case.pk, case.moves])
        if cursor.rowcount:
            return False
    case.refresh_from_db()
    return True


def _lapse(stage: Stage, case: Case) -> None:
    """What the deadline sweep does when this case's date has passed."""
    state = programme_of(case).state(case.machine, case.state)
    if state.deadline and case.due_at and case.due_at <= stage.now:
        _try(stage, case, state.deadline.event, None)


def _act(
    stage: Stage, case: Case, state: State, actor: Callable[[Event], Person | None], refused: list[str]
) -> bool:
    """Choose and make a move; a refused one is remembered, so that something else is tried next time."""
    event = habits.choose(state, refused, stage.rng)
    if event is None:
        refused.clear()
        return False
    acted = _try(stage, case, event, actor(state.on[event]))
    if not acted:
        refused.append(event)
    return acted


def _try(stage: Stage, case: Case, name: str, by: Person | None) -> bool:
    programme = programme_of(case)
    event = programme.state(case.machine, case.state).on[name]
    try:
        move(
            case=case, event=name, by=by, now=stage.now, data=_data(stage, case, programme, event),
            reason=habits.reason(stage.rng) if event.reason == "required" else "",
        )
    except Refused as error:
        stage.tally[f"refused {error.code}"] += 1
        return False
    stage.tally["moves"] += 1
    stage.tally[f"did {name}"] += 1
    return True


def _data(stage: Stage, case: Case, programme: Programme, event: Event) -> dict[str, object]:
    if event.form is None:
        return {}
    data = habits.fill(programme.forms[event.form], stage.rng)
    if "earned" in data:
        milestone = open_milestone(case.application)
        share = stage.rng.randint(50, 95)
        data["earned"] = format_yuan(milestone.amount * share // 100 if milestone else 0)
    return data


def _case_actor(stage: Stage, application: Application, lead: Person, event: Event) -> Person | None:
    roles = [role for role in event.by if role != SYSTEM]
    match roles[0]:
        case "lead" | "member":
            return lead
        case "owner":
            return application.call.owner
        case "finance":
            payout = proposed(application)
            done = set(payout.approvals.values_list("person_id", flat=True)) if payout else set()
            return stage.rng.choice([person for person in stage.world.finance if person.pk not in done])
    return stage.rng.choice(stage.world.officers)


def _prepare(stage: Stage, application: Application, state: State, lead: Person) -> None:
    """What people do before the move: answer the form, write the reviews, hand in the work."""
    programme = programme_of(application.case)
    if state.step == "submit" and state.form:
        applications.change_answers(
            application=application, answers=habits.fill(programme.forms[state.form], stage.rng),
            declarations=dict.fromkeys(DECLARATIONS, True), by=lead, now=stage.now,
        )
    elif state.step == "review":
        _write_reviews(stage, application, programme)
    elif state.step == "milestone" and "deliver" in state.on:
        _deliver(stage, application, state, lead)


def _write_reviews(stage: Stage, application: Application, programme: Programme) -> None:
    """Nine in ten invited experts answer; a decline makes the office invite somebody else."""
    for review in application.reviews.filter(status__in=OPEN).select_related("reviewer"):
        if stage.rng.random() < 0.1:
            reviews.answer(review=review, accepts=False, reason=habits.reason(stage.rng), by=review.reviewer, now=stage.now)
            continue
        scores = {criterion.id: stage.rng.choice((2, 3, 3, 4, 4, 4, 5)) for criterion in programme.rubric}
        reviews.submit(
            review=review, rubric=programme.rubric, scores=scores, recommendation=Recommendation.SUPPORT,
            to_team=habits.reason(stage.rng), to_office="", by=review.reviewer, now=stage.now,
        )
        stage.tally["reviews"] += 1
    reviews.invite_until(application=application, needed=programme.rules.reviews, by=None, now=stage.now)


def _deliver(stage: Stage, application: Application, state: State, lead: Person) -> None:
    """Hand in a version; a judged one until a version passes, at most one each time that the life wakes."""
    if application.deliverables.filter(verdict__accepted=True).exists():
        return
    work = stage.work(application.call, stage.rng)
    try:
        version = deliverables.hand_in(application=application, file=work, queue=False, by=lead, now=stage.now)
    except Refused as error:
        stage.tally[f"refused {error.code}"] += 1
        return
    stage.tally["deliverables"] += 1
    if version.judging != JudgingStatus.NONE:
        stage.tally["judged for real"] += stage.judge(version, stage.now)
