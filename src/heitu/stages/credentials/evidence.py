"""Where an achievement can be seen, and what a machine or the task's owner found."""

from __future__ import annotations

from django.urls import reverse

from heitu.stages.applications.models import Application
from heitu.stages.credentials.badge.document import Proven
from heitu.stages.deliverables.models import Publication, Verdict
from heitu.stages.deliverables.queries import winning
from heitu.stages.deliverables.shown.words import figure, measure_said


def of(application: Application, *, site: str) -> Proven:
    """The published result, which everybody can open, else the case; with the accepted verdict in words."""
    published = Publication.objects.filter(deliverable__application=application).order_by("-published_at").first()
    page = reverse("result_detail", args=[published.slug]) if published else application.get_absolute_url()
    return Proven(
        url=f"{site}{page}",
        name=f"{application.call.number} · {application.team.name}",
        narrative=_words(accepted_verdict(application)),
    )


def accepted_verdict(application: Application) -> Verdict | None:
    """The judge's record of the delivery that the team is judged by; None where people alone judged."""
    best = winning(application)
    verdict = best.verdict if best is not None and hasattr(best, "verdict") else None
    return verdict if verdict is not None and verdict.accepted else None


def _words(verdict: Verdict | None) -> str:
    if verdict is None:
        return "交付成果由出题人验收。 · The delivery was accepted by the task owner."
    if verdict.measure is not None:
        return _marked(verdict)
    cases = f"{verdict.cases_passed}/{verdict.cases_total}"
    if verdict.speedup is None or verdict.speedup_low is None:
        return (
            f"机器评测通过 {cases} 个用例，出题人验收。 · "
            f"Passed {cases} cases by machine, accepted by the task owner."
        )
    speed, low = f"{verdict.speedup:.2f}", f"{verdict.speedup_low:.2f}"
    device = ("，模拟设备", ", simulated device") if verdict.is_simulated else ("", "")
    return (
        f"机器评测通过 {cases} 个用例，加速 {speed}×（95% 区间下限 {low}×{device[0]}），出题人验收。 · "
        f"Passed {cases} cases by machine, {speed}× faster (95% interval from {low}×{device[1]}), "
        "accepted by the task owner."
    )


def _marked(verdict: Verdict) -> str:
    reached = figure(None, verdict.measure_name, verdict.measure)
    low, high = measure_said(verdict.measure_low), measure_said(verdict.measure_high)
    simulated = ("，模拟设备", ", simulated device") if verdict.is_simulated else ("", "")
    return (
        f"机器评测 {reached.zh}（95% 区间 {low}–{high}{simulated[0]}），达到门槛，出题人验收。 · "
        f"{reached.en} by machine (95% interval {low}–{high}{simulated[1]}), which meets the threshold, "
        "accepted by the task owner."
    )
