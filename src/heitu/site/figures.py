"""The few figures of the home page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from heitu.ground.core.text import Text
from heitu.ui.charts import Step, funnel


@dataclass(frozen=True)
class Figure:
    title: Text
    value: str


_COUNTS = """
SELECT (SELECT count(*) FROM calls_call WHERE announced_at IS NOT NULL), (SELECT count(*) FROM people_team),
       (SELECT count(*) FROM deliverables_publication),
       (SELECT coalesce(sum(amount), 0) FROM settlement_payout WHERE status = 'paid')
"""


def public_figures() -> list[Figure]:
    """What a visitor may know about the whole ecosystem. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        calls, teams, results, fen = cursor.fetchone()
    return [
        Figure(Text(zh="公开任务", en="Calls"), f"{calls:,}"), Figure(Text(zh="参与团队", en="Teams"), f"{teams:,}"),
        Figure(Text(zh="开源成果", en="Published results"), f"{results:,}"),
        Figure(Text(zh="已支付激励（元）", en="Paid to teams (CNY)"), f"{int(fen) // 100:,}"),
    ]


_FUNNEL = """
SELECT count(*), count(submitted_at), (SELECT count(*) FROM awards_award WHERE accepted_at IS NOT NULL),
       (SELECT count(DISTINCT application_id) FROM deliverables_deliverable),
       (SELECT count(*) FROM deliverables_publication)
FROM applications_application
"""


def lifecycle_funnel() -> object:
    """How many applications came how far. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_FUNNEL)
        counts = cursor.fetchone()
    titles = (
        Text(zh="起草", en="Started"), Text(zh="申报", en="Submitted"), Text(zh="立项", en="Awarded"),
        Text(zh="交付", en="Delivered"), Text(zh="开源", en="Published"),
    )
    steps = [Step(title, count) for title, count in zip(titles, counts, strict=True)]
    return funnel(steps, title=Text(zh="从申报到成果", en="From application to result"))
