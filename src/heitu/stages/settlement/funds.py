"""Where every fen of a fund is: in the fund, set aside for calls, in projects, held for milestones, or paid."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from heitu.engines.ledger.models import Account, Transfer
from heitu.engines.ledger.queries import balance
from heitu.engines.lifecycle.definitions import Fund
from heitu.engines.lifecycle.models import DefinitionVersion
from heitu.engines.lifecycle.pins import programme_in
from heitu.ground.core.text import Text
from heitu.stages.calls.queries.funds import endowed, fund_code


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
    for version in DefinitionVersion.objects.filter(is_current=True).order_by("programme"):
        programme = programme_in(version)
        if programme.fund:
            _, titles = found.setdefault(programme.fund.code, (programme.fund, {}))
            titles[programme.programme] = programme.title
    return found


def whereabouts(fund: Fund, programmes: dict[str, Text]) -> tuple[Whereabouts, list[ProgrammeMoney]]:
    """Add up the fund's account, its calls' pots, its projects and what was paid; three queries whatever the size."""
    parts = [_programme_money(row, programmes) for row in _by_programme(list(programmes))]
    account = Account.objects.filter(code=fund_code(fund)).first()
    total = Whereabouts(
        endowed=endowed(account) if account else 0, left=balance(account).available if account else 0,
        in_calls=sum(part.in_calls for part in parts), in_projects=sum(part.in_projects for part in parts),
        held=sum(part.held for part in parts), paid=sum(part.paid for part in parts),
    )
    return total, parts


def statement(fund: Fund) -> QuerySet[Transfer]:
    """What went into and out of the fund's own account, newest first."""
    account = Account.objects.filter(code=fund_code(fund)).first()
    if account is None:
        return Transfer.objects.none()
    rows = Transfer.objects.filter(debit=account) | Transfer.objects.filter(credit=account)
    return rows.select_related("debit", "credit", "actor").order_by("-at", "-pk")


# Account codes carry the row that they belong to (`call:12`, `award:7`), which is what these joins use.
# Whatever left a project's account and wasn't returned to its call's pot was paid to the team.
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
        return [(slug, *(int(fen) for fen in rest)) for slug, *rest in cursor.fetchall()]  # type: ignore[misc]


def _programme_money(row: tuple[str, int, int, int, int], titles: dict[str, Text]) -> ProgrammeMoney:
    slug, in_calls, in_projects, held, paid = row
    return ProgrammeMoney(slug, titles[slug], in_calls, in_projects, held, paid)
