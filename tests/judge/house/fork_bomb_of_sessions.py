"""Forks for ever, each child in a session of its own, so that no group is a handle on all."""

# fate: any

import os

while True:
    try:
        if os.fork() == 0:
            os.setsid()
    except OSError:
        pass
