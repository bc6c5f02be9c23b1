"""What stands against a claim, and what is still missing before an application can be handed in."""

from __future__ import annotations

from datetime import datetime

from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.pins import programme_of
from heitu.engines.lifecycle.schemas import problems_with
from heitu.ground.core.statements import planned
from heitu.ground.core.text import Text
from heitu.ground.people.models import Team
from heitu.stages.applications.models import Application
from heitu.stages.applications.queries.lists import live
from heitu.stages.calls.models import Call
from heitu.stages.calls.queries import why_not_open

DECLARATIONS = {
    "original": Text(
        zh="申报内容为本队原创，引用的代码与数据已注明来源。",
        en="This is our own work; code and data of others are named with their sources.",
    ),
    "licence": Text(
        zh="同意成果验收后按任务约定的许可证开源。",
        en="We agree that accepted results are published under the call's licence.",
    ),
}


def why_not_claim(call: Call, programme: Programme, team: Team, now: datetime) -> Text | None:
    """Why this team can't claim the call now; None when it can."""
    return why_not_open(call, now) or why_not_more(team, programme) or why_not_seat(call, programme, team)


def why_not_more(team: Team, programme: Programme) -> Text | None:
    """Whether the team already has as many claims under way in the programme as its rules allow."""
    most = programme.rules.max_claims_per_team
    if most is None:
        return None
    with planned() as cursor:
        cursor.execute(_RUNNING, [team.pk, programme.programme])
        running: int = cursor.fetchone()[0]
    if running < most:
        return None
    return Text(
        zh=f"本队在“{programme.title.zh}”中已有 {most} 项在研，须先完成其中一项。",
        en=f"The team already has {most} claims under way in “{programme.title.en}”; finish one first.",
    )


_RUNNING = """
SELECT count(*) FROM applications_application a JOIN calls_call c ON c.id = a.call_id JOIN lifecycle_case s ON s.id = a.case_id
WHERE a.team_id = %s AND c.programme = %s AND a.submitted_at IS NOT NULL AND s.closed_at IS NULL
"""


def why_not_seat(call: Call, programme: Programme, team: Team) -> Text | None:
    """Under exclusive claiming the first team to hand in holds the call until its case is closed."""
    if programme.rules.claiming != "exclusive" or not live(call).exclude(team=team).exists():
        return None
    return Text(zh="本任务为独占揭榜，已有团队申报。", en="Only one team may claim this call, and one has.")


def problems(application: Application) -> list[tuple[str, Text]]:
    """(field, message) for everything that is still missing or wrong before it can be handed in."""
    programme = programme_of(application.case)
    form = programme.state("case", application.case.state).form
    found = problems_with(programme, form, application.answers) if form else []
    missing = [name for name in DECLARATIONS if not application.declarations.get(name)]
    needed = Text(zh="需要勾选声明才能提交。", en="Tick this declaration before you submit.")
    return found + [(f"declares_{name}", needed) for name in missing]
