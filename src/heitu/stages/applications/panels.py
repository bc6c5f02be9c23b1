"""What applications put onto the case page, and onto the page of the call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from heitu.engines.lifecycle.definitions import State
from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.stages.applications import queries
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.calls.queries import why_not_open
from heitu.ui.panels import NextStep, View, next_step, panel

OFFICE = frozenset({"officer", "auditor", "finance"})
MOST_RACERS = 100


@next_step("answers", order=90)
def write_answers(view: View) -> NextStep | None:
    """The lead goes on writing while something is missing."""
    state = _state_of(view.subject)
    if "lead" not in view.roles or state.step != "submit" or state.form is None:
        return None
    count = len(queries.problems(view.subject))
    if count == 0:
        return None
    return NextStep(
        sentence=Text(
            zh=f"申报书还有 {count} 处要补充，补齐后就能提交。",
            en=f"Still missing: {count} answer(s). Then you can submit.",
        ),
        label=Text(zh="填写申报书", en="Write the application"),
        url=reverse("application_answers", args=[view.subject.pk]),
    )


@panel("answers", template="applications/answers_panel.html", order=50)
def answers_panel(view: View) -> dict[str, Any] | None:
    """What the team wrote. The schema is that of the case's first form, wherever the case is now."""
    application: Application = view.subject
    programme, state = programme_of(application.case), _state_of(application)
    first = programme.state("case", programme.machine("case").start).form
    if first is None:
        return None
    return {
        "filled": queries.filled(programme.forms[first], application.answers),
        "declared": [queries.DECLARATIONS[name] for name in queries.DECLARATIONS if application.declarations.get(name)],
        "can_write": "lead" in view.roles and state.step == "submit" and state.form is not None,
        "submitted_at": application.submitted_at, "application": application.pk,
    }


@panel("story", template="applications/story_panel.html", order=90)
def story_panel(view: View) -> dict[str, Any] | None:
    lines = queries.story(view.subject, view.viewer)
    return {"lines": lines} if lines else None


@panel("team", template="applications/team_panel.html", order=30, slot="aside")
def team_panel(view: View) -> dict[str, Any]:
    shown = queries.blinded(view.subject, view.viewer)
    return {"shown": shown, "members": shown.members}


# On the page of the call


@dataclass(frozen=True)
class Racer:
    """A team on the way, as the viewer may know it."""

    shown: queries.Shown
    state: State
    is_own: bool
    can_open: bool


@panel("claims", template="applications/claims_panel.html", order=10, page="call")
def claims_panel(view: View) -> dict[str, Any] | None:
    """How to claim the call, or why that isn't possible; and who races. Nothing for a call that isn't public.

    Names of teams only where the programme's blindness allows it; how far a team is, and who dropped out, only for
    those who may open its application.
    """
    if view.subject.announced_at is None:
        return None
    standing = queries.standing(view.viewer, view.subject, most=MOST_RACERS)
    opens_all = bool(OFFICE & view.roles)
    return {
        "own": standing.application, "own_state": _state_of(standing.application) if standing.application else None,
        "why": _why_not(view, standing), "visitor": view.viewer is None,
        "is_shown": bool(standing.claimable or standing.application) or not view.roles,
        "racers": [
            _racer(each, view.viewer, own=standing.own, opens_all=opens_all) for each in standing.rows
            if opens_all or each.team_id in standing.own or each.case.outcome in ("", "success")
        ],
    }


def _why_not(view: View, standing: queries.Standing) -> Text | None:
    """Why the viewer can't claim; None when one of their teams can, or when signing in might help."""
    call: Call = view.subject
    closed = why_not_open(call, view.now)
    if closed or view.viewer is None:
        return closed
    if not standing.claimable:
        return Text(zh="只有团队负责人可以揭榜。", en="Only the lead of a team can claim.")
    programme = programme_of(call.case)
    answers = [queries.why_not_claim(call, programme, team, view.now) for team in standing.claimable]
    return None if None in answers else answers[0]


def _racer(application: Application, viewer: Person | None, *, own: frozenset[int], opens_all: bool) -> Racer:
    is_own = application.team_id in own
    shown = queries.blinded_row(application, viewer, own=own)
    return Racer(shown, _state_of(application), is_own, is_own or opens_all)


def _state_of(application: Application) -> State:
    return programme_of(application.case).state("case", application.case.state)
