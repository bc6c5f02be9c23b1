"""Keys for programs: made, shown once, revoked."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.people import actions, queries, rules
from heitu.ground.people.forms import TokenForm
from heitu.ground.people.views.shared import attempt, signed_in, status_of


@login_required
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """The token is in the answer to the POST and nowhere else, so this page alone doesn't redirect."""
    person = signed_in(request)
    form = TokenForm(request.POST or None)
    made = attempt(form, lambda: actions.create_token(**form.cleaned_data, by=person, now=clock.now()))
    context = {
        "form": TokenForm() if made else form,
        "made": made[0] if made else None,
        "plain": made[1] if made else "",
        "tokens": queries.api_tokens(person),
        "now": clock.now(),
    }
    return render(request, "people/tokens.html", context, status=status_of(form))


@login_required
@require_POST
def token_revocation(request: HttpRequest, pk: int) -> HttpResponse:
    person = signed_in(request)
    found = get_object_or_404(rules.revocable_tokens(person), pk=pk)
    actions.revoke_token(token=found, by=person, now=clock.now())
    messages.success(request, str(Text(zh="令牌已撤销。", en="The token was revoked.")))
    return redirect("people:tokens")
