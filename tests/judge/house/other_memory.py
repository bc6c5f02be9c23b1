"""The memory of others: ptrace, process_vm, /proc, comparing and stealing descriptors."""

# fate: fine

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def door(name, number, *arguments):
    """A system call that must be refused."""
    if libc.syscall(number, *arguments) >= 0:
        print("GOT", name, flush=True)


for pid in (1, 2, os.getppid()):
    door("ptrace", 101, 16, pid, 0, 0)
    door("ptrace seize", 101, 0x4206, pid, 0, 0)
    door("process_vm_readv", 310, pid, ctypes.create_string_buffer(16), 1, ctypes.create_string_buffer(16), 1, 0)
    door("process_madvise", 440, 3, 0, 0, 0, 0)
    door("kcmp", 312, pid, pid, 0, 0, 0)
    door("pidfd_getfd", 438, 3, 0, 0)
for path in ("/proc/self/mem", "/proc/self/exe", "/proc/1/root", "/dev/mem", "/dev/kmem", "/proc/kcore"):
    if os.path.lexists(path):
        print("GOT", path)
print("TRIED")
act = print
