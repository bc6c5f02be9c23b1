"""Locks on files that everybody has open: a channel between runs, and a wait for the host."""

# fate: fine

import fcntl
import os

library = os.open("/usr/bin/env", os.O_RDONLY)
for name, act in {
    "flock": lambda: fcntl.flock(library, fcntl.LOCK_EX | fcntl.LOCK_NB),
    "lockf": lambda: fcntl.lockf(library, fcntl.LOCK_SH | fcntl.LOCK_NB),
    "lease": lambda: fcntl.fcntl(library, fcntl.F_SETLEASE, fcntl.F_RDLCK),
    "notify": lambda: fcntl.fcntl(os.open("/usr/lib", os.O_RDONLY), fcntl.F_NOTIFY, 1),
    "owner": lambda: fcntl.fcntl(library, fcntl.F_SETOWN, 1),
    "pipe size": lambda: fcntl.fcntl(2, fcntl.F_SETPIPE_SZ, 1 << 20),
}.items():
    try:
        act()
        print("GOT", name)
    except OSError:
        pass
print("TRIED")
act = print
