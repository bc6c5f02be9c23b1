"""Paged attention: batches × lengths × heads × page sizes × dtypes × layouts.

Pages that no table names, and what lies behind the end of a sequence, are NaN: nobody may look there.
"""

import ml_dtypes
import numpy as np


def inputs(rng, lengths, heads, groups, channels, page, dtype="float32", *, scale=1.0, spread=1.0, spare=3):
    lengths = np.asarray(lengths, np.int64)
    counts = -(-lengths // page)
    blocks = int(counts.sum()) + spare
    order = rng.permutation(blocks)
    tables = np.full((len(lengths), max(1, int(counts.max(initial=0)))), -1, np.int64)
    keys, values = np.full((2, blocks, page, groups, channels), np.nan, np.float32)
    for s, (length, count) in enumerate(zip(lengths, counts, strict=True)):
        tables[s, :count], order = order[:count], order[count:]
        for i, block in enumerate(tables[s, :count]):
            filled = min(page, length - i * page)
            shape = (filled, groups, channels)
            keys[block, :filled] = scale * rng.standard_normal(shape, np.float32)
            values[block, :filled] = spread * rng.standard_normal(shape, np.float32)
    query = scale * rng.standard_normal((len(lengths), heads, channels), np.float32)
    return {
        "query": query.astype(dtype),
        "keys": keys.astype(dtype),
        "values": values.astype(dtype),
        "tables": tables,
        "lengths": lengths,
    }


def shared_prefix(rng, heads, groups, channels, page):
    """Three sequences begin with the same two pages, as after a common prompt."""
    made = inputs(rng, [3 * page, 3 * page - 1, 2 * page + 1], heads, groups, channels, page)
    made["tables"][:, :2] = made["tables"][0, :2]
    return made


def offset_scores(rng, lengths, heads, groups, channels, page):
    """All scores are near 800: exponentials overflow unless the maximum is taken off."""
    made = inputs(rng, lengths, heads, groups, channels, page)
    query, keys = np.round(4 * made["query"]) / 8, np.round(4 * made["keys"]) / 8
    query[..., 0] = 64
    keys[..., 0] = np.where(np.isnan(keys[..., 0]), np.nan, 12.5 * np.sqrt(channels))
    return made | {"query": query.astype(np.float32), "keys": keys.astype(np.float32)}


def groups_first(rng, lengths, heads, groups, channels, page):
    """The cache is stored with the groups before the tokens of a page; the query comes out of a wider array."""
    made = inputs(rng, lengths, heads, groups, channels, page)
    caches = {n: np.ascontiguousarray(made[n].transpose(0, 2, 1, 3)).transpose(0, 2, 1, 3) for n in ("keys", "values")}
    return (
        made
        | caches
        | {"query": np.repeat(made["query"], 3, axis=2)[:, :, ::3], "tables": np.asfortranarray(made["tables"])}
    )


def equal_keys(rng, lengths, heads, groups, channels, page):
    made = inputs(rng, lengths, heads, groups, channels, page)
    return made | {"keys": np.where(np.isnan(made["keys"]), np.nan, np.float32(0.25))}


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = [int(n) for n in rng.integers(1, 60, 5)]
    half, brain = np.float16, ml_dtypes.bfloat16
    long = [700, 33, 512, 129, 257, 64]
    yield case("f32-small", "float32", lambda r: inputs(r, [3, 5], 2, 1, 4, 4), "2 of 3-5, 2/1x4", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, [17, 1, 30], 6, 3, 20, 8), "3 of 1-30, 6/3x20", public=True)
    yield case(
        "f16-small", "float16", lambda r: inputs(r, [9, 12], 4, 2, 32, 8, half), "2 of 9-12, 4/2x32", public=True
    )
    yield case(
        "f32-serving",
        "float32",
        lambda r: inputs(r, long, 16, 4, 64, 16),
        "6 of 33-700, 16/4x64",
        public=True,
        timed=True,
    )
    yield case("f32-one-long", "float32", lambda r: inputs(r, [2003], 8, 2, 128, 32), "1 of 2003, 8/2x128", timed=True)
    yield case(
        "f32-every-head", "float32", lambda r: inputs(r, [211] * 6, 12, 12, 48, 16), "6 of 211, 12/12x48", timed=True
    )
    yield case("f32-random-size", "float32", lambda r: inputs(r, odd, 6, 2, 24, 8), "5 random, 6/2x24")
    yield case("f32-empty-among", "float32", lambda r: inputs(r, [0, 7, 0, 20], 4, 2, 16, 8), "4 of 0-20, 4/2x16")
    yield case("f32-first-token", "float32", lambda r: inputs(r, [1, 1, 1], 4, 1, 16, 16), "3 of 1, 4/1x16")
    yield case("f32-full-pages", "float32", lambda r: inputs(r, [16, 32, 48], 4, 4, 16, 16), "3 of 16-48, 4/4x16")
    yield case(
        "f32-pages-of-one", "float32", lambda r: inputs(r, [11, 6], 4, 2, 16, 1), "2 of 6-11, 4/2x16, pages of 1"
    )
    yield case("f32-one-channel", "float32", lambda r: inputs(r, [25, 14], 5, 5, 1, 8), "2 of 14-25, 5/5x1")
    yield case("f32-prime-channels", "float32", lambda r: inputs(r, [40, 21], 6, 2, 53, 16), "2 of 21-40, 6/2x53")
    yield case("f32-one-group", "float32", lambda r: inputs(r, [37, 50], 9, 1, 32, 8), "2 of 37-50, 9/1x32")
    yield case("f32-sharp", "float32", lambda r: inputs(r, [60, 41], 4, 2, 32, 16, scale=5.0), "2 of 41-60, 4/2x32")
    yield case("f32-offset-scores", "float32", lambda r: offset_scores(r, [33, 18], 4, 2, 16, 8), "2 of 18-33, 4/2x16")
    yield case("f32-equal-keys", "float32", lambda r: equal_keys(r, [50, 23], 4, 2, 12, 8), "2 of 23-50, 4/2x12")
    yield case(
        "f32-large-values", "float32", lambda r: inputs(r, [29, 44], 4, 2, 28, 8, spread=1e3), "2 of 29-44, 4/2x28"
    )
    yield case("f32-shared-prefix", "float32", lambda r: shared_prefix(r, 4, 2, 24, 8), "3 of 17-24, 4/2x24")
    yield case(
        "f32-groups-first", "float32", lambda r: groups_first(r, [19, 30], 6, 3, 16, 8), "2 of 19-30, transposed"
    )
    yield case("f16-serving", "float16", lambda r: inputs(r, [70, 31, 8], 8, 2, 64, 16, half), "3 of 8-70, 8/2x64")
    yield case("bf16-serving", "bfloat16", lambda r: inputs(r, [45, 60], 6, 2, 40, 16, brain), "2 of 45-60, 6/2x40")
    yield case("f32-nothing-yet", "float32", lambda r: inputs(r, [0, 0], 4, 2, 8, 8), "2 of 0", degenerate=True)
    yield case("f32-no-sequences", "float32", lambda r: inputs(r, [], 4, 2, 8, 8), "none", public=True, degenerate=True)
