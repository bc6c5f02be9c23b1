"""Cross-entropy: rows × classes × dtypes × layouts × value classes.

With logits in the thousands, log-sum-exp minus the label's logit has lost the loss to rounding
unless both are taken relative to the row's maximum.
"""

import ml_dtypes
import numpy as np

IGNORED = -100


def inputs(rng, rows, classes, dtype="float32", *, scale=2.0, shift=0.0, smoothing=0.0, ignored=0.0):
    labels = rng.integers(0, classes, rows)
    labels[rng.random(rows) < ignored] = IGNORED
    logits = (shift + scale * rng.standard_normal((rows, classes), np.float32)).astype(dtype)
    return {"logits": logits, "labels": labels, "ignored": IGNORED, "smoothing": smoothing}


def confident(rng, rows, classes):
    """The label leads by about ten at a common offset of 3000: a loss of a few hundredths."""
    made = inputs(rng, rows, classes, scale=1.0)
    made["logits"][np.arange(rows), made["labels"]] += 10
    return made | {"logits": made["logits"] + np.float32(3000)}


def masked(rng, rows, classes):
    """Part of the vocabulary is forbidden, but never the label."""
    made = inputs(rng, rows, classes)
    label_logits = made["logits"][np.arange(rows), made["labels"]]
    made["logits"][rng.random((rows, classes)) < 0.5] = -np.inf
    made["logits"][np.arange(rows), made["labels"]] = label_logits
    return made


def label_zero_ignored(rng, rows, classes):
    """The ignored label may be a class number too, as a padding token is."""
    made = inputs(rng, rows, classes)
    return made | {"labels": np.where(rng.random(rows) < 0.3, 0, made["labels"]), "ignored": 0}


def equal_logits(rng, rows, classes, smoothing):
    made = inputs(rng, rows, classes, smoothing=smoothing)
    return made | {"logits": np.full((rows, classes), np.float32(rng.standard_normal()))}


def layout(rng, kind):
    made = inputs(rng, 64, 90, smoothing=0.05)
    logits, labels = made["logits"], made["labels"]
    views = {
        "transposed": (np.asfortranarray(logits), labels),
        "strided": (logits[::2, ::3], labels[::2] % 30),
        "reversed": (logits[::-1, ::-1], labels[::-1]),
    }
    logits, labels = views[kind]
    return made | {"logits": logits, "labels": labels}


def cases(rng):
    def case(id, dtype, make, **more):
        return {"id": id, "dtype": dtype, "make": make, **more}

    odd = int(rng.integers(40, 120)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 5, 7), shape="5x7", public=True)
    yield case("f32-ignored", "float32", lambda r: inputs(r, 23, 31, ignored=0.3), shape="23x31", public=True)
    yield case("f32-smoothed", "float32", lambda r: inputs(r, 17, 53, smoothing=0.1), shape="17x53", public=True)
    yield case(
        "f32-classifier",
        "float32",
        lambda r: inputs(r, 128, 1000, smoothing=0.1),
        shape="128x1000",
        public=True,
        timed=True,
    )
    yield case("f32-vocabulary", "float32", lambda r: inputs(r, 12, 10_007, ignored=0.1), shape="12x10007", timed=True)
    yield case("f32-many-rows", "float32", lambda r: inputs(r, 700, 151), shape="700x151", timed=True)
    yield case("f32-random-size", "float32", lambda r, n=odd: inputs(r, 19, n, smoothing=0.2), shape=f"19x{odd}")
    yield case("f32-two-classes", "float32", lambda r: inputs(r, 61, 2), shape="61x2")
    yield case("f32-one-row", "float32", lambda r: inputs(r, 1, 97), shape="1x97")
    yield case("f32-confident", "float32", lambda r: confident(r, 37, 64), shape="37x64")
    yield case("f32-large-scale", "float32", lambda r: inputs(r, 29, 71, scale=300.0), shape="29x71")
    yield case("f32-large-offset", "float32", lambda r: inputs(r, 29, 71, shift=-2000.0), shape="29x71")
    yield case("f32-masked", "float32", lambda r: masked(r, 33, 80), shape="33x80, -inf masks")
    yield case("f32-padding-class", "float32", lambda r: label_zero_ignored(r, 41, 13), shape="41x13")
    yield case("f32-equal-logits", "float32", lambda r: equal_logits(r, 21, 45, 0.0), shape="21x45")
    yield case("f32-equal-smoothed", "float32", lambda r: equal_logits(r, 21, 45, 0.3), shape="21x45")
    yield case("f32-strong-smoothing", "float32", lambda r: inputs(r, 15, 27, smoothing=0.9), shape="15x27")
    yield case("f32-column-major", "float32", lambda r: layout(r, "transposed"), shape="64x90, column-major")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), shape="32x30, strided")
    yield case("f32-reversed", "float32", lambda r: layout(r, "reversed"), shape="64x90, reversed")
    yield case("f16-classifier", "float16", lambda r: inputs(r, 40, 100, half, smoothing=0.1), shape="40x100")
    yield case("f16-vocabulary", "float16", lambda r: inputs(r, 9, 2049, half, scale=4.0), shape="9x2049")
    yield case("bf16-classifier", "bfloat16", lambda r: inputs(r, 30, 120, brain, ignored=0.2), shape="30x120")
    yield case("f32-one-class", "float32", lambda r: inputs(r, 8, 1), shape="8x1", degenerate=True)
    yield case("f32-all-ignored", "float32", lambda r: inputs(r, 6, 9, ignored=2.0), shape="6x9", degenerate=True)
    yield case("f32-no-rows", "float32", lambda r: inputs(r, 0, 9), shape="0x9", public=True, degenerate=True)
