"""Max pooling down the columns first, then along the rows: 2k steps instead of k², a few planes at a time."""

import numpy as np

BLOCK = 48 * 1024


def max_pool2d(x, window, stride, padding):
    batch, channels, height, width = x.shape
    lowest = np.iinfo(x.dtype).min if x.dtype.kind == "i" else -np.inf
    high, wide = ((n + 2 * padding - window) // stride + 1 for n in (height, width))
    planes = x.reshape(batch * channels, height, width)
    y = np.empty((len(planes), high, wide), x.dtype)
    step = max(1, BLOCK // max(1, height * width))
    padded = np.full((min(step, len(planes)), height + 2 * padding, width + 2 * padding), lowest, x.dtype)
    bottom, right = (high - 1) * stride + 1, (wide - 1) * stride + 1
    for start in range(0, len(planes), step):
        block = planes[start : start + step]
        work = padded[: len(block)]
        work[:, padding : padding + height, padding : padding + width] = block
        tall = work[:, :bottom:stride].copy()
        for i in range(1, window):
            np.maximum(tall, work[:, i : i + bottom : stride], out=tall)
        out = y[start : start + step]
        out[...] = tall[:, :, :right:stride]
        for j in range(1, window):
            np.maximum(out, tall[:, :, j : j + right : stride], out=out)
    return y.reshape(batch, channels, high, wide)
