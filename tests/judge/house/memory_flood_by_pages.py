"""Takes memory as anonymous maps, in children too."""

# fate: memory_limit

import mmap
import os

os.fork()
hold = []
while True:
    area = mmap.mmap(-1, 16 << 20)
    for page in range(0, 16 << 20, 4096):
        area[page] = 1
    hold.append(area)
