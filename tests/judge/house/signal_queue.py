"""Queues signals that are never taken, to use up what the host lets a user have waiting."""

# fate: fine

import os
import signal
import threading

signal.pthread_sigmask(signal.SIG_BLOCK, range(signal.SIGRTMIN, signal.SIGRTMAX))
for _ in range(200_000):
    try:
        signal.pthread_kill(threading.get_ident(), signal.SIGRTMIN + 1)
    except OSError:
        break
print("TRIED", os.getpid())
act = print
