"""A task's own code that hangs, floods the memory or leaves is a broken task, said with file and line; it never takes the judge along."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from heitu.engines.judge import BrokenTask, Nursery, aside, judge
from heitu.engines.judge.apart import BenchApart
from heitu.engines.judge.cases import Bench
from heitu.engines.judge.command import judge as command
from heitu.engines.judge.task import read_task
from heitu.engines.judge.vet import vet

from .conftest import TASKS
from .traces import Traces

FIRST = {
    "squash": ("reference.py", "return np.tanh(x) * factor"), "line-fit": ("data.py", "x = rng"),
    "adder": ("acceptance.py", "for _ in"),
}
WORK = {"squash": "baseline.py", "line-fit": "examples/plain/submission.py", "adder": "examples/good"}
Spoil = Callable[[str, str], Path]


@pytest.fixture
def spoilt(tmp_path: Path) -> Spoil:
    """One of the tests' own tasks with a statement before the first of its code."""

    def make(task: str, statement: str) -> Path:
        folder = Path(shutil.copytree(TASKS / task, tmp_path / task))
        file, mark = FIRST[task]
        text = (folder / file).read_text(encoding="utf-8")
        assert mark in text
        (folder / file).write_text(text.replace(mark, f"{statement}\n    {mark}", 1), encoding="utf-8")
        return folder

    return make


@pytest.mark.parametrize("task", FIRST)
def test_a_loop_without_an_end_is_a_broken_task(
    nursery: Nursery, spoilt: Spoil, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    monkeypatch.setattr(aside, "SECONDS", 0.3)
    folder = spoilt(task, "while True: pass")
    before = Traces.now(nursery)
    with pytest.raises(BrokenTask, match=r"takes more than 0.3 s \(\w+\.py, line \d+\)") as caught:
        judge(folder, TASKS / task / WORK[task], nursery=nursery, quick=True)
    assert "死循环" in caught.value.zh
    del caught  # its frames hold the sandbox's memories
    assert Traces.now(nursery) == before


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("__import__('os')._exit(0)", r"SystemExit: 0 \(reference.py, line 5\)"),
        ("__import__('sys').exit(0)", r"SystemExit: 0 \(reference.py, line 5\)"),
        ("[0] * (1 << 40)", r"MemoryError \(reference.py, line 5\)"),
        ("__import__('ctypes').string_at(0)", r"ended the process \(SIGSEGV\) \(reference.py, line 5\)"),
        ("__import__('os').kill(__import__('os').getpid(), 9)", r"inputs or reference of case f32-small ended the process \(SIGKILL\)"),
        ("return object()", "reference on f32-small: must return arrays of numbers"),
    ],
)
def test_what_else_a_reference_may_do(nursery: Nursery, spoilt: Spoil, statement: str, said: str) -> None:
    folder = spoilt("squash", statement)
    with pytest.raises(BrokenTask, match=said):
        judge(folder, TASKS / "squash" / "baseline.py", nursery=nursery, quick=True)


def test_one_that_is_ended_while_nobody_asks_it() -> None:
    task = read_task(TASKS / "squash")
    with BenchApart(task, 3) as far:
        os.kill(far._aside._pid, 9)
        with pytest.raises(BrokenTask, match="SIGKILL"):
            far.sample(far.cases[0], 0)
        far._aside.close()


def test_vetting_is_not_held_up_either(spoilt: Spoil, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "SECONDS", 0.3)
    with pytest.raises(BrokenTask, match=r"takes more than 0.3 s \(reference.py, line 5\)"):
        vet(spoilt("squash", "while True: pass"), timed=False)


def test_the_command_says_so_and_leaves_with_2(spoilt: Spoil) -> None:
    found = CliRunner().invoke(command, [str(spoilt("squash", "__import__('os')._exit(0)")), str(TASKS / "squash" / "baseline.py")])
    assert found.exit_code == 2
    assert "reference.py, line 5" in found.stderr


def test_it_works_in_a_thread_of_a_worker(nursery: Nursery, spoilt: Spoil, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "SECONDS", 0.3)
    folder, found = spoilt("squash", "while True: pass"), list[str]()

    def work() -> None:
        try:
            judge(folder, TASKS / "squash" / "baseline.py", nursery=nursery, quick=True)
        except BrokenTask as error:
            found.append(error.en)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)
    assert "takes more than" in found[0]


def test_what_it_makes_is_what_would_be_made_here(nursery: Nursery) -> None:
    """Strides among it, which pickling alone would lose; and it holds nothing of the worker's."""
    before = Traces.now(nursery)
    task = read_task(TASKS / "squash")
    with BenchApart(task, 3) as far:
        near = Bench(task, 3)
        for here, there in zip(near.cases, far.cases, strict=True):
            assert replace(here, make=there.make) == there
            one, other = near.sample(here, 5), far.sample(there, 5)
            assert one.golden[0].tobytes() == other.golden[0].tobytes()
            assert one.inputs["factor"] == other.inputs["factor"]
            assert one.inputs["x"].tobytes() == other.inputs["x"].tobytes()
            if one.inputs["x"].size:
                assert one.inputs["x"].strides == other.inputs["x"].strides
        held = os.listdir(f"/proc/{far._aside._pid}/fd")
        assert len(held) <= 6, held
    assert Traces.now(nursery) == before
