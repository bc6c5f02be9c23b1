"""A stack without end."""

# fate: runtime_error

import functools
import sys

sys.setrecursionlimit(1 << 30)


def deeper(*_):
    return functools.reduce(deeper, [1, 2])


deeper()
