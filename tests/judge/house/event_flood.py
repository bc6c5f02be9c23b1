"""Event counters, polls on polls, inotify, fanotify, timers and signals as descriptors."""

# fate: fine

import ctypes
import os
import select

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def door(name, number, *arguments):
    """A system call that must be refused."""
    if libc.syscall(number, *arguments) >= 0:
        print("GOT", name, flush=True)


try:
    while True:
        os.eventfd(0)
except OSError:
    pass
os.closerange(100, 256)
inner = select.epoll()
for _ in range(20):
    try:
        outer = select.epoll()
        outer.register(inner.fileno(), select.EPOLLIN)
        inner.register(outer.fileno(), select.EPOLLIN)
        inner = outer
    except OSError:
        break
door("inotify", 294, 0)
door("inotify_init", 253)
door("fanotify", 300, 0, 0)
door("timerfd", 283, 1, 0)
door("signalfd", 289, -1, 0, 8, 0)
door("timer_create", 222, 0, 0, 0)
print("TRIED")
act = print
