"""Mounts, old and new interface, and turning the root around."""

# fate: fine

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def door(name, number, *arguments):
    """A system call that must be refused."""
    if libc.syscall(number, *arguments) >= 0:
        print("GOT", name, flush=True)


door("mount", 165, b"none", b"/tmp", b"tmpfs", 0, 0)
door("umount", 166, b"/tmp", 2)
door("pivot_root", 155, b".", b".")
door("chroot", 161, b".")
door("open_tree", 428, -100, b"/", 1)
door("move_mount", 429, -100, b"/tmp", -100, b"/", 0)
door("fsopen", 430, b"tmpfs", 0)
door("fsmount", 432, 3, 0, 0)
door("mount_setattr", 442, -100, b"/", 0, 0, 0)
print("TRIED")
act = print
