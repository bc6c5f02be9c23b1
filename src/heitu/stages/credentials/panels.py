"""Credentials on the case page."""

from __future__ import annotations

from typing import Any

from heitu.stages.applications.models import Application
from heitu.stages.calls.queries import packs
from heitu.stages.credentials import queries
from heitu.ui.panels import View, panel


@panel("credentials", template="credentials/panel.html", order=80, slot="aside")
def panel_credentials(view: View) -> dict[str, Any] | None:
    """The credentials of the case, or while it runs the skills that they will attest; None where there are neither."""
    if not isinstance(view.subject, Application):
        return None
    if view.subject.case.outcome:
        issued = list(queries.of_application(view.subject))
        return {"issued": issued, "promised": {}} if issued else None
    promised = packs.skill_titles(view.subject.call.programme, view.subject.call.skills)
    return {"issued": [], "promised": promised} if promised else None
