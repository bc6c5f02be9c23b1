"""System calls by a ring, which no filter sees."""

# fate: fine

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def door(name, number, *arguments):
    """A system call that must be refused."""
    if libc.syscall(number, *arguments) >= 0:
        print("GOT", name, flush=True)


door("io_uring_setup", 425, 8, ctypes.create_string_buffer(256))
door("io_uring_enter", 426, 3, 1, 0, 0, 0, 0)
door("io_setup", 206, 8, ctypes.create_string_buffer(8))
print("TRIED")
act = print
