"""Which of several buttons was pressed."""

from __future__ import annotations

from django.http import HttpRequest

from heitu.ground.core.errors import refuse


def chosen(request: HttpRequest, *decisions: str) -> str:
    """Raises Refused `no_decision` for none, or any other word: nothing may be decided by default."""
    given = str(request.POST.get("decision"))
    if given not in decisions:
        zh, en = f"请选择一项决定（{'、'.join(decisions)}）。", f"Choose a decision: {', '.join(decisions)}."
        raise refuse("no_decision", zh, en, field="decision")
    return given
