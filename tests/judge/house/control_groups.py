"""Looks for its control group, to leave or to widen it."""

# fate: fine

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def door(name, number, *arguments):
    """A system call that must be refused."""
    if libc.syscall(number, *arguments) >= 0:
        print("GOT", name, flush=True)


for place, folders, names in os.walk("/"):
    folders[:] = [name for name in folders if name not in ("usr", "root", "home", "tmp", "submission-tmp")]
    if any(name in ("cgroup.procs", "release_agent", "memory.max", "freezer.state") for name in names):
        print("GOT", place)
door("mount cgroup", 165, b"none", b"/tmp", b"cgroup", 0, b"memory")
door("mount cgroup2", 165, b"none", b"/tmp", b"cgroup2", 0, 0)
door("clone3 into a group", 435, ctypes.create_string_buffer(88), 88)
print("TRIED")
act = print
