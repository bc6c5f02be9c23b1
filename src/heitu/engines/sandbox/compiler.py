"""The loop inside the compiler's sandbox: one g++, its library handed back as raw bytes."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from heitu.engines.sandbox import boot, channel, mounts

# `#pragma omp simd` counts, by which a reduction may be vectorised without -ffast-math; threads of OpenMP there are none.
FLAGS = ("-std=c++17", "-O3", "-march=native", "-fopenmp-simd", "-fPIC", "-shared")


def serve() -> None:
    """Compile what lies in /submission, answer, and stand still until ended from outside."""
    read, write = boot.memories()
    result = Path(mounts.scratch()) / "kernel.so"
    body: dict[str, Any] = channel.read_body(read)
    command = ["g++", *FLAGS, "-I/submission", "-o", str(result), f"/submission/{body['file']}"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode == 0 and result.is_file():
        library = result.read_bytes()[: channel.OUT_SIZE - channel.OUT_DATA]
        write[channel.OUT_DATA : channel.OUT_DATA + len(library)] = library
        answer = channel.frame(channel.OK, [channel.Shape("uint8", (len(library),))])
    else:
        answer = channel.frame(channel.NOT_COMPILED, text=done.stderr.decode(errors="replace")[: channel.TEXT_LIMIT])
    boot.answer(write, answer)
    while True:
        boot.wait()
