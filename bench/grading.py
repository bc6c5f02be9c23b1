"""One class of notebooks through nbgrader, otter and Heitu, in one run and on one core.

    ./dev bench grading [--json] [--students 100] [--peers 20] [--seconds 2]

The same assignment in nbgrader's format and as an otter autograder; a class of correct, partly correct, raising, endless
and cheating submissions. The peers take so long that they grade the first `--peers` of the class; the scores of those are
held against ours, question by question. An endless loop has `--seconds` for a cell, which is all that such a submission
costs anybody; otter knows no limit, and doesn't get those. The factors are of the others, and of processor time: start
of the process and all that is learnt beforehand included. Says where scores differ.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from heitu.engines.grading import Assignment, Graded, Limits, Nursery, Submitted, grade, open_assignment
from tests.grading.building import answered, check, code, notebook, solution
from tests.peers import environments
from tests.peers.test_grading_peers import NBGRADER, OTTER, SCRIPTS

SOLVED = {
    "standard": "def standard(x):\n    return (x - x.mean(0)) / x.std(0)",
    "softmax": "def softmax(x):\n    e = np.exp(x - x.max(-1, keepdims=True))\n    return e / e.sum(-1, keepdims=True)",
    "fit": "def fit(x, y):\n    return np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)[0]",
    "smooth": "def smooth(x, k):\n    return np.convolve(x, np.ones(k) / k, 'valid')",
    "count": "def count(words):\n    return {w: words.count(w) for w in set(words)}",
}
TESTS = {
    "standard": ["r = np.random.default_rng(0)", "z = standard(r.normal(3, 2, (200, 4)))",
                 "assert np.allclose(z.mean(0), 0)", "assert np.allclose(z.std(0), 1)"],
    "softmax": ["p = softmax(np.array([[1.0, 2.0, 3.0], [1000.0, 1000.0, 1000.0]]))",
                "assert np.allclose(p.sum(1), 1)", "assert np.allclose(p[1], 1 / 3)"],
    "fit": ["a = np.linspace(0, 1, 50)", "assert np.allclose(fit(a, 2 * a + 1), [2, 1])"],
    "smooth": ["s = smooth(np.arange(10.0), 3)", "assert s.shape == (8,)", "assert np.allclose(s, np.arange(1, 9))"],
    "count": ["assert count(['a', 'b', 'a']) == {'a': 2, 'b': 1}", "assert count([]) == {}"],
}
WRONG = {name: source.split("\n")[0] + "\n    return None" for name, source in SOLVED.items()}
RAISING = {name: source.split("\n")[0] + "\n    raise ValueError('not today')" for name, source in SOLVED.items()}
CHEAT = WRONG | {
    "standard": "import numpy\nnumpy.allclose = np.allclose = lambda *a, **k: True\n"
                "class Any:\n    def __eq__(self, other): return True\n    def __getattr__(self, name): return lambda *a, **k: self\n"
                "    def __getitem__(self, key): return self\nstandard = lambda *a: Any()",
    "count": "count = lambda words: Any()",
    "smooth": "smooth = lambda *a: Any()", "softmax": "softmax = lambda *a: Any()", "fit": "fit = lambda *a: Any()",
}
KINDS = {
    "correct": SOLVED, "partial": SOLVED | {"fit": WRONG["fit"], "count": WRONG["count"]}, "raising": RAISING,
    "endless": SOLVED | {"softmax": "def softmax(x):\n    while True:\n        pass"}, "cheating": CHEAT,
}
PLACES = ["submitted", "others", "loop/submitted", "loop/others"]
SHARES = ["correct"] * 5 + ["partial"] * 3 + ["raising", "cheating"]


def main(arguments: Sequence[str]) -> None:
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="heitu-bench-") as folder:
        result = _compare(Path(folder), options)
    print(json.dumps(result, indent=1) if options.json else _table(result))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench grading", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--peers", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=2)
    return parser.parse_args(arguments)


def _kind(number: int) -> str:
    """Every 25th is endless."""
    return "endless" if number % 25 == 24 else SHARES[number % len(SHARES)]


def _compare(place: Path, options: argparse.Namespace) -> dict[str, Any]:
    by = _course(place, options)
    autograder = _autograder(place)
    python, theirs = environments.python_with("nbgrader", *NBGRADER), environments.python_with("otter", *OTTER)
    calm = [path for path in sorted(place.glob("otter/*.ipynb")) if "endless" not in path.stem]
    by_nbgrader = [str(python), str(SCRIPTS / "by_nbgrader.py")]
    by_otter = [str(theirs), str(SCRIPTS / "by_otter.py"), str(autograder)]
    rows = {
        "nbgrader": _measured([*by_nbgrader, str(place), "ps1", str(options.seconds)]),
        "nbgrader, an endless loop": _measured([*by_nbgrader, str(place / "loop"), "ps1", str(options.seconds)]),
        "otter": _measured([*by_otter, *map(str, calm[: options.peers])]),
        "heitu": _heitu(by, place, options, {0}, ["submitted", "others"]),
        "heitu, whole class": _heitu(by, place, options, {0}, PLACES),
        "heitu, all cores": _heitu(by, place, options, set(range(os.cpu_count() or 1)), PLACES),
        "heitu, otter's zip": _heitu_otter(autograder, calm),
    }
    theirs_all = rows["nbgrader"]["scores"] | rows["nbgrader, an endless loop"]["scores"]
    return {
        "load": os.getloadavg(), "rows": {name: _rates(row) for name, row in rows.items()},
        "times_nbgrader": _times(rows["heitu"], rows["nbgrader"]),
        "times_otter": _times(rows["heitu, otter's zip"], rows["otter"]),
        "nbgrader": _differences(theirs_all, rows["heitu, whole class"]["scores"]),
        "otter": _differences(rows["otter"]["scores"], rows["heitu, otter's zip"]["scores"]),
    }


def _course(place: Path, options: argparse.Namespace) -> Assignment:
    cells = [code("import numpy as np")]
    for name, source in SOLVED.items():
        cells += [solution(name, source), check(f"test-{name}", "\n".join(TESTS[name]), 2)]
    by = Assignment.from_source(notebook(cells), "work")
    for course in (place, place / "loop"):
        (course / "source" / "ps1").mkdir(parents=True)
        (course / "source" / "ps1" / "work.ipynb").write_bytes(notebook(cells))
    (place / "otter").mkdir()
    for number in range(options.students):
        kind = _kind(number)
        name, data = f"s{number:03d}-{kind}", answered(by, **KINDS[kind])
        folder = place / _where(number, kind, options.peers) / name / "ps1"
        folder.mkdir(parents=True)
        (folder / "work.ipynb").write_bytes(data)
        plain = [code("import otter\nimport numpy as np\ngrader = otter.Notebook()"), *map(code, KINDS[kind].values())]
        (place / "otter" / f"{name}.ipynb").write_bytes(notebook(plain))
    return by


def _where(number: int, kind: str, peers: int) -> str:
    """The first ones are nbgrader's too, and of the endless ones the first."""
    if kind == "endless":
        return "loop/submitted" if number == 24 else "loop/others"
    return "submitted" if number < peers else "others"


def _autograder(place: Path) -> Path:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("otter_config.json", json.dumps({"print_summary": False}))
        archive.writestr("run_autograder", "")
        for name, lines in TESTS.items():
            text = "\n".join(f">>> {line}" for line in "\n".join(lines).split("\n"))
            test = {"name": name, "points": 2, "suites": [{"cases": [{"code": text}], "type": "doctest"}]}
            archive.writestr(f"tests/{name}.py", f"OK_FORMAT = True\ntest = {test!r}")
    (place / "autograder.zip").write_bytes(packed.getvalue())
    return place / "autograder.zip"


# ── measuring ───────────────────────────────────────────────────────────────────────────────────────────────────


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _measured(command: list[str]) -> dict[str, Any]:
    """A peer in a process of its own, on the first core."""
    before, begun = _processor(), time.monotonic()
    done = subprocess.run(["taskset", "-c", "0", *command], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return {"scores": _flat(found["scores"]), "seconds": time.monotonic() - begun, "cpu": _processor() - before,
            "count": len(found["scores"])}


def _flat(scores: dict[str, dict[str, Any]]) -> dict[str, dict[str, float | None]]:
    """Student → question → points, however the peer names them."""
    return {
        student: {
            name.rpartition("/")[2].removeprefix("test-"): value[0] if isinstance(value, list) else value
            for name, value in questions.items()
        }
        for student, questions in scores.items()
    }


def _heitu(
    by: Assignment, place: Path, options: argparse.Namespace, cores: set[int], places: list[str]
) -> dict[str, Any]:
    paths = sorted(path for each in places for path in place.glob(f"{each}/*/ps1/work.ipynb"))
    class_ = [Submitted(path.parts[-3], {"work.ipynb": path.read_bytes()}) for path in paths]
    return _graded(by, class_, options.seconds, cores)


def _heitu_otter(autograder: Path, calm: list[Path]) -> dict[str, Any]:
    class_ = [Submitted(path.stem, {path.name: path.read_bytes()}) for path in calm]
    return _graded(open_assignment(autograder), class_, 30, {0})


def _graded(by: Assignment, class_: list[Submitted], seconds: float, cores: set[int]) -> dict[str, Any]:
    """The start of the zygote and what is learnt from the solution are part of it."""
    everywhere = os.sched_getaffinity(0)
    before, own, begun = _processor(), time.process_time(), time.monotonic()
    os.sched_setaffinity(0, cores)
    try:
        with Nursery("notebook") as nursery:
            found = list(grade(by, class_, nursery=nursery, limits=Limits(seconds=seconds), workers=len(cores)))
    finally:
        os.sched_setaffinity(0, everywhere)
    cpu = _processor() - before + time.process_time() - own
    return {"scores": {each.student: _points(each) for each in found}, "seconds": time.monotonic() - begun, "cpu": cpu,
            "count": len(found)}


def _points(graded: Graded) -> dict[str, float | None]:
    return {q.id.removeprefix("test-"): None if q.earned is None else float(q.earned) for q in graded.questions}


def _rates(row: dict[str, Any]) -> dict[str, Any]:
    return {"submissions": row["count"], "seconds": round(row["seconds"], 2), "cpu": round(row["cpu"], 2),
            "per_second": round(row["count"] / row["seconds"], 2), "per_cpu_second": round(row["count"] / row["cpu"], 2)}


def _times(ours: dict[str, Any], theirs: dict[str, Any]) -> float:
    """How many times as many submissions per second of processor time."""
    return round((ours["count"] / ours["cpu"]) / (theirs["count"] / theirs["cpu"]), 1)


def _differences(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """Equal questions, and each that isn't with both scores."""
    pairs = [(s, q, value, ours[s].get(q)) for s, questions in theirs.items() for q, value in questions.items()]
    return {"equal": sum(a == b for _, _, a, b in pairs), "of": len(pairs),
            "unequal": [[s, q, a, b] for s, q, a, b in pairs if a != b]}


def _table(result: dict[str, Any]) -> str:
    lines = [f"{'':26}{'submissions':>12}{'s':>9}{'CPU s':>9}{'per s':>9}{'per CPU s':>11}"]
    for name, row in result["rows"].items():
        lines.append(f"{name:26}{row['submissions']:12}{row['seconds']:9}{row['cpu']:9}{row['per_second']:9}{row['per_cpu_second']:11}")
    lines.append(f"\nper CPU second: {result['times_nbgrader']} × nbgrader, {result['times_otter']} × otter (wanted: 20)")
    for peer in ("nbgrader", "otter"):
        found = result[peer]
        lines.append(f"\n{peer}: {found['equal']} of {found['of']} scores equal; unequal (theirs, ours):")
        lines += [f"  {student:16} {question:12} {a} {b}{why(student)}" for student, question, a, b in found["unequal"]]
    return "\n".join(lines)


def why(student: str) -> str:
    """Differences that are meant."""
    return "  forged there, earned here" if "cheating" in student else ""
