"""Digits drawn from a 5×7 font of our own, moved, scaled, sheared, thickened and drowned in noise: 12×12, float32."""

import numpy as np

TRAIN, TEST, SIDE = 2400, 1200, 12
FONT = """
.###. ..#.. .###. ##### ...#. ##### ..##. ##### .###. .###.
#...# .##.. #...# ....# ..##. #.... .#... ....# #...# #...#
#..## ..#.. ....# ...#. .#.#. ####. #.... ...#. #...# #...#
#.#.# ..#.. ...#. ..##. #..#. ....# ####. ..#.. .###. .####
##..# ..#.. ..#.. ....# ##### ....# #...# .#... #...# ....#
#...# ..#.. .#... #...# ...#. #...# #...# .#... #...# ...#.
.###. .###. ##### .###. ...#. .###. .###. .#... .###. .##..
"""


def glyphs():
    lines = [line.split() for line in FONT.strip().splitlines()]
    return np.array([[[c == "#" for c in line[digit]] for line in lines] for digit in range(10)], np.float64)


def data(rng):
    labels = rng.integers(0, 10, TRAIN + TEST)
    images = drawn(rng, glyphs()[labels])
    return {
        "train_x": images[:TRAIN], "train_y": labels[:TRAIN].astype(np.int64),
        "test_x": images[TRAIN:], "test_y": labels[TRAIN:].astype(np.int64),
    }


def drawn(rng, shapes):
    """Sample each glyph at the places that the pixels come from, between its own pixels by linear weights."""
    count = len(shapes)
    height, width = rng.uniform(8, 11, count), rng.uniform(5.5, 8.5, count)
    top, left = rng.uniform(0, SIDE - height), rng.uniform(0, SIDE - width)
    shear = rng.uniform(-0.25, 0.25, count)
    ys, xs = np.mgrid[0:SIDE, 0:SIDE].astype(np.float64)
    row = (ys[None] + 0.5 - top[:, None, None]) / height[:, None, None] * 7 - 0.5
    slant = shear[:, None, None] * (row - 3)
    column = (xs[None] + 0.5 - left[:, None, None]) / width[:, None, None] * 5 - 0.5 + slant
    ink = between(shapes, row, column)
    strength = rng.uniform(0.7, 1.0, (count, 1, 1))
    noise = rng.normal(0, 0.15, ink.shape)
    return np.clip(strength * ink ** rng.uniform(0.6, 1.4, (count, 1, 1)) + noise, -0.5, 1.5).astype(np.float32)


def between(shapes, row, column):
    padded = np.pad(shapes, ((0, 0), (1, 1), (1, 1)))
    row, column = np.clip(row + 1, 0, 7.999), np.clip(column + 1, 0, 5.999)
    y, x = np.floor(row).astype(int), np.floor(column).astype(int)
    fy, fx = row - y, column - x
    which = np.arange(len(shapes))[:, None, None]
    return (
        padded[which, y, x] * (1 - fy) * (1 - fx) + padded[which, y, x + 1] * (1 - fy) * fx
        + padded[which, y + 1, x] * fy * (1 - fx) + padded[which, y + 1, x + 1] * fy * fx
    )
