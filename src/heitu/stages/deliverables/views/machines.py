"""The list of machines that judge, for those who run the ecosystem."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from heitu.ground.core.clock import now
from heitu.ground.people.queries import person_of
from heitu.ground.people.rules import sees_everything
from heitu.stages.deliverables.judging import holdups, machines
from heitu.stages.deliverables.queries import waiting_by_toolchain
from heitu.ui.pages import paginate

MOST_HELD = 10  # listed; they have one cause between them, as a rule


@login_required
@require_safe
def machine_list(request: HttpRequest) -> HttpResponse:
    """Who is at work on what, who times evenly, and which waiting work nobody can do."""
    if not sees_everything(person_of(request)):
        raise Http404
    moment = now()
    page = paginate(request, machines.listed())
    rows = [
        {
            "machine": each, "is_alive": each.seen_at > moment - machines.ALIVE_WITHIN, "queues": machines.queues_of(each.toolchains),
            "is_fresh": machines.is_fresh(each, moment), "until": machines.certified_until(each),
        }
        for each in page.object_list
    ]
    context = {
        "page": page, "rows": rows, "waiting": waiting_by_toolchain(), "unserved": holdups.unserved(now=moment),
        "held_up": holdups.listed(MOST_HELD),
    }
    return render(request, "deliverables/machine_list.html", context)
