"""Where every fen of a fund is: in the fund, set aside for calls, in projects, held for milestones, or paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet, Subquery, Sum

from heitu.engines.ledger.enums import Kind
from heitu.engines.ledger.models import Account, Transfer
from heitu.engines.lifecycle.definitions import Fund
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
    """The whereabouts of several funds (as `funds` gives them) by code; four queries whatever their number and size."""
    accounts = {row.code: row for row in Account.objects.filter(code__in=[fund_code(fund) for fund, _ in wanted.values()])}
    given = _endowed(list(accounts.values()))
    money = {row[0]: row for row in _by_programme([slug for _, titles in wanted.values() for slug in titles])}
    found = {}
    for code, (fund, titles) in wanted.items():
        account = accounts.get(fund_code(fund))
        parts = [_programme_money(money[slug], titles) for slug in sorted(titles)]
        found[code] = (_total(account, given.get(account.pk, 0) if account else 0, parts), parts)
    return found


def _total(account: Account | None, given: int, parts: Sequence[ProgrammeMoney]) -> Whereabouts:
    return Whereabouts(
        endowed=given,
        left=account.credits_posted - account.debits_posted - account.debits_pending if account else 0,
        in_calls=sum(part.in_calls for part in parts), in_projects=sum(part.in_projects for part in parts),
        held=sum(part.held for part in parts), paid=sum(part.paid for part in parts),
    )


def _endowed(accounts: Sequence[Account]) -> dict[int, int]:
    """Fen that the sponsor has given to each fund's account, less what was taken back."""
    found = dict.fromkeys((account.pk for account in accounts), 0)
    given, returned = (
        Q(debit__code=SPONSOR, credit__in=accounts), Q(credit__code=SPONSOR, debit__in=accounts),
    )
    rows = Transfer.objects.filter(given | returned, kind=Kind.SINGLE).values_list("debit", "credit")
    for debit, credit, fen in rows.annotate(fen=Sum("amount")):
        if credit in found:
            found[credit] += int(fen)
        else:
            found[debit] -= int(fen)
    return found


def statement(fund: Fund) -> QuerySet[Transfer]:
    """What went into and out of the fund's own account, newest first."""
    account = Subquery(Account.objects.filter(code=fund_code(fund)).values("pk"))
    return Transfer.objects.filter(Q(debit=account) | Q(credit=account)).select_related("debit", "credit", "actor").order_by("-at", "-pk")


# Account codes carry the row that they belong to (`call:12`, `award:7`), which is what these joins use.
# Whatever left a project's account and wasn't returned to its call's pot was paid to the team, unless it was reversed.
_MONEY = """
WITH calls AS (
    SELECT id, programme FROM calls_call WHERE programme = ANY(%(programmes)s::text[])
), pots AS (
    SELECT c.programme, sum(a.credits_posted - a.debits_posted) AS fen
    FROM calls c JOIN ledger_account a ON a.code = 'call:' || c.id GROUP BY c.programme
), projects AS (
    SELECT c.programme, sum(a.credits_posted - a.debits_posted - a.debits_pending) AS fen, sum(a.debits_pending) AS held
    FROM calls c JOIN applications_application p ON p.call_id = c.id
    JOIN awards_award w ON w.application_id = p.id JOIN ledger_account a ON a.code = 'award:' || w.id
    GROUP BY c.programme
), paid AS (
    SELECT c.programme, sum(t.amount) AS fen
    FROM calls c JOIN applications_application p ON p.call_id = c.id
    JOIN awards_award w ON w.application_id = p.id JOIN ledger_account a ON a.code = 'award:' || w.id
    JOIN ledger_transfer t ON t.debit_id = a.id AND t.kind = 'post'
    WHERE NOT EXISTS (SELECT FROM ledger_transfer back WHERE back.reversal_of_id = t.id)
    GROUP BY c.programme
)
SELECT wanted.programme, coalesce(pots.fen, 0), coalesce(projects.fen, 0), coalesce(projects.held, 0), coalesce(paid.fen, 0)
FROM unnest(%(programmes)s::text[]) AS wanted(programme)
LEFT JOIN pots USING (programme) LEFT JOIN projects USING (programme) LEFT JOIN paid USING (programme)
ORDER BY wanted.programme
"""


def _by_programme(programmes: list[str]) -> list[tuple[str, int, int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_MONEY, {"programmes": programmes})
        return [(slug, *(int(fen) for fen in rest)) for slug, *rest in cursor.fetchall()]


def _programme_money(row: tuple[str, int, int, int, int], titles: dict[str, Text]) -> ProgrammeMoney:
    slug, in_calls, in_projects, held, paid = row
    return ProgrammeMoney(slug, titles[slug], in_calls, in_projects, held, paid)
