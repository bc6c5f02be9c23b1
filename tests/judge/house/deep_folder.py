"""Folders in folders, deeper than a path is long; whoever tidies up by path is lost."""

# fate: fine

import os

depth = 0
try:
    for _ in range(3000):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
        depth += 1
except OSError:
    pass
print("TRIED")
act = print
