"""Shared memory, semaphores and queues of System V and POSIX, which outlive processes."""

# fate: fine

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def door(name, number, *arguments):
    """A system call that must be refused."""
    if libc.syscall(number, *arguments) >= 0:
        print("GOT", name, flush=True)


door("shmget", 29, 0, 4096, 0o1666)
door("semget", 64, 0, 1, 0o1666)
door("msgget", 68, 0, 0o1666)
door("mq_open", 240, b"heitu-owned", 0o102, 0o666, 0)
if os.path.exists("/dev/shm") or os.path.exists("/dev/mqueue"):
    print("GOT a place for them")
print("TRIED")
act = print
