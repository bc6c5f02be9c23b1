"""The references of the Ascend pack's tasks, each against an independent formula or a longer way round."""

from __future__ import annotations

import math
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

TASKS = Path(__file__).parents[2] / "packs" / "ascend" / "tasks"
Arrays = tuple[np.ndarray[Any, Any], ...]


def reference(slug: str, **inputs: Any) -> Arrays:
    """What the task's own reference says."""
    found = runpy.run_path(str(TASKS / slug / "reference.py"))["reference"](**inputs)
    return found if isinstance(found, tuple) else (found,)


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


def sigmoid(v: float) -> float:
    return 1 / (1 + math.exp(-v))


def swiglu() -> None:
    (y,) = reference("swiglu", x=np.array([[0.0, 2.0, 3.0, -1.0]]), bias=np.array([1.0, 0.0, 0.5, 0.0]))
    assert y == pytest.approx(np.array([[sigmoid(1) * 3.5, 2 * sigmoid(2) * -1]]))


def adam_step() -> None:
    inputs = {"parameter": 2.0, "gradient": 0.5, "first": 0.1, "second": 0.04}
    arrays = {name: np.array([value]) for name, value in inputs.items()}
    p, m, v = reference("adam-step", **arrays, step=2, rate=0.1, decay=0.5)
    first, second = 0.9 * 0.1 + 0.1 * 0.5, 0.999 * 0.04 + 0.001 * 0.25
    change = (first / 0.19) / (math.sqrt(second / (1 - 0.998001)) + 1e-8)
    assert (p[0], m[0], v[0]) == pytest.approx((2.0 * 0.95 - 0.1 * change, first, second))


def softmax_backward() -> None:
    """Against the derivative of softmax by small differences."""
    logits, slope = np.array([0.3, -1.0, 0.8]), np.array([1.0, 2.0, -0.5])

    def loss(at: np.ndarray[Any, Any]) -> float:
        return float((np.exp(at) / np.exp(at).sum()) @ slope)

    y = np.exp(logits) / np.exp(logits).sum()
    (dx,) = reference("softmax-backward", y=y[None], dy=slope[None], scale=2.0)
    assert dx[0] == pytest.approx(2 * differences(loss, logits), abs=1e-7)


def differences(loss: Callable[[Any], float], at: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The gradient of `loss` by small steps either way."""
    found = np.zeros(at.size)
    for n in range(at.size):
        step = np.zeros(at.size)
        step[n] = 1e-5
        found[n] = (loss(at + step.reshape(at.shape)) - loss(at - step.reshape(at.shape))) / 2e-5
    return found.reshape(at.shape)


def layer_norm_backward() -> None:
    rng = np.random.default_rng(5)
    x, dy, gamma, beta = rng.random((3, 4)), rng.random((3, 4)), rng.random(4), rng.random(4)

    def loss(x: Any, gamma: Any, beta: Any) -> float:
        normal = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 0.1)
        return float(((normal * gamma + beta) * dy).sum())

    dx, dgamma, dbeta = reference("layer-norm-backward", x=x, dy=dy, gamma=gamma, eps=0.1)
    assert dx == pytest.approx(differences(lambda at: loss(at, gamma, beta), x), abs=1e-7)
    assert dgamma == pytest.approx(differences(lambda at: loss(x, at, beta), gamma), abs=1e-7)
    assert dbeta == pytest.approx(differences(lambda at: loss(x, gamma, at), beta), abs=1e-7)


def group_norm_silu() -> None:
    x = np.array([[[1.0], [3.0], [10.0], [10.0]]])
    gamma, beta = np.array([1.0, 2.0, 5.0, 1.0]), np.array([0.0, 0.0, 3.0, -1.0])
    (y,) = reference("group-norm-silu", x=x, gamma=gamma, beta=beta, groups=2, eps=1e-30)
    assert y.reshape(-1) == pytest.approx(np.array([-sigmoid(-1), 2 * sigmoid(2), 3 * sigmoid(3), -sigmoid(-1)]))


def log_sum_exp() -> None:
    inf = math.inf
    x = np.array([[0.0, 1000.0, -inf, inf, math.nan], [math.log(3.0), 1000.0, -inf, 0.0, inf]])
    (y,) = reference("log-sum-exp", x=x)
    assert y[:2] == pytest.approx(np.array([math.log(4.0), 1000 + math.log(2.0)]))
    assert y[2:4].tolist() == [-inf, inf]
    assert math.isnan(y[4])


def max_pool2d() -> None:
    x = -np.arange(20.0).reshape(1, 1, 4, 5)
    (y,) = reference("max-pool2d", x=x, window=3, stride=2, padding=1)
    expected = [
        [
            max(-5 * r - c for r in range(4) for c in range(5) if abs(r - 2 * i) < 2 and abs(c - 2 * j) < 2)
            for j in range(3)
        ]
        for i in range(2)
    ]
    assert y[0, 0].tolist() == expected


def depthwise_conv2d() -> None:
    rng = np.random.default_rng(4)
    x, weight, bias = rng.random((2, 3, 5, 6)), rng.random((3, 2, 2)), rng.random(3)
    (y,) = reference("depthwise-conv2d", x=x, weight=weight, bias=bias, stride=2, padding=1)
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    for n, c, i, j in np.ndindex(y.shape):
        window = padded[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        assert y[n, c, i, j] == pytest.approx((window * weight[c]).sum() + bias[c])


def bilinear_resize() -> None:
    x = np.array([[[[0.0, 4.0], [8.0, 20.0]]]])
    (y,) = reference("bilinear-resize", x=x, height=4, width=2)
    assert y[0, 0].tolist() == [[0.0, 4.0], [2.0, 8.0], [6.0, 16.0], [8.0, 20.0]]
    (y,) = reference("bilinear-resize", x=x, height=1, width=1)
    assert y.item() == 8.0


def batched_matmul() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.random((3, 2, 5)), rng.random((3, 4, 5))
    (y,) = reference("batched-matmul", a=a, b=b)
    for i, r, c in np.ndindex(y.shape):
        assert y[i, r, c] == pytest.approx(sum(a[i, r, p] * b[i, c, p] for p in range(5)))


def paged_attention() -> None:
    keys, values = np.full((2, 3, 2, 2, 1), np.nan)
    # Sequence 0 holds three tokens, in blocks 2 and 0; its groups see other keys. Sequence 1 is empty.
    keys[2, :, 0, 0], keys[0, 0, 0, 0] = [0.0, math.log(2.0)], math.log(5.0)
    keys[2, :, 1, 0], keys[0, 0, 1, 0] = 0, 0
    values[2, :, :, 0], values[0, 0, :, 0] = [[1.0], [2.0]], 4.0
    query = np.array([[[1.0], [1.0]], [[1.0], [1.0]]])
    tables, lengths = np.array([[2, 0], [-1, -1]]), np.array([3, 0])
    (y,) = reference("paged-attention", query=query, keys=keys, values=values, tables=tables, lengths=lengths)
    assert y[0, :, 0] == pytest.approx(np.array([(1 + 2 * 2 + 5 * 4) / 8, 7 / 3]))
    assert not y[1].any()


def sliding_window_attention() -> None:
    rng = np.random.default_rng(8)
    query, key, value = rng.standard_normal((3, 1, 6, 4))
    inputs = {"query": query, "key": key, "value": value, "slopes": np.array([0.5])}
    (y,) = reference("sliding-window-attention", **inputs, window=3)
    for i in range(6):
        seen = range(max(0, i - 2), i + 1)
        weights = [math.exp(query[0, i] @ key[0, j] / 2 - 0.5 * (i - j)) for j in seen]
        expected = sum(w * value[0, j] for w, j in zip(weights, seen, strict=True)) / sum(weights)
        assert y[0, i] == pytest.approx(expected)


def retention() -> None:
    rng = np.random.default_rng(9)
    query, key = rng.standard_normal((2, 1, 5, 3))
    value, state = rng.standard_normal((1, 5, 2)), np.zeros((3, 2))
    (y,) = reference("retention", query=query, key=key, value=value, decay=np.array([0.75]))
    for t in range(5):
        state = 0.75 * state + np.outer(key[0, t], value[0, t])
        assert y[0, t] == pytest.approx(query[0, t] @ state)


def selective_scan() -> None:
    """The recurrence written out as a sum over all earlier tokens."""
    rng = np.random.default_rng(10)
    x, delta, b, c = rng.random((4, 2)), rng.random((4, 2)), rng.random((4, 3)), rng.random((4, 3))
    a, d = -rng.random((2, 3)), rng.random(2)
    (y,) = reference("selective-scan", x=x, delta=delta, a=a, b=b, c=c, d=d)
    for t, k in np.ndindex(y.shape):
        total = d[k] * x[t, k]
        for s in range(t + 1):
            passed = np.exp(a[k] * delta[s + 1 : t + 1, k].sum())
            total += (passed * delta[s, k] * x[s, k] * b[s]) @ c[t]
        assert y[t, k] == pytest.approx(total)


def int4_matmul() -> None:
    packed = np.array([[0xF0], [0x21]], np.uint8)  # codes 0, 15, 1, 2
    scales, zeros = np.array([[0.5], [2.0]]), np.array([[8], [1]], np.uint8)
    x = np.array([[1.0, 1.0, 1.0, 10.0]])
    (y,) = reference("int4-matmul", x=x, packed=packed, scales=scales, zeros=zeros, group=2)
    assert y.item() == (0 - 8) * 0.5 + (15 - 8) * 0.5 + (1 - 1) * 2 + 10 * (2 - 1) * 2


def mxfp8_quantise() -> None:
    """Each code is the nearest of all numbers of e4m3, of two equally near ones the one with an even last bit."""
    every = np.arange(127, dtype=np.uint8).view(ml_dtypes.float8_e4m3fn).astype(np.float64)
    rng = np.random.default_rng(12)
    x = np.concatenate([rng.standard_normal(29), [1.9999, 1.0625, 0.001]])[None]
    codes, exponents = reference("mxfp8-quantise", x=x)
    assert exponents.tolist() == [[math.floor(math.log2(np.abs(x).max())) - 8]]
    for value, code in zip(x[0] * 2.0 ** -exponents.item(), codes[0], strict=True):
        distance = np.abs(every - abs(value))
        nearest = [n for n in range(127) if distance[n] == distance.min()]
        assert abs(code) == every[next((n for n in nearest if n % 2 == 0), nearest[0])]
        assert code == 0 or (code > 0) == (value > 0)


def csr_matmul() -> None:
    dense = np.array([[1.0, 2.0], [math.nan, math.nan], [10.0, 20.0]])
    values, columns, starts = np.array([2.0, 1.0, 3.0]), np.array([0, 2, 0]), np.array([0, 2, 2, 3])
    (y,) = reference("csr-matmul", values=values, columns=columns, starts=starts, dense=dense)
    assert y.tolist() == [[12.0, 24.0], [0.0, 0.0], [3.0, 6.0]]


def structured_sparse_matmul() -> None:
    values, places = np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[1, 3, 0, 2]], np.uint8)
    (y,) = reference("structured-sparse-matmul", values=values, places=places, x=10.0 ** np.arange(8)[:, None])
    assert y.item() == 10 + 2e3 + 3e4 + 4e6


def segmented_scan() -> None:
    (y,) = reference(
        "segmented-scan", x=np.array([1, 2, 4, 8, 16], np.int32), heads=np.array([0, 0, 1, 1, 0], np.uint8)
    )
    assert y.tolist() == [1, 3, 4, 8, 24]
    rng = np.random.default_rng(13)
    x, heads, total = rng.integers(-9, 9, 500).astype(np.int32), (rng.random(500) < 0.4).astype(np.uint8), 0
    (y,) = reference("segmented-scan", x=x, heads=heads)
    for value, head, found in zip(x.tolist(), heads.tolist(), y.tolist(), strict=True):
        total = value if head else total + value
        assert found == total


def histogram() -> None:
    x = np.array([[0.0, 0.25, 1.0, 0.999, -0.001, 1.001, math.nan, 0.5]])
    (counts,) = reference("histogram", x=x, bins=4, low=0.0, high=1.0)
    assert counts.tolist() == [[1, 1, 1, 2]]


def top_p_filter() -> None:
    x = np.array([[0.125, 0.25, 0.25, 0.375], [0.125, 0.5, 0.25, 0.125]])
    (y,) = reference("top-p-filter", x=x, p=0.625)
    assert y.tolist() == [[0.0, 0.4, 0.0, 0.6], [0.0, 2 / 3, 1 / 3, 0.0]]


def moe_routing() -> None:
    logits = np.array([[1.0, 3.0, 3.0], [0.0, math.log(3.0), -math.inf]])
    experts, weights, slots = reference("moe-routing", logits=logits, k=2)
    assert experts.tolist() == [[1, 2], [1, 0]]
    assert weights == pytest.approx(np.array([[0.5, 0.5], [0.75, 0.25]]))
    assert slots.tolist() == [[0, 0], [1, 0]]


def non_maximum_suppression() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 20], [0, 0, 10, 12], [50, 50, 60, 60], [5, 5, 5, 9]])
    scores = np.array([0.5, 0.9, 0.7, 0.1, 0.2])
    # The second is best. Of its union the first shares exactly half, and stays; the third shares more.
    (ranks,) = reference("non-maximum-suppression", boxes=boxes, scores=scores, threshold=0.5)
    assert ranks.tolist() == [1, 0, -1, 3, 2]


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
    "swiglu": swiglu,
    "adam-step": adam_step,
    "softmax-backward": softmax_backward,
    "layer-norm-backward": layer_norm_backward,
    "group-norm-silu": group_norm_silu,
    "log-sum-exp": log_sum_exp,
    "max-pool2d": max_pool2d,
    "depthwise-conv2d": depthwise_conv2d,
    "bilinear-resize": bilinear_resize,
    "batched-matmul": batched_matmul,
    "paged-attention": paged_attention,
    "sliding-window-attention": sliding_window_attention,
    "retention": retention,
    "selective-scan": selective_scan,
    "int4-matmul": int4_matmul,
    "mxfp8-quantise": mxfp8_quantise,
    "csr-matmul": csr_matmul,
    "structured-sparse-matmul": structured_sparse_matmul,
    "segmented-scan": segmented_scan,
    "histogram": histogram,
    "top-p-filter": top_p_filter,
    "moe-routing": moe_routing,
    "non-maximum-suppression": non_maximum_suppression,
}


@pytest.mark.parametrize(
    "slug", [folder.name for folder in sorted(TASKS.iterdir()) if (folder / "reference.py").is_file()]
)
def test_a_reference_agrees_with_an_independent_formula(slug: str) -> None:
    FORMULAS[slug]()
