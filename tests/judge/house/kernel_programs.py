"""Programs and probes in the kernel: bpf, perf, modules, kexec."""

# fate: fine

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def door(name, number, *arguments):
    """A system call that must be refused."""
    if libc.syscall(number, *arguments) >= 0:
        print("GOT", name, flush=True)


door("bpf", 321, 0, ctypes.create_string_buffer(128), 128)
door("perf_event_open", 298, ctypes.create_string_buffer(128), 0, -1, -1, 0)
door("init_module", 175, 0, 0, b"")
door("finit_module", 313, 3, b"", 0)
door("kexec_load", 246, 0, 0, 0, 0)
door("lookup_dcookie", 212, 0, 0, 0)
door("syslog", 103, 3, ctypes.create_string_buffer(64), 64)
door("seccomp", 317, 2, 0, ctypes.create_string_buffer(16))
print("TRIED")
act = print
