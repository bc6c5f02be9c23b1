"""Where every fen of a fund is: in the fund, set aside for calls, in projects, held for milestones, or paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from heitu.engines.ledger.enums import Kind
from heitu.engines.ledger.models import Account, Transfer
from heitu.engines.lifecycle.definitions import Fund
from heitu.ground.core.prepared import prepared
from heitu.ground.core.text import Text
from heitu.stages.calls.queries.funds import SPONSOR, fund_code
from heitu.stages.calls.queries.programmes import current_programmes


@dataclass(frozen=True)
class Whereabouts:
    """Fen by place. `left` + `in_calls` + `in_projects` + `held` + `paid` is `endowed`, or the ledger is broken."""

    endowed: int
    left: int
    in_calls: int
    in_projects: int
    held: int
    paid: int

    @property
    def in_work(self) -> int:
        """Set aside for calls and projects, not yet for a running milestone."""
        return self.in_calls + self.in_projects

    @property
    def reserved(self) -> int:
        return self.in_work + self.held

    @property
    def adds_up(self) -> bool:
        return self.left + self.reserved + self.paid == self.endowed


@dataclass(frozen=True)
class ProgrammeMoney:
    """What one programme has taken from its fund, in fen."""

    slug: str
    title: Text
    in_calls: int
    in_projects: int
    held: int
    paid: int


def funds() -> dict[str, tuple[Fund, dict[str, Text]]]:
    """Every fund that a current programme names, with the titles of its programmes by slug."""
    found: dict[str, tuple[Fund, dict[str, Text]]] = {}
    for programme in current_programmes():
        if programme.fund:
            _, titles = found.setdefault(programme.fund.code, (programme.fund, {}))
            titles[programme.programme] = programme.title
    return found


def whereabouts(fund: Fund, programmes: dict[str, Text]) -> tuple[Whereabouts, list[ProgrammeMoney]]:
    """Add up the fund's account, its calls' pots, its projects and what was paid."""
    return everywhere({fund.code: (fund, programmes)})[fund.code]


def everywhere(
    wanted: Mapping[str, tuple[Fund, dict[str, Text]]],
) -> dict[str, tuple[Whereabouts, list[ProgrammeMoney]]]:
    """The whereabouts of several funds (as `funds` gives them) by code; two queries whatever their number and size."""
    accounts = _accounts(fund for fund, _ in wanted.values())
    money = _by_programme([slug for _, titles in wanted.values() for slug in titles])
    found = {}
    for code, (fund, titles) in wanted.items():
        parts = [ProgrammeMoney(slug, titles[slug], *money.get(slug, (0, 0, 0, 0))) for slug in sorted(titles)]
        endowed, left = accounts.get(fund_code(fund), (0, 0))
        found[code] = (_total(endowed, left, parts), parts)
    return found


def _total(endowed: int, left: int, parts: Sequence[ProgrammeMoney]) -> Whereabouts:
    return Whereabouts(
        endowed=endowed, left=left, in_calls=sum(part.in_calls for part in parts), in_projects=sum(part.in_projects for part in parts),
        held=sum(part.held for part in parts), paid=sum(part.paid for part in parts),
    )


def _accounts(funds: Iterable[Fund]) -> dict[str, tuple[int, int]]:
    """Code of a fund's account → fen that the sponsor gave less what it took back, and fen that is left."""
    given, taken_back = _moved(debit__code=SPONSOR, credit=OuterRef("pk")), _moved(debit=OuterRef("pk"), credit__code=SPONSOR)
    rows = Account.objects.filter(code__in=[fund_code(fund) for fund in funds]).values_list(
        "code", given - taken_back, F("credits_posted") - F("debits_posted") - F("debits_pending")
    )
    return {code: (int(endowed), left) for code, endowed, left in rows}


def _moved(**between: object) -> Coalesce:
    moved = Transfer.objects.filter(kind=Kind.SINGLE, **between).order_by().values("commodity")
    return Coalesce(Subquery(moved.annotate(fen=Sum("amount")).values("fen")), 0)


def statement(fund: Fund) -> QuerySet[Transfer]:
    """What went into and out of the fund's own account, newest first."""
    account = Subquery(Account.objects.filter(code=fund_code(fund)).values("pk"))
    return Transfer.objects.filter(Q(debit=account) | Q(credit=account)).order_by("-at", "-pk")


@prepared(pks=list[int])
def transfers(pks: list[int]) -> QuerySet[Transfer]:
    """The transfers with the accounts on both sides and who booked them."""
    return Transfer.objects.filter(pk__one_of=pks).select_related("debit", "credit", "actor")


# Account codes carry the row that they belong to (`call:12`, `award:7`), which is what these joins use.
# Whatever left a project's account and wasn't returned to its call's pot was paid to the team, unless it was reversed.
_MONEY = """
WITH projects AS MATERIALIZED (
    SELECT c.programme, a.id, a.credits_posted - a.debits_posted - a.debits_pending AS free, a.debits_pending AS held
    FROM calls_call c JOIN applications_application p ON p.call_id = c.id
    JOIN awards_award w ON w.application_id = p.id JOIN ledger_account a ON a.code = 'award:' || w.id
    WHERE c.programme = ANY(%(programmes)s::text[])
), parts AS (
    SELECT c.programme, a.credits_posted - a.debits_posted AS in_calls, 0 AS in_projects, 0 AS held, 0 AS paid
    FROM calls_call c JOIN ledger_account a ON a.code = 'call:' || c.id WHERE c.programme = ANY(%(programmes)s::text[])
    UNION ALL
    SELECT programme, 0, free, held, 0 FROM projects
    UNION ALL
    SELECT programme, 0, 0, 0, t.amount FROM projects JOIN ledger_transfer t ON t.debit_id = projects.id
    WHERE t.kind = 'post' AND NOT EXISTS (SELECT FROM ledger_transfer back WHERE back.reversal_of_id = t.id)
)
SELECT programme, sum(in_calls), sum(in_projects), sum(held), sum(paid) FROM parts GROUP BY programme
"""


def _by_programme(programmes: list[str]) -> dict[str, tuple[int, ...]]:
    """Slug → fen in calls, in projects, held and paid; without the programmes that have no money anywhere."""
    with connection.cursor() as cursor:
        cursor.execute(_MONEY, {"programmes": programmes})
        return {slug: tuple(map(int, fen)) for slug, *fen in cursor.fetchall()}
