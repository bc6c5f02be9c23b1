"""A team's versions one after another: what each gained or lost against the one before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from heitu.ground.core.text import Text
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.models import Deliverable, Verdict
from heitu.stages.deliverables.shown.words import figure, outcome, verdict_tone


@dataclass(frozen=True)
class Change:
    """A difference in words, with a sign so that colour isn't needed: ▲ better, ▼ worse, ＝ same, ≈ can't tell."""

    mark: str
    says: Text

    @property
    def tone(self) -> str:
        return {"▲": "go", "▼": "gap"}.get(self.mark, "muted")


@dataclass(frozen=True)
class Step:
    """One version with its verdict, if there is one, and what changed since the version before that had one."""

    deliverable: Deliverable
    title: Text | None = None
    tone: str = ""
    figure: Text | None = None
    score: float | None = None
    cases: str = ""
    figure_change: Change | None = None
    score_change: Change | None = None
    cases_change: Change | None = None

    @property
    def status(self) -> Text:
        """Where the judging stands, for a version without a verdict."""
        return JudgingStatus(self.deliverable.judging).text


def steps(versions: Sequence[Deliverable]) -> list[Step]:
    """A step for each version in the order given, which is newest first."""
    judged = [version.verdict for version in versions if hasattr(version, "verdict")]
    before = {new.pk: old for new, old in pairwise(judged)}
    return [_step(version, before) for version in versions]


def _step(version: Deliverable, before: dict[int, Verdict]) -> Step:
    if not hasattr(version, "verdict"):
        return Step(version)
    verdict = version.verdict
    old = before.get(verdict.pk)
    cases = f"{verdict.cases_passed} / {verdict.cases_total}" if verdict.cases_total else ""
    reached = figure(verdict.speedup, verdict.measure_name, verdict.measure)
    return Step(
        version, outcome(verdict), verdict_tone(verdict.code), reached, verdict.score, cases,
        *((None, None, None) if old is None else _changes(verdict, old)),
    )


def _changes(new: Verdict, old: Verdict) -> tuple[Change | None, Change | None, Change | None]:
    return _of_figure(new, old), _of_score(new, old), _of_cases(new, old)


def _of_figure(new: Verdict, old: Verdict) -> Change | None:
    """By how much the speed-up or the measure is better; intervals that overlap can't be told apart."""
    if None in (new.rank_low, new.rank_high, old.rank_low, old.rank_high) or new.measure_name != old.measure_name:
        return None
    if new.rank_low <= old.rank_high and old.rank_low <= new.rank_high:
        return Change("≈", Text(zh="区间重叠", en="intervals overlap"))
    better = new.rank_low > old.rank_low
    if new.measure_name:
        size = f"{abs((new.measure or 0) - (old.measure or 0)):.2g}"
        good, bad = Text(zh=f"好 {size}", en=f"better by {size}"), Text(zh=f"差 {size}", en=f"worse by {size}")
        return _either(better, good, bad)
    size = f"{abs((new.speedup or 0) - (old.speedup or 0)):.2f}×"
    return _either(better, Text(zh=f"快 {size}", en=f"faster by {size}"), Text(zh=f"慢 {size}", en=f"slower by {size}"))


def _of_score(new: Verdict, old: Verdict) -> Change | None:
    if new.score is None or old.score is None:
        return None
    gained = round(new.score - old.score, 1)
    if gained == 0:
        return _same()
    size = f"{abs(gained):g}"
    return _either(gained > 0, Text(zh=f"高 {size} 分", en=f"{size} up"), Text(zh=f"低 {size} 分", en=f"{size} down"))


def _of_cases(new: Verdict, old: Verdict) -> Change | None:
    """How many more cases pass; nothing where the number of cases differs, as after another kind of failure."""
    if not new.cases_total or new.cases_total != old.cases_total:
        return None
    gained = new.cases_passed - old.cases_passed
    if gained == 0:
        return _same()
    size = abs(gained)
    return _either(gained > 0, Text(zh=f"多过 {size} 例", en=f"{size} more"), Text(zh=f"少过 {size} 例", en=f"{size} fewer"))


def _either(better: bool, up: Text, down: Text) -> Change:
    return Change("▲", up) if better else Change("▼", down)


def _same() -> Change:
    return Change("＝", Text(zh="持平", en="the same"))
