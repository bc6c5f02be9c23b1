"""Crashes, to leave a core or to start the host's handler of cores."""

# fate: runtime_error

import ctypes
import os
import resource

soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
if hard > 1:
    print("GOT a core of", hard, flush=True)
try:
    resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
    print("GOT a larger core", flush=True)
except (OSError, ValueError):
    pass
if os.fork() == 0:
    ctypes.string_at(0)
os.wait()
if any("core" in name for name in os.listdir(".")):
    print("GOT a core", flush=True)
ctypes.string_at(0)
