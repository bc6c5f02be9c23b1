"""What the judge's sandbox costs, whether it leaks, and whether its clock is fair.

    ./dev bench judge [--json] [--runs 1000] [--repeats 100] [--stable 20] [--only cost,throughput,leaks,ties,memory,faster]

Goals: isolation under 10 ms a run over a bare fork, nothing left after 1,000 runs, the same binary against itself a
tie in 95 of 100 repeats while a neighbour burns the other core, under 30 MB for an idle zygote beyond its imports, and
one verdict with overlapping intervals however often one asks, and ten tasks at least whose example in C++ is called
faster than a baseline in numpy. Ends with 1 where a goal is missed. Says the load of the machine, which all of it depends on.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import itertools
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from heitu.engines.judge import Nursery, Verdict, judge
from heitu.engines.sandbox.box import Box, Ended, Room
from heitu.engines.sandbox.toolchains import COMMON
from tests.judge.traces import Traces

PACK = Path(__file__).parents[1] / "packs" / "ascend"
ROUNDS_OF_COST = 200
BOOT = {"language": "numpy", "file": "submission.py", "entry": "act"}
WORKS = (
    "act = print",
    "import os\nos._exit(0)",
    "print('x' * 2000)\nact = print",
    "import threading, time\nthreading.Thread(target=time.sleep, args=(9,), daemon=True).start()\nact = print",
    "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(9)\nact = print",
    "open('x', 'wb').write(bytes(1 << 20))\nact = print",
)
# Converges after some dozens of rounds, so that the reference is quick where the timed work lasts milliseconds.
ROUNDS = """
import numpy as np

def {entry}(x):
    y = x
    for _ in range({rounds}):
        y = x.dtype.type(0.5) * np.tanh(y) + x
    return y
"""
CASES = """
def cases(rng):
    for name, count, timed in (("small", 100, False), ("main", 8192, True)):
        make = lambda rng, count=count: {"x": rng.standard_normal(count).astype("float32")}
        yield {"id": name, "dtype": "float32", "public": True, "timed": timed, "make": make}
"""
TASK = {
    "task.yaml": "kind: operator\ntitle: {zh: 波, en: Waves}\nentry: waves\nlanguages: [numpy]\ninputs: [{name: x}]\n",
    "reference.py": ROUNDS.format(entry="reference", rounds=60),
    "baseline.py": ROUNDS.format(entry="waves", rounds=300),
    "cases.py": CASES,
}


def main(arguments: Sequence[str]) -> None:
    options = _options(arguments)
    chosen = options.only.split(",") if options.only else list(PARTS)
    result: dict[str, Any] = {"load_before": os.getloadavg()}
    for name in chosen:
        result[name] = PARTS[name](options)
        if not options.json:
            print(f"{name:<11}" + json.dumps(result[name]), flush=True)
    result["load_after"] = os.getloadavg()
    print(json.dumps(result, indent=1) if options.json else f"load {result['load_before']} → {result['load_after']}")
    if missed := [name for name in chosen if not GOALS.get(name, _any)(result[name])]:
        sys.exit(f"missed: {', '.join(missed)}")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev bench judge", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=1000, help="runs of the leak check")
    parser.add_argument("--repeats", type=int, default=100, help="repeats of the same binary against itself")
    parser.add_argument("--stable", type=int, default=20, help="how often one submission is judged")
    parser.add_argument("--only", default="", help=f"some of {','.join(PARTS)}")
    return parser.parse_args(arguments)


def cost(_: argparse.Namespace) -> dict[str, Any]:
    """Milliseconds of a whole run with all layers, and of a bare fork, taking turns."""
    bare, full = [], []
    with Nursery() as nursery:
        for _ in range(ROUNDS_OF_COST):
            bare.append(_took(_bare_fork))
            full.append(_took(lambda: _run(nursery, WORKS[0])))
        before = _processor_seconds(nursery)
        for _ in range(ROUNDS_OF_COST):
            _run(nursery, WORKS[0])
        used = (_processor_seconds(nursery) - before) / ROUNDS_OF_COST
    median = statistics.median(full) - statistics.median(bare)
    return {
        "bare_fork": _spread(bare), "sandbox": _spread(full), "isolation_ms": round(median * 1e3, 2),
        "processor_ms_each": round(used * 1e3, 2),
    }


def _processor_seconds(nursery: Nursery) -> float:
    """Of worker, zygote and the children that it buried: what a run costs, however busy the machine."""
    fields = Path(f"/proc/{nursery._process.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") + time.process_time()


def _took(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    return {"median_ms": round(statistics.median(ordered) * 1e3, 2), "p95_ms": round(p95 * 1e3, 2)}


def _bare_fork() -> None:
    """Of this process, which has the toolchain imported too."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _run(nursery: Nursery, source: str) -> None:
    with Box(nursery, Room(), BOOT, [("submission.py", source.encode())]) as box, contextlib.suppress(Ended):
        box.start(5.0)


def throughput(_: argparse.Namespace) -> dict[str, float]:
    """Runs a second on one worker and on two, each with a zygote of its own."""
    return {f"{workers}_workers": _per_second(workers, seconds=5.0) for workers in (1, 2)}


def _per_second(workers: int, seconds: float) -> float:
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        done = list(pool.map(_runs_within, [seconds] * workers))
    return round(sum(done), 1)


def _runs_within(seconds: float) -> float:
    count, begun = 0, time.monotonic()
    with Nursery() as nursery:
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            _run(nursery, WORKS[0])
            count += 1
        return count / (time.monotonic() - begun)


def leaks(options: argparse.Namespace) -> dict[str, Any]:
    """Counts before and after many runs, good and bad ones in turn."""
    with Nursery() as nursery:
        for source in WORKS:
            _run(nursery, source)
        before = Traces.now(nursery)
        counts, memory = before.counts(), _memory(nursery)
        begun = time.monotonic()
        for number in range(options.runs):
            _run(nursery, WORKS[number % len(WORKS)])
        seconds = time.monotonic() - begun
        after = Traces.now(nursery)
        return {
            "runs": options.runs, "seconds": round(seconds, 1), "same": before == after,
            "before": {**counts, **memory}, "after": {**after.counts(), **_memory(nursery)},
        }


def _memory(nursery: Nursery) -> dict[str, float]:
    return {"worker_mb": _private_mb(os.getpid()), "zygote_mb": _private_mb(nursery._process.pid)}


def _private_mb(pid: int) -> float:
    """What would be free if only this process ended."""
    rows = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
    return round(sum(int(row[1]) for row in rows if row[0].startswith("Private_")) / 1024, 1)


def ties(options: argparse.Namespace) -> dict[str, Any]:
    """The same binary against itself while a neighbour burns the other core."""
    with _task() as folder, _neighbour(), Nursery() as nursery:
        begun = time.monotonic()
        found = [_against_itself(folder, nursery) for _ in range(options.repeats)]
        seconds = (time.monotonic() - begun) / options.repeats
    calls = Counter(verdict.speedup.call if verdict.speedup else verdict.verdict for verdict in found)
    rounds = [len(processes) for verdict in found for processes in verdict.samples.values()]
    return {
        "repeats": options.repeats, "calls": dict(calls), "tie_share": round(calls["tie"] / options.repeats, 3),
        "seconds_each": round(seconds, 2), "process_pairs": round(statistics.mean(rounds), 1),
    }


def _against_itself(folder: Path, nursery: Nursery, seed: int | None = None) -> Verdict:
    return judge(folder, folder / "baseline.py", nursery=nursery, seed=seed)


@contextlib.contextmanager
def _task() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="heitu-bench-") as folder:
        for name, text in TASK.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        yield Path(folder)


@contextlib.contextmanager
def _neighbour() -> Iterator[None]:
    """A process that computes on a core that isn't the twins', for as long as there is this one."""
    core, rest = min(os.sched_getaffinity(0)), "for _ in range(10**6): pass"
    script = f"import os\nos.sched_setaffinity(0, {{{core}}})\nwhile os.getppid() == {os.getpid()}:\n    {rest}"
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        try:
            yield
        finally:
            process.kill()


def memory(_: argparse.Namespace) -> dict[str, float]:
    """Private megabytes of an idle zygote, and of an interpreter with the same imports."""
    script = f"import importlib, sys\nfor name in {COMMON!r}: importlib.import_module(name)\nprint(1, flush=True)\nsys.stdin.read()"
    with Nursery() as nursery:
        zygote = _private_mb(nursery._process.pid)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-I", "-c", script], **pipes) as bare:
        assert bare.stdout is not None
        bare.stdout.readline()
        imports = _private_mb(bare.pid)
        bare.kill()
    return {"zygote_mb": zygote, "imports_mb": imports, "beyond_mb": round(zygote - imports, 1)}


def stability(options: argparse.Namespace) -> dict[str, Any]:
    """One submission again and again: verdicts, and how many pairs of intervals meet (99 % would by their meaning)."""
    with _task() as folder, Nursery() as nursery:
        found = [_against_itself(folder, nursery) for _ in range(options.stable)]
    intervals = [(verdict.speedup.low, verdict.speedup.high) for verdict in found if verdict.speedup]
    pairs = list(itertools.combinations(intervals, 2))
    meeting = sum(max(a[0], b[0]) <= min(a[1], b[1]) for a, b in pairs)
    return {
        "verdicts": dict(Counter(verdict.verdict for verdict in found)), "pairs_that_overlap": f"{meeting} of {len(pairs)}",
        "overlap_share": round(meeting / len(pairs), 3),
        "low": round(min(low for low, _ in intervals), 3), "high": round(max(high for _, high in intervals), 3),
    }


def faster(_: argparse.Namespace) -> dict[str, Any]:
    """Of the Ascend pack's tasks, what becomes of an example in C++ against a baseline in numpy."""
    tasks = [path.parent for path in sorted(PACK.glob("tasks/*/baseline.py")) if (path.parent / "examples" / "fast-cpp").is_dir()]
    with Nursery() as nursery:
        found = {task.name: judge(task, task / "examples" / "fast-cpp", nursery=nursery) for task in tasks}
    accepted = {name: verdict.speedup for name, verdict in found.items() if verdict.verdict == "accepted" and verdict.speedup}
    lows = {name: round(speedup.low, 2) for name, speedup in accepted.items() if speedup.call == "faster"}
    return {"tasks": len(tasks), "accepted": len(accepted), "faster": len(lows), "low": lows}


def _any(_: Any) -> bool:
    return True


# What each part must show; the run ends with 1 where one doesn't.
GOALS: dict[str, Callable[[Any], bool]] = {
    "cost": lambda found: found["isolation_ms"] < 10,
    "memory": lambda found: found["beyond_mb"] < 30,
    "leaks": lambda found: found["same"],
    "stability": lambda found: len(found["verdicts"]) == 1 and found["overlap_share"] >= 0.95,
    "ties": lambda found: found["tie_share"] >= 0.95,
    "faster": lambda found: found["faster"] >= 10,
}
PARTS: dict[str, Callable[[argparse.Namespace], Any]] = {
    "cost": cost,
    "throughput": throughput,
    "memory": memory,
    "leaks": leaks,
    "stability": stability,
    "ties": ties,
    "faster": faster,
}
