"""Namespaces in namespaces, in which it would be root again."""

# fate: fine

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def door(name, number, *arguments):
    """A system call that must be refused."""
    if libc.syscall(number, *arguments) >= 0:
        print("GOT", name, flush=True)


for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000, 0x8000000, 0x4000000, 0x2000000, 0x80):
    door(f"unshare {flag:x}", 272, flag)
    door(f"clone {flag:x}", 56, flag | 17, 0, 0, 0, 0)
door("clone3", 435, ctypes.create_string_buffer(88), 88)
door("setns", 308, 3, 0)
print("TRIED")
act = print
