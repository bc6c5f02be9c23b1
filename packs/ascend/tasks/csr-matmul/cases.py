"""CSR product: shapes × entries × distributions of row lengths × dtypes × layouts × value classes.

The number of entries of a case is fixed; how they fall on rows is drawn anew. Columns within a row are in no order, and
may repeat.
"""

import ml_dtypes
import numpy as np


def inputs(rng, rows, depth, width, entries, dtype="float32", *, skew=0.0, scale=1.0):
    """`skew` above zero gives few rows most of the entries."""
    chances = (1.0 + np.arange(rows)) ** -skew
    of_row = np.sort(
        rng.choice(rng.permutation(rows), entries, p=chances / chances.sum()) if rows else np.empty(0, int)
    )
    return {
        "values": rng.standard_normal(entries, np.float32).astype(dtype),
        "columns": rng.integers(0, max(depth, 1), entries),
        "starts": np.searchsorted(of_row, np.arange(rows + 1)).astype(np.int64),
        "dense": (scale * rng.standard_normal((depth, width), np.float32)).astype(dtype),
    }


def banded(rng, rows, width):
    """Five diagonals, as a grid in one dimension has them."""
    made = inputs(rng, rows, rows, width, 5 * rows)
    columns = np.clip(np.arange(rows)[:, None] + np.arange(-2, 3), 0, rows - 1)
    return made | {"columns": columns.reshape(-1), "starts": np.arange(0, 5 * rows + 1, 5)}


def one_full_row(rng, rows, depth, width):
    """All entries are in one row; the others are empty."""
    made = inputs(rng, rows, depth, width, 300)
    place = int(rng.integers(0, rows))
    return made | {"starts": np.where(np.arange(rows + 1) > place, 300, 0)}


def repeated(rng, rows, depth, width, entries):
    """Every row names only one or two columns, again and again."""
    made = inputs(rng, rows, depth, width, entries)
    return made | {"columns": made["columns"] % 2 + depth // 2}


def selection(rng, rows, depth, width):
    """One entry of one a row: the answer is a choice of rows."""
    made = inputs(rng, rows, depth, width, rows)
    return made | {"values": np.ones(rows, np.float32), "starts": np.arange(rows + 1)}


def with_undefined(rng, rows, depth, width, entries):
    """Rows of the dense matrix that no entry names are NaN; one that is named holds a NaN and an infinity."""
    made = inputs(rng, rows, depth, width, entries)
    unused = np.setdiff1d(np.arange(depth), made["columns"])
    made["dense"][unused] = np.nan
    made["dense"][made["columns"][0], :2] = np.nan, np.inf
    return made


def layout(rng, kind):
    made = inputs(rng, 40, 50, 24, 300)
    dense, values = made["dense"], made["values"]
    views = {
        "column-major": (np.asfortranarray(dense), values),
        "strided": (dense[::-1, ::2], np.repeat(values, 3)[::3]),
    }
    dense, values = views[kind]
    return made | {"dense": dense, "values": values}


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(20, 90)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 4, 5, 3, 9), "4x5 (9) · 5x3", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 37, 29, 11, 150), "37x29 (150) · 29x11", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, 12, 16, 8, 50, half), "12x16 (50) · 16x8", public=True)
    yield case(
        "f32-graph",
        "float32",
        lambda r: inputs(r, 1500, 1000, 32, 20_000),
        "1500x1000 (20000) · 1000x32",
        public=True,
        timed=True,
    )
    yield case(
        "f32-skewed",
        "float32",
        lambda r: inputs(r, 701, 613, 48, 15_000, skew=1.2),
        "701x613 (15000) · 613x48",
        timed=True,
    )
    yield case(
        "f32-thin", "float32", lambda r: inputs(r, 3001, 2003, 7, 50_000), "3001x2003 (50000) · 2003x7", timed=True
    )
    yield case("f32-random-size", "float32", lambda r: inputs(r, odd, 40, 13, 400), f"{odd}x40 (400) · 40x13")
    yield case("f32-vector", "float32", lambda r: inputs(r, 90, 80, 1, 700), "90x80 (700) · 80x1")
    yield case("f32-one-row", "float32", lambda r: inputs(r, 1, 60, 20, 45), "1x60 (45) · 60x20")
    yield case("f32-mostly-empty", "float32", lambda r: inputs(r, 300, 50, 9, 60), "300x50 (60) · 50x9")
    yield case("f32-one-full-row", "float32", lambda r: one_full_row(r, 50, 70, 12), "50x70 (300) · 70x12")
    yield case("f32-banded", "float32", lambda r: banded(r, 120, 10), "120x120 (600) · 120x10")
    yield case("f32-repeated", "float32", lambda r: repeated(r, 30, 20, 15, 500), "30x20 (500) · 20x15")
    yield case("f32-selection", "float32", lambda r: selection(r, 60, 35, 14), "60x35 (60) · 35x14")
    yield case("f32-large-scale", "float32", lambda r: inputs(r, 40, 50, 10, 300, scale=1e3), "40x50 (300) · 50x10")
    yield case("f32-undefined", "float32", lambda r: with_undefined(r, 30, 80, 9, 100), "30x80 (100), NaN and inf")
    yield case("f32-column-major", "float32", lambda r: layout(r, "column-major"), "40x50 (300) · 50x24, column-major")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "40x50 (300) · 50x12, strided")
    yield case("f16-graph", "float16", lambda r: inputs(r, 60, 70, 16, 500, half), "60x70 (500) · 70x16")
    yield case("bf16-graph", "bfloat16", lambda r: inputs(r, 50, 60, 20, 400, brain), "50x60 (400) · 60x20")
    yield case("f32-no-entries", "float32", lambda r: inputs(r, 6, 5, 4, 0), "6x5 (0) · 5x4", degenerate=True)
    yield case("f32-no-rows", "float32", lambda r: inputs(r, 0, 5, 4, 0), "0x5 · 5x4", public=True, degenerate=True)
