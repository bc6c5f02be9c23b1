"""Raises its limits, lowers those of others, changes its class of scheduling."""

# fate: fine

import contextlib
import ctypes
import os
import resource

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def door(name, number, *arguments):
    """A system call that must be refused."""
    if libc.syscall(number, *arguments) >= 0:
        print("GOT", name, flush=True)


for name in dir(resource):
    if name.startswith("RLIMIT_"):
        soft, hard = resource.getrlimit(getattr(resource, name))
        if hard not in (resource.RLIM_INFINITY,):
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(getattr(resource, name), (hard + 1, hard + 1))
                print("GOT more of", name)
door("prlimit of the parent", 302, os.getppid() or 2, 7, ctypes.create_string_buffer(bytes(16)), 0)
door("sched_setscheduler", 144, 0, 1, ctypes.create_string_buffer(4))
door("sched_setattr", 314, 0, ctypes.create_string_buffer(56), 0)
door("sched_setaffinity", 203, 0, 8, ctypes.create_string_buffer(b"\x03" + bytes(7)))
door("setpriority", 141, 0, 0, -20)
door("ioprio_set", 251, 1, 0, 1 << 13)
door("mlockall", 151, 3)
door("set_mempolicy", 238, 0, 0, 0)
print("TRIED")
act = print
