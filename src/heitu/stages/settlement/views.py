"""Funds, and the payments that wait for finance."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from heitu.engines.lifecycle.queries import current_version, programme_in
from heitu.ground.core.clock import now
from heitu.ground.core.errors import Refused
from heitu.ground.core.money import format_yuan, parse_yuan
from heitu.ground.core.text import Text
from heitu.ground.people.queries import person_of
from heitu.stages.calls.actions import endow_fund
from heitu.stages.settlement import funds, queries
from heitu.stages.settlement.forms import EndowmentForm
from heitu.stages.settlement.rules import can_endow, can_see_funds
from heitu.ui.charts import Series, Stack, stacked
from heitu.ui.forms import tell
from heitu.ui.pages import paginate


@login_required
@require_safe
def fund_list(request: HttpRequest) -> HttpResponse:
    _require_sight(request)
    known = funds.funds()
    rows = [(known[code][0], total) for code, (total, _) in funds.everywhere(known).items()]
    return render(request, "settlement/fund_list.html", {"rows": rows})


@login_required
def fund_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Where every fen of the fund is, and its statement; finance may endow it here."""
    _require_sight(request)
    known = funds.funds()
    if code not in known:
        raise Http404
    fund, titles = known[code]
    is_posted = request.method == "POST"
    form = EndowmentForm(request.POST if is_posted else None, initial={"key": secrets.token_hex(8)})
    if is_posted and _endow(request, form, next(iter(titles))):
        return redirect("fund_detail", code=code)
    total, parts = funds.whereabouts(fund, titles)
    context = {
        "fund": fund, "total": total, "parts": parts, "chart": _chart(parts), "form": form,
        "page": paginate(request, funds.statement(fund), load=funds.transfers.in_order), "may_endow": can_endow(person_of(request)),
    }
    return render(request, "settlement/fund_detail.html", context, status=409 if form.errors else 200)


def _endow(request: HttpRequest, form: EndowmentForm, programme: str) -> bool:
    person = person_of(request)
    if not can_endow(person):
        raise Http404
    if not form.is_valid():
        return False
    try:
        endow_fund(
            programme=programme_in(current_version(programme)), amount=parse_yuan(form.cleaned_data["amount"]),
            by=person, now=now(), key=f"endow:{form.cleaned_data['key']}",
        )
    except Refused as refused:
        tell(form, refused)
        return False
    messages.success(request, str(Text(zh="已记账。", en="Booked.")))
    return True


def _require_sight(request: HttpRequest) -> None:
    if not can_see_funds(person_of(request)):
        raise Http404


def _chart(parts: list[funds.ProgrammeMoney]) -> object:
    """Yuan by programme: paid, held, in projects, set aside for calls."""
    series = (
        Series(Text(zh="已付", en="Paid"), "sprout"), Series(Text(zh="里程碑预留", en="Held for milestones"), "wheat"),
        Series(Text(zh="在项目中", en="In projects"), "sky"), Series(Text(zh="在任务中", en="In calls"), "stone"),
    )
    rows = [
        Stack(part.title, tuple(fen / 100 for fen in fens), note=f"¥ {format_yuan(sum(fens))}")
        for part in parts for fens in [(part.paid, part.held, part.in_projects, part.in_calls)]
    ]
    return stacked(rows, series=series, title=Text(zh="各计划的资金（元）", en="Money by programme (CNY)"))


@login_required
@require_safe
def payout_list(request: HttpRequest) -> HttpResponse:
    """What waits for approval, oldest first; each row leads to its case, where it is approved."""
    _require_sight(request)
    return render(request, "settlement/payout_list.html", {"page": paginate(request, queries.waiting())})
