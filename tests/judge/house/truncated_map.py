"""Reads a map of a file that it has cut off: SIGBUS, in whoever reads."""

# fate: runtime_error

import mmap
import os

file = os.open("x", os.O_CREAT | os.O_RDWR)
os.ftruncate(file, 1 << 16)
area = mmap.mmap(file, 1 << 16)
for descriptor in (3, 4):
    try:
        os.ftruncate(descriptor, 0)
        print("GOT a shorter memory", flush=True)
    except OSError:
        pass
os.ftruncate(file, 0)
area[0]
