"""Retention by chunks: scores within a chunk, and a state that carries what came before it.

Within a chunk the work is two small products; between chunks, one to read the state and one to bring it up to date.
"""

import numpy as np

CHUNK = 48


def retention(query, key, value, decay):
    heads, tokens, channels = query.shape
    dtype = query.dtype
    query, key, value = (array.astype(np.float32, copy=False) for array in (query, key, value))
    y = np.empty(value.shape, np.float32)
    steps = np.arange(CHUNK)
    distance = steps[:, None] - steps
    for head in range(heads):
        powers = float(decay[head]) ** np.arange(CHUNK + 1)
        within = np.where(distance >= 0, powers[np.abs(distance)], 0).astype(np.float32)
        fading = powers.astype(np.float32)[:, None]
        state = np.zeros((channels, value.shape[2]), np.float32)
        for start in range(0, tokens, CHUNK):
            part = slice(start, min(start + CHUNK, tokens))
            asked, keys, values = query[head, part], key[head, part], value[head, part]
            count = len(asked)
            scores = asked @ keys.T
            scores *= within[:count, :count]
            y[head, part] = scores @ values + (asked * fading[1 : count + 1]) @ state
            state *= fading[count]
            state += (keys * fading[:count][::-1]).T @ values
    return y.astype(dtype, copy=False)
