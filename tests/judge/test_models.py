"""Models: marked here by answers that no sandbox sees, in fresh sandboxes, and refused where they don't repeat."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heitu.engines.judge import BrokenTask
from heitu.engines.judge.metrics import METRICS, estimate
from heitu.engines.judge.models import same_predictions
from heitu.engines.judge.task import read_task
from heitu.engines.judge.vet import vet
from tests.judge.conftest import TASKS, Judge

TASK = TASKS / "line-fit"
HONEST = (TASK / "examples" / "plain" / "submission.py").read_text()


def test_honest_work_is_marked_on_public_and_hidden_rows(judged: Judge) -> None:
    verdict = judged(HONEST, task="line-fit", quick=False, seed=7)
    assert verdict.verdict == "accepted"
    assert verdict.kind == "model"
    assert [case.id for case in verdict.cases] == ["run-1-public", "run-1-hidden", "run-2-public", "run-2-hidden"]
    assert verdict.measure is not None
    assert verdict.measure.low <= verdict.measure.mean <= verdict.measure.high < 0.2
    assert 60 < verdict.score <= 100
    shown = verdict.as_json("participant")
    assert "seed" not in shown
    assert [case["error"] for case in shown["cases"] if case["id"].endswith("hidden")] == [{}, {}]
    again = judged(HONEST, task="line-fit", quick=False, seed=7)
    assert again.measure == verdict.measure


def test_public_rows_alone(judged: Judge) -> None:
    verdict = judged(HONEST, task="line-fit", cases="public")
    assert [case.id for case in verdict.cases] == ["run-1-public"]
    assert verdict.cases[0].shape == "30"


@pytest.mark.parametrize(
    ("body", "expected", "rule"),
    [
        ("return np.zeros(len(test_x), np.float32)", "wrong_answer", "below_threshold"),
        ("return np.full(len(test_x), np.nan, np.float32)", "wrong_answer", "below_threshold"),
        ("return np.zeros(len(test_x))", "wrong_answer", "shape_or_dtype"),
        ("return [0.0] * len(test_x)", "wrong_answer", "output"),
        ("while True: pass", "time_limit", ""),
        ("raise ValueError('no')", "runtime_error", ""),
        ("return np.concatenate([np.zeros(9, np.float32)] * (1 << 26))", "memory_limit", ""),
    ],
)
def test_what_goes_wrong_is_named(judged: Judge, body: str, expected: str, rule: str) -> None:
    verdict = judged(f"import numpy as np\ndef fit_predict(train_x, train_y, test_x, seed):\n    {body}\n", task="line-fit")
    assert (verdict.verdict, verdict.rule) == (expected, rule)
    assert verdict.score == 0


def test_work_that_does_not_repeat_is_refused(judged: Judge) -> None:
    source = HONEST.replace("return (test_x", "return np.random.default_rng().normal(1, 0.02) * (test_x")
    verdict = judged(source, task="line-fit", quick=False)
    assert (verdict.verdict, verdict.rule) == ("wrong_answer", "not_reproducible")


def test_the_answers_are_nowhere_in_the_sandbox(judged: Judge) -> None:
    """Looks through everything that the process can reach for an array of as many numbers as there are answers."""
    source = """
        import gc
        import numpy as np
        def fit_predict(train_x, train_y, test_x, seed):
            weights, *_ = np.linalg.lstsq(train_x, train_y, rcond=None)
            guess = test_x @ weights
            for each in gc.get_objects():
                if isinstance(each, np.ndarray) and each.shape == (len(test_x),) and each is not guess:
                    if np.corrcoef(each, guess)[0, 1] > 0.9:
                        raise SystemExit("found them")
            with open("/proc/self/mem", "rb") as memory:
                raise SystemExit("memory can be read")
        """
    verdict = judged(source, task="line-fit")
    assert verdict.verdict == "runtime_error"
    assert "found them" not in verdict.text
    assert "FileNotFoundError" in verdict.text


# Vetting


def _variant(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "variant"
    shutil.copytree(TASK, folder)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content)
    return folder


def test_the_honest_task_is_fit_to_be_published() -> None:
    assert vet(TASK).faults == []


def test_a_task_that_gives_its_answers_away_is_refused(tmp_path: Path) -> None:
    code = (TASK / "data.py").read_text().replace("return {", "x[200:, 1] = y[200:]\n    return {")
    assert vet(_variant(tmp_path, data__py=code)).faults[0] == "data.py: test_x holds the answers"


def test_a_task_that_accepts_nonsense_is_refused(tmp_path: Path) -> None:
    spec = (TASK / "task.yaml").read_text().replace("threshold: 0.3", "threshold: 3.0")
    assert any(fault.startswith("accepts zeros") for fault in vet(_variant(tmp_path, task__yaml=spec)).faults)


def test_a_task_that_nobody_passes_is_refused(tmp_path: Path) -> None:
    spec = (TASK / "task.yaml").read_text().replace("threshold: 0.3, target: 0.1", "threshold: 0.02, target: 0.01")
    assert vet(_variant(tmp_path, task__yaml=spec)).faults == ["examples/plain: wrong_answer below_threshold"]


@pytest.mark.parametrize(("order", "said"), [("np.argsort(y[200:])", "rising"), ("np.argsort(-y[200:])", "falling")])
def test_a_task_whose_rows_lie_in_order_of_their_answers_is_refused(tmp_path: Path, order: str, said: str) -> None:
    code = (TASK / "data.py").read_text().replace("return {", f"by = {order} + 200\n    x[200:], y[200:] = x[by], y[by]\n    return {{")
    assert any(fault.startswith(f"accepts the answers in {said} order") for fault in vet(_variant(tmp_path, data__py=code)).faults)


def test_a_task_without_steady_data_is_refused(tmp_path: Path) -> None:
    code = (TASK / "data.py").read_text().replace("rng.normal(", "np.random.default_rng().normal(")
    assert "data.py: not the same data at the same seed" in vet(_variant(tmp_path, data__py=code)).faults


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("rmse", "rsme"), "unknown metric rsme, did you mean rmse?"),
        (("threshold: 0.3, target: 0.1", "threshold: 0.1, target: 0.3"), "of rmse lower is better"),
        (("name: test_x", "name: test_y"), "test_y is the answer, which no submission may see"),
        (("runs: 2", "rnus: 2"), "unknown key rnus, did you mean runs?"),
    ],
)
def test_a_broken_specification_says_what_to_mend(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    folder = _variant(tmp_path, task__yaml=(TASK / "task.yaml").read_text().replace(*change))
    with pytest.raises(BrokenTask, match=message.replace("?", r"\?")):
        read_task(folder)


# Metrics, against scikit-learn's published definitions worked by hand


@pytest.mark.parametrize(
    ("name", "answers", "predictions", "value"),
    [
        ("accuracy", [0, 1, 2, 2], [0, 1, 1, 2], 0.75),
        ("macro_f1", [0, 1, 2, 2], [0, 1, 1, 2], (1 + 2 / 3 + 2 / 3) / 3),
        ("auc", [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.75),
        ("auc", [0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5], 0.5),
        ("rmse", [0.0, 2.0], [1.0, 2.0], np.sqrt(0.5)),
        ("mae", [0.0, 2.0], [1.0, 2.0], 0.5),
        ("r2", [3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0], 0.9486081370449679),
    ],
)
def test_metrics(name: str, answers: list[Any], predictions: list[Any], value: float) -> None:
    assert METRICS[name].of(np.array(answers), np.array(predictions)) == pytest.approx(value)


def test_as_many_classes_as_rows_cost_no_more_than_few() -> None:
    """They would cost hours if each were counted by itself, in every one of the interval's draws."""
    answers = np.arange(20_000) % 3
    found = estimate(METRICS["macro_f1"], [(answers, np.arange(20_000))], 0.5, 0.9, np.random.default_rng(0))
    assert 0 < found.mean < 0.001


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-2, 4)), min_size=1))
def test_macro_f1_is_the_mean_over_classes_counted_one_by_one(pairs: list[tuple[int, int]]) -> None:
    answers, predictions = np.array(pairs).T
    scores = [
        2 * np.sum((answers == c) & (predictions == c)) / (np.sum(answers == c) + np.sum(predictions == c))
        for c in np.union1d(answers, predictions)
    ]
    assert METRICS["macro_f1"].of(answers, predictions) == pytest.approx(np.mean(scores))


def test_one_huge_score_lets_no_others_differ() -> None:
    """Scores count by rank; the spread of numbers of any scale would be whatever one of them makes it."""
    rng = np.random.default_rng(1)
    before = rng.normal(size=500)
    near, other = before + rng.normal(0, 1e-6, 500), rng.normal(size=500)
    before[0] = near[0] = other[0] = 1e30
    assert same_predictions(METRICS["auc"], before, near)
    assert same_predictions(METRICS["auc"], before, near * 1000)
    assert not same_predictions(METRICS["auc"], before, other)


def test_an_interval_covers_the_truth_and_narrows_with_rows() -> None:
    rng = np.random.default_rng(3)
    widths = []
    for rows in (50, 5000):
        answers = rng.integers(0, 2, rows)
        predictions = np.where(rng.random(rows) < 0.8, answers, 1 - answers)
        found = estimate(METRICS["accuracy"], [(answers, predictions)], 0.5, 0.9, rng)
        assert found.low < 0.8 < found.high
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] / 5
