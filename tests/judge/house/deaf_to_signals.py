"""Ignores every signal that can be ignored, in a stopped child too."""

# fate: time_limit

import contextlib
import os
import signal

for number in range(1, 65):
    with contextlib.suppress(OSError, ValueError):
        signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
while True:
    pass
