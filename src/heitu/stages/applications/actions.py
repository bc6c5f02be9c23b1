"""Starting an application, writing it, and moving many at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from heitu.engines.lifecycle.actions import lock, move, open_case, refresh_deadline
from heitu.engines.lifecycle.definitions import State
from heitu.engines.lifecycle.enums import MachineName
from heitu.engines.lifecycle.pins import programme_of, version_of
from heitu.ground.audit.actions import record
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.statements import Reading
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person, Team
from heitu.stages.applications.models import Application
from heitu.stages.applications.queries import DECLARATIONS, why_not_claim
from heitu.stages.applications.rules import can_claim_for
from heitu.stages.calls.models import Call

_LOCKING = Reading(Team, by="id", lock=True)
MOST_BYTES = 200_000  # of answers; forms limit their fields, programs needn't


@dataclass(frozen=True)
class Outcome:
    """What became of one application in a bulk move."""

    application: Application
    refused: Refused | None


@atomic
def start(*, call: Call, team: Team, by: Person, now: datetime) -> Application:
    """Draft a team's application, under the definition that the call runs under.

    A team that has a draft or more already gets that one. Raises Refused `not_team_lead` or `cannot_claim`.
    """
    if not can_claim_for(by, team):
        raise refuse(
            "not_team_lead", f"只有“{team.name}”的负责人可以申报。",
            f"Only the lead of “{team.name}” can apply.", field="team",
        )
    _LOCKING.get(team.pk)  # two clicks at once make one draft
    known = Application.objects.filter(call=call, team=team).first()
    if known is not None:
        return known
    why = why_not_claim(call, programme_of(call.case), team, now)
    if why is not None:
        raise Refused("cannot_claim", why)
    case = open_case(machine=MachineName.CASE, definition=version_of(call.case), by=by, now=now)
    application = Application.objects.create(case=case, call=call, team=team, applicant=by, started_at=now)
    refresh_deadline(case=case, by=None, now=now)
    record(action="application.started", by=by, now=now, subject=application, detail={"call": call.number})
    return application


@atomic
def change_answers(
    *, application: Application, answers: Mapping[str, Any], declarations: Mapping[str, bool] | None = None,
    by: Person | None, now: datetime,
) -> Application:
    """Keep what the team has written so far, finished or not; `submit` asks whether it is complete.

    `declarations` (name → ticked, see `queries.DECLARATIONS`) stay as they are when left out.

    Raises Refused `not_editable`, `answer_unknown` or `answers_too_long`.
    """
    application.case = lock(application.case_id)
    state = _state(application)
    if state.step != "submit" or state.form is None:
        raise refuse(
            "not_editable", f"当前是“{state.title.zh}”，申报书不能再修改。",
            f"In “{state.title.en}” the application can't be changed.",
        )
    _check_shape(application, state.form, answers)
    application.answers = dict(answers)
    if declarations is not None:
        application.declarations = {name: bool(declarations.get(name)) for name in DECLARATIONS}
    application.save(update_fields=["answers", "declarations"])
    record(action="application.edited", by=by, now=now, subject=application)
    return application


@atomic
def mark_submitted(*, application: Application, by: Person | None, now: datetime) -> None:
    """The latest time it was handed in counts, and whoever did it stands for the team."""
    application.submitted_at = now
    application.applicant = by or application.applicant
    application.save(update_fields=["submitted_at", "applicant"])
    record(action="application.submitted", by=by, now=now, subject=application)


def move_many(
    *, applications: Iterable[Application], event: str, by: Person, now: datetime, reason: str = "", key: str = ""
) -> list[Outcome]:
    """Make the same move for each; one that is refused doesn't stop the others.

    `key` makes the whole repeatable: each application's move has a key of its own from it.
    """
    return [_moved(each, event=event, by=by, now=now, reason=reason, key=key) for each in applications]


def _moved(
    application: Application, *, event: str, by: Person, now: datetime, reason: str, key: str
) -> Outcome:
    try:
        move(
            case=application.case, event=event, by=by, now=now, reason=reason,
            key=f"{key}:{application.pk}" if key else None,
        )
    except Refused as refused:
        return Outcome(application, refused)
    return Outcome(application, None)


def _state(application: Application) -> State:
    return programme_of(application.case).state("case", application.case.state)


def _check_shape(application: Application, form: str, answers: Mapping[str, Any]) -> None:
    known = programme_of(application.case).forms[form].get("properties", {})
    unknown = sorted(set(answers) - set(known))
    if unknown:
        raise refuse(
            "answer_unknown", f"申报书没有这些栏目：{'、'.join(unknown)}。",
            f"The form has no such fields: {', '.join(unknown)}.", field=unknown[0],
        )
    if len(json.dumps(answers, ensure_ascii=False).encode()) > MOST_BYTES:
        raise refuse("answers_too_long", "申报书太长。", "The application is too long.", limit=MOST_BYTES)
