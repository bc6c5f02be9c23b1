"""Fills pipes, whose memory is the kernel's."""

# fate: fine

import os

filled = 0
try:
    for _ in range(4000):
        _, write = os.pipe()
        os.set_blocking(write, False)
        filled += os.write(write, bytes(1 << 20))
except OSError:
    pass
print("TRIED" if filled < 64 << 20 else f"GOT {filled >> 20} MB of pipes")
act = print
