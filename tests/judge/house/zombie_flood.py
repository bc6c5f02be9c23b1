"""Leaves dead children unburied."""

# fate: fine

import os

dead = 0
try:
    for _ in range(500):
        if os.fork() == 0:
            os._exit(0)
        dead += 1
except OSError:
    pass
print("TRIED" if dead < 16 else f"GOT {dead} zombies")
act = print
