"""The tasks that come with the Ascend pack: complete, right by independent formulas, and met by their own examples."""

from __future__ import annotations

import math
import runpy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from heitu.engines.judge import Nursery, judge
from heitu.engines.judge.cases import Bench
from heitu.engines.judge.task import read_task

PACK = Path(__file__).parents[2] / "packs" / "ascend"
FOLDERS = sorted(path for path in (PACK / "tasks").iterdir() if (path / "task.yaml").is_file())
EXAMPLES = {"plain": "py", "fast": "py", "plain-cpp": "cpp", "fast-cpp": "cpp"}
Arrays = tuple[np.ndarray[Any, Any], ...]


@cache
def bench(slug: str) -> Bench:
    return Bench(read_task(PACK / "tasks" / slug), seed=7)


def reference(slug: str, **inputs: Any) -> Arrays:
    """What the task's own reference says."""
    found = runpy.run_path(str(PACK / "tasks" / slug / "reference.py"))["reference"](**inputs)
    return found if isinstance(found, tuple) else (found,)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_task_folder_is_complete(folder: Path) -> None:
    spec = read_task(folder).spec
    skills = {skill["slug"] for skill in yaml.safe_load((PACK / "skills.yaml").read_text("utf-8"))["skills"]}
    assert spec.title.zh
    assert spec.title.en
    assert set(spec.skills) <= skills
    for language in ("zh", "en"):
        assert len((folder / f"statement.{language}.md").read_text("utf-8").splitlines()) >= 25
    for name, suffix in EXAMPLES.items():
        assert (folder / "examples" / name / f"submission.{suffix}").is_file()
    for suffix in ("py", "cpp"):
        assert (folder / "starter" / f"submission.{suffix}").is_file()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_cases_cover_what_a_task_promises(folder: Path) -> None:
    cases = bench(folder.name).cases
    native = read_task(folder).spec.cpp
    assert len(cases) >= 10
    assert 2 <= sum(case.timed for case in cases) <= 4
    assert any(case.timed and not case.public for case in cases)
    assert any(case.public and not case.degenerate for case in cases)
    assert any(case.degenerate for case in cases)
    assert len({case.dtype for case in cases}) >= 3
    assert native is not None
    assert all(case.dtype in native.dtypes for case in cases if case.timed)


@pytest.mark.parametrize(
    ("slug", "example"),
    [("segment-sum", "fast"), ("rms-norm", "fast"), ("top-k", "fast"), ("cross-entropy", "fast-cpp")],
)
def test_the_fast_examples_are_accepted(nursery: Nursery, compiler: None, slug: str, example: str) -> None:
    folder = PACK / "tasks" / slug
    verdict = judge(folder, folder / "examples" / example, quick=True, nursery=nursery)
    assert (verdict.verdict, verdict.rule) == ("accepted", "")
    assert verdict.speedup is not None


@pytest.mark.parametrize("suffix", ["py", "cpp"])
def test_a_starter_runs_and_is_wrong(nursery: Nursery, compiler: None, suffix: str) -> None:
    folder = PACK / "tasks" / "conv2d"
    verdict = judge(folder, folder / "starter" / f"submission.{suffix}", quick=True, nursery=nursery)
    assert verdict.verdict == "wrong_answer"


# One small example a task, computed with Python's own numbers or a longer way round.


def softmax() -> None:
    (y,) = reference("softmax", x=np.array([[0.0, math.log(3.0)], [5.0, 5.0]]))
    assert y == pytest.approx(np.array([[0.25, 0.75], [0.5, 0.5]]))


def layer_norm() -> None:
    x, gamma, beta = np.array([[1.0, 3.0]]), np.array([2.0, 2.0]), np.array([0.0, 10.0])
    (y,) = reference("layer-norm", x=x, gamma=gamma, beta=beta, eps=0.0)
    assert y == pytest.approx(np.array([[-2.0, 12.0]]))


def rms_norm() -> None:
    x, residual, weight = np.array([[1.0, 5.0]]), np.array([[2.0, -1.0]]), np.array([1.0, 2.0])
    y, total = reference("rms-norm", x=x, residual=residual, weight=weight, eps=0.0)
    assert total == pytest.approx(np.array([[3.0, 4.0]]))
    assert y == pytest.approx(np.array([[3.0, 8.0]]) / math.sqrt(12.5))


def gelu() -> None:
    values = [-3.0, -0.5, 0.0, 1.0, 4.0]
    (y,) = reference("gelu", x=np.array(values))
    assert y == pytest.approx(np.array([v / 2 * (1 + math.erf(v / math.sqrt(2))) for v in values]), abs=1e-12)


def rotary_embedding() -> None:
    pairs = np.array([[[1.0 + 2.0j, 3.0 - 1.0j]]])
    x = np.concatenate([pairs.real, pairs.imag], axis=-1)
    (y,) = reference("rotary-embedding", x=x, positions=np.array([3]), theta=100.0)
    turned = pairs * np.exp(1j * np.array([3.0, 0.3]))
    assert y == pytest.approx(np.concatenate([turned.real, turned.imag], axis=-1))


def causal_attention() -> None:
    query, key = np.array([[[0.0], [2.0]]]), np.array([[[7.0], [0.0], [math.log(3.0) / 2]]])
    (y,) = reference("causal-attention", query=query, key=key, value=np.array([[[4.0], [8.0], [16.0]]]))
    weights = [math.exp(14), 1.0, 3.0]
    last = (4 * weights[0] + 8 * weights[1] + 16 * weights[2]) / sum(weights)
    assert y == pytest.approx(np.array([[[6.0], [last]]]))


def conv2d() -> None:
    rng = np.random.default_rng(3)
    x, weight, bias = rng.random((2, 3, 5, 6)), rng.random((4, 3, 2, 3)), rng.random(4)
    (y,) = reference("conv2d", x=x, weight=weight, bias=bias, stride=2, padding=1)
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    for n, o, i, j in np.ndindex(y.shape):
        window = padded[n, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 3]
        assert y[n, o, i, j] == pytest.approx((window * weight[o]).sum() + bias[o])


def top_k() -> None:
    row = [2.0, 9.0, 2.0, -1.0, 9.0]
    values, indices = reference("top-k", x=np.array([row]), k=4)
    assert indices.tolist() == [sorted(range(5), key=lambda i: (-row[i], i))[:4]]
    assert values.tolist() == [[9.0, 9.0, 2.0, 2.0]]


def cumulative_sum() -> None:
    x = np.array([[1.0, 2.0, 4.0]])
    sums = {
        (False, False): [1.0, 3.0, 7.0],
        (True, False): [0.0, 1.0, 3.0],
        (False, True): [7.0, 6.0, 4.0],
        (True, True): [6.0, 4.0, 0.0],
    }
    for (exclusive, reverse), expected in sums.items():
        (y,) = reference("cumulative-sum", x=x, exclusive=exclusive, reverse=reverse)
        assert y.tolist() == [expected]


def segment_sum() -> None:
    data, ids = np.array([[1.0], [2.0], [4.0], [8.0]]), np.array([2, -1, 0, 2])
    (y,) = reference("segment-sum", data=data, ids=ids, segments=4)
    assert y.tolist() == [[4.0], [0.0], [9.0], [0.0]]


def int8_matmul_scale() -> None:
    a, b = np.array([[-128, 127]], np.int8), np.array([[-128], [2]], np.int8)
    scales = {"scale_a": np.array([0.5]), "scale_b": np.array([0.25]), "bias": np.array([1.0])}
    (y,) = reference("int8-matmul-scale", a=a, b=b, **scales)
    assert y.tolist() == [[(128 * 128 + 127 * 2) / 8 + 1]]


def cross_entropy() -> None:
    logits, labels = np.array([[0.3, -1.0, 2.0], [1.0, 1.0, 1.0]]), np.array([2, -100])
    loss, gradient = reference("cross-entropy", logits=logits, labels=labels, ignored=-100, smoothing=0.3)
    shares = [math.exp(v) / sum(map(math.exp, logits[0])) for v in logits[0]]
    target = [0.1, 0.1, 0.8]
    assert loss == pytest.approx(np.array([-sum(t * math.log(p) for t, p in zip(target, shares, strict=True)), 0]))
    assert gradient[0] == pytest.approx(np.subtract(shares, target))
    assert not gradient[1].any()


FORMULAS: dict[str, Callable[[], None]] = {
    "softmax": softmax,
    "layer-norm": layer_norm,
    "rms-norm": rms_norm,
    "gelu": gelu,
    "rotary-embedding": rotary_embedding,
    "causal-attention": causal_attention,
    "conv2d": conv2d,
    "top-k": top_k,
    "cumulative-sum": cumulative_sum,
    "segment-sum": segment_sum,
    "int8-matmul-scale": int8_matmul_scale,
    "cross-entropy": cross_entropy,
}


@pytest.mark.parametrize("slug", [folder.name for folder in FOLDERS])
def test_a_reference_agrees_with_an_independent_formula(slug: str) -> None:
    FORMULAS[slug]()
