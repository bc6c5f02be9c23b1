"""The third numbering of system calls."""

# fate: runtime_error

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


libc.syscall(0x40000000 + 39)
print("GOT x32", flush=True)
