"""Calls and applications for tests, made and moved through the product's own actions with the real definitions."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from heitu.engines.lifecycle.actions import load_programme, move
from heitu.engines.lifecycle.models import DefinitionVersion
from heitu.engines.lifecycle.pins import programme_in
from heitu.ground.core.text import Text
from heitu.ground.people.models import Institution, Person, Team
from heitu.stages.applications import actions as applications
from heitu.stages.applications.models import Application
from heitu.stages.applications.queries import DECLARATIONS
from heitu.stages.calls import actions as calls
from heitu.stages.calls.models import Call
from heitu.stages.calls.terms import Terms
from tests.factories import NOW
from tests.people import Cast

PROGRAMMES = Path("packs/ascend/programmes")
ANSWERS = {
    "approach": "分块归约，向量化读取，双精度累加，末尾单独处理。", "plan": "四周设计，六周实现，两周调优与文档。",
}
ALL_TICKED = dict.fromkeys(DECLARATIONS, True)
PRIZE = 6_800_000


def load(slug: str = "crowd-operators", *, endow: bool = True, now: datetime = NOW) -> DefinitionVersion:
    """Load one of the pack's programmes, its fund endowed with a million yuan."""
    version = load_programme(path=PROGRAMMES / f"{slug}.yaml", by=None, now=now)
    if endow:
        calls.endow_fund(programme=programme_in(version), amount=100_000_000, by=None, now=now, key=f"test:{slug}")
    return version


def terms(now: datetime = NOW, **changes: Any) -> Terms:
    given: dict[str, Any] = {
        "title": Text(zh="RMSNorm 融合算子", en="Fused RMSNorm"), "summary": Text(zh="半精度。", en="Half precision."),
        "statement": Text(zh="## 目标\n把三步合为一步。", en="## Goal\nFuse three steps."), "task": "rms-norm",
        "prize": PRIZE, "seats": 3, "opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(days=21),
        "delivery_days": 60, "licence": "Apache-2.0", "skills": ("vectorised-reduction",),
    }
    return Terms(**(given | changes))


def a_draft(
    *, owner: Person, institution: Institution, definition: DefinitionVersion, now: datetime = NOW, **changes: Any
) -> Call:
    return calls.create_call(
        definition=definition, terms=terms(now, **changes), owner=owner, institution=institution, by=owner, now=now
    )


def an_open_call(
    cast: Cast, definition: DefinitionVersion | None = None, *, now: datetime = NOW, **changes: Any
) -> Call:
    """Zhou's call, approved by Chen, taking claims."""
    version = definition or load(now=now)
    call = a_draft(owner=cast.zhou, institution=cast.company, definition=version, now=now, **changes)
    move(case=call.case, event="propose", by=cast.zhou, now=now)
    move(case=call.case, event="open", by=cast.chen, now=now)
    call.refresh_from_db()
    return call


def a_draft_application(call: Call, team: Team, lead: Person, *, now: datetime = NOW) -> Application:
    """Complete, but not handed in."""
    application = applications.start(call=call, team=team, by=lead, now=now)
    return applications.change_answers(
        application=application, answers=ANSWERS, declarations=ALL_TICKED, by=lead, now=now
    )


def an_application(call: Call, team: Team, lead: Person, *, now: datetime = NOW) -> Application:
    """Handed in."""
    application = a_draft_application(call, team, lead, now=now)
    move(case=application.case, event="submit", by=lead, now=now)
    application.refresh_from_db()
    return application
