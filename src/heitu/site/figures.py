"""The few figures of the home page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Count

from heitu.ground.core.text import Text
from heitu.stages.applications.models import Application
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


def lifecycle_funnel() -> object:
    """How many applications came how far. One query."""
    counts = Application.objects.aggregate(
        started=Count("pk"), handed=Count("submitted_at"), awarded=Count("award__accepted_at"),
        delivered=Count("deliverables__application", distinct=True),
        published=Count("deliverables__publication", distinct=True),
    )
    steps = [
        Step(Text(zh="起草", en="Started"), counts["started"]), Step(Text(zh="申报", en="Submitted"), counts["handed"]),
        Step(Text(zh="立项", en="Awarded"), counts["awarded"]), Step(Text(zh="交付", en="Delivered"), counts["delivered"]),
        Step(Text(zh="开源", en="Published"), counts["published"]),
    ]
    return funnel(steps, title=Text(zh="从申报到成果", en="From application to result"))
