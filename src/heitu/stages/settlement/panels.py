"""The payment that waits, on the case page."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from heitu.ground.core.text import Text
from heitu.stages.applications.sights import also_ask
from heitu.stages.settlement.models import Approval, Payout
from heitu.ui.panels import View, panel

also_ask("payouts_shown", ArraySubquery(
    Payout.objects.filter(milestone__award__application=OuterRef("pk"))
    .values(row=JSONObject(
        title="milestone__title", amount="amount", status="status", needed="approvals_needed",
        proposed_by="proposed_by__name",
        approved_by=ArraySubquery(Approval.objects.filter(payout=OuterRef("pk")).order_by("pk").values("person__name")),
    ))
    .order_by("-proposed_at", "-pk")
))
INSIDERS = frozenset({"lead", "member", "owner", "officer", "finance", "auditor"})


@panel("settlement", template="settlement/panel.html", order=60)
def settlement_panel(view: View) -> dict[str, Any] | None:
    if not INSIDERS & view.roles or not view.subject.submitted_at:
        return None
    payouts = [{**row, "title": Text(**row["title"])} for row in view.subject.payouts_shown]
    return {"payouts": payouts} if payouts else None
