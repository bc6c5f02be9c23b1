"""Sleeps."""

# fate: time_limit

import time

while True:
    time.sleep(1)
