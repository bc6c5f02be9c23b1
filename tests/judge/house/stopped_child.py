"""Leaves children that are stopped, and one that nobody waits for: what stands still already must freeze all the same."""

# fate: fine

import os
import signal
import time

for _ in range(3):
    child = os.fork()
    if child == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(60)
    os.waitpid(child, os.WUNTRACED)
if os.fork() == 0:
    os._exit(0)
os.kill(os.getpid(), signal.SIGSTOP)  # of no effect on the first process of a namespace
print("TRIED")
act = print
