"""Opens until it may not."""

# fate: fine

import os

opened = 0
try:
    while True:
        os.dup(1)
        opened += 1
except OSError:
    pass
print("TRIED" if opened < 300 else f"GOT {opened} descriptors")
act = print
