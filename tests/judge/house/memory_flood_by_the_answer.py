"""Fills the shared memory that the worker reads."""

# fate: memory_limit

import mmap

area = mmap.mmap(4, 256 << 20)
hold = []
while True:
    for page in range(1 << 16, 256 << 20, 4096):
        area[page] = 1
    hold.append(bytearray(16 << 20))
