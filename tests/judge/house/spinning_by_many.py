"""Computes for ever, in as many processes as it gets."""

# fate: time_limit

import contextlib
import os

for _ in range(3):
    with contextlib.suppress(OSError):
        os.fork()
while True:
    pass
