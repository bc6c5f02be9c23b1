"""The payment that waits, on the case page."""

from __future__ import annotations

from typing import Any

from heitu.stages.settlement.queries import payouts_of
from heitu.ui.panels import View, panel

INSIDERS = frozenset({"lead", "member", "owner", "officer", "finance", "auditor"})


@panel("settlement", template="settlement/panel.html", order=60)
def settlement_panel(view: View) -> dict[str, Any] | None:
    if not INSIDERS & view.roles or not view.subject.submitted_at:
        return None
    payouts = payouts_of(view.subject)
    return {"payouts": payouts} if payouts else None
