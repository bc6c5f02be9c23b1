"""The same submission gets the same verdict, however often it is judged."""

from __future__ import annotations

from pathlib import Path

from heitu.engines.judge import Nursery, judge

from .conftest import TASKS

TIMES = 20


def test_twenty_times_the_same(nursery: Nursery) -> None:
    """Verdicts equal, and intervals about 1; three pairs in two processes leave some to chance and to neighbours."""
    baseline = TASKS / "pair-sums" / "baseline.py"
    found = [judge(TASKS / "pair-sums", baseline, nursery=nursery, quick=True, repeat=2) for _ in range(TIMES)]
    assert {verdict.verdict for verdict in found} == {"accepted"}
    intervals = [(verdict.speedup.low, verdict.speedup.high) for verdict in found if verdict.speedup]
    assert len(intervals) == TIMES
    assert sum(low <= 1.03 and high >= 0.97 for low, high in intervals) >= 0.7 * TIMES


def test_wrong_work_is_wrong_every_time(nursery: Nursery, tmp_path: Path) -> None:
    work = tmp_path / "submission.py"
    work.write_text("import numpy as np\ndef pair_sums(a, b):\n    return a - b, np.argmax(a + b, axis=-1)\n")
    found = [judge(TASKS / "pair-sums", work, nursery=nursery, quick=True) for _ in range(TIMES)]
    assert {(verdict.verdict, verdict.rule, verdict.score) for verdict in found} == {("wrong_answer", "mere", 0.0)}
