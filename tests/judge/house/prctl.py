"""Turns off what was turned on: death with the parent, dumpability, the filter, speculation."""

# fate: fine

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def door(name, number, *arguments):
    """A system call that must be refused."""
    if libc.syscall(number, *arguments) >= 0:
        print("GOT", name, flush=True)


for name, option, value in (
    ("death signal", 1, 0),
    ("dumpable", 4, 1),
    ("keep capabilities", 8, 1),
    ("subreaper", 36, 1),
    ("name", 15, 0),
    ("timer slack", 29, 1),
    ("ptracer", 0x59616D61, -1),
    ("memory map", 35, 1),
    ("ambient", 47, 2),
):
    door(name, 157, option, value, 0, 0, 0)
door("personality", 135, 0x0040000)
door("modify_ldt", 154, 0, ctypes.create_string_buffer(16), 16)
door("ioperm", 173, 0, 1, 1)
door("iopl", 172, 3)
print("TRIED")
act = print
