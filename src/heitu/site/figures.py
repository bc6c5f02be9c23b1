"""The few figures of the home page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Sum

from heitu.ground.core.text import Text
from heitu.ground.people.models import Team
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.deliverables.models import Publication
from heitu.stages.settlement.models import Payout
from heitu.ui.charts import Step, funnel


@dataclass(frozen=True)
class Figure:
    title: Text
    value: str
    unit: str = ""


def public_figures() -> list[Figure]:
    """What a visitor may know about the whole ecosystem. Four queries."""
    paid = Payout.objects.filter(status="paid").aggregate(fen=Sum("amount"))["fen"] or 0
    return [
        Figure(Text(zh="公开任务", en="Calls"), f"{Call.objects.filter(announced_at__isnull=False).count():,}"),
        Figure(Text(zh="参与院校团队", en="Teams"), f"{Team.objects.count():,}"),
        Figure(Text(zh="开源成果", en="Published results"), f"{Publication.objects.count():,}"),
        Figure(Text(zh="已支付激励", en="Paid to teams"), f"{paid // 1_000_000:,}", "万元" if paid else ""),
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
