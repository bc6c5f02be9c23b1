"""A parent that waits for a child which never ends."""

# fate: time_limit

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


libc.syscall(56, 0x4000 | 17, 0, 0, 0, 0)

while True:
    time.sleep(1)
