"""A timer each microsecond, and a handler that does nothing else."""

# fate: time_limit

import signal

signal.signal(signal.SIGALRM, lambda *a: None)
signal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)
while True:
    pass
