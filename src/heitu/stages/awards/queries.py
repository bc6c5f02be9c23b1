"""Awards: which are live, and what a call can still give."""

from __future__ import annotations

from django.db.models import Q, QuerySet, Sum

from heitu.engines.ledger.actions import ensure_account
from heitu.engines.ledger.models import Account
from heitu.ground.core.statements import Reading
from heitu.ground.core.text import Text
from heitu.ground.people.models import Team
from heitu.stages.applications.models import Application
from heitu.stages.awards.models import Award
from heitu.stages.calls.models import Call
from heitu.stages.calls.queries import held_for

_AWARDS = Reading(Award, by="application")


def award_of(application: Application) -> Award | None:
    """The application's award, the one at hand or the one in the database."""
    return getattr(application, "award", None) or _AWARDS.find(application.pk)


def live(call: Call) -> QuerySet[Award]:
    """Awards that hold a seat: offered, at work, or ended in success."""
    return Award.objects.filter(application__call=call).filter(
        Q(ended_at__isnull=True) | Q(application__case__outcome="success")
    )


def unpromised(call: Call) -> int:
    """Fen in the call's pot that no open offer has promised away."""
    offers = Award.objects.filter(application__call=call, accepted_at__isnull=True, ended_at__isnull=True)
    promised = offers.aggregate(fen=Sum("amount"))["fen"] or 0
    return held_for(call) - promised


def account_of(award: Award) -> Account:
    """The project's own account: what the team may still earn."""
    application = award.application
    title = Text(zh=f"项目 {application.call.number} · {application.team.name}",
                 en=f"Project {application.call.number} · {application.team.name}")
    return ensure_account(commodity="CNY", code=award.account_code, kind="project", title=title)


def payee_of(team: Team) -> Account:
    """The account in which everything paid to a team adds up."""
    title = Text(zh=f"团队 {team.name}", en=f"Team {team.name}")
    return ensure_account(commodity="CNY", code=f"team:{team.pk}", kind="payee", title=title)
