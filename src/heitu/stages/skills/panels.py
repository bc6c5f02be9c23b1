"""Skills on the case page."""

from __future__ import annotations

from typing import Any

from heitu.stages.applications.models import Application
from heitu.stages.skills import queries
from heitu.stages.skills.models import Evidence
from heitu.ui.panels import View, panel


@panel("skills", template="skills/panel.html", order=85, slot="aside")
def panel_skills(view: View) -> dict[str, Any] | None:
    """The skills that the case has shown; None before that. While it runs, the credentials' panel names them."""
    if not isinstance(view.subject, Application):
        return None
    if not view.subject.case.outcome:
        return None
    evidence = Evidence.objects.filter(application=view.subject).select_related("skill")
    shown = {one.skill.slug: one for one in evidence.order_by("skill__slug")}
    rows = [{"skill": one.skill, "level": one.level, "meaning": queries.meaning(one.skill, one.level)}
            for one in shown.values()]
    return {"shown": rows} if rows else None
