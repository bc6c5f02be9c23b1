"""Top-p filter: replace the body; keep the name and the parameters."""

import numpy as np


def top_p_filter(x, p):
    # Rank every row, largest first; keep while the sum of those before is below p; divide by the sum of what is kept.
    return np.zeros(x.shape, x.dtype)
