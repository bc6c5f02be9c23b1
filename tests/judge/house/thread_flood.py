"""Starts threads until it may not."""

# fate: fine

import threading
import time

started = 0
try:
    for _ in range(500):
        threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
        started += 1
except RuntimeError:
    pass
print("TRIED" if started < 16 else f"GOT {started} threads")
act = print
