"""Kernels in the real sandbox: they answer, show what comes, stop when told, and whatever a cell does ends with it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from heitu.engines.cells.boxes import Box, Boxes
from heitu.engines.cells.port import Kernel, KernelFault, Kernels, Limits, Output, Ran
from heitu.engines.grading.showing import shown
from heitu.engines.sandbox.errors import LayersMissing
from tests.judge.conftest import absent

LIMITS = Limits(cell_seconds=1.5, session_seconds=60, memory_mb=200, processes=32, most_characters=20_000)
RUDE = "<img src=x onerror=alert(1)><b style='position:fixed' id=save>a</b><script>1</script>"


@pytest.fixture(scope="module")
def boxes() -> Iterator[Boxes]:
    made = Boxes()
    try:
        made.warm("numpy")
    except KernelFault as error:
        if isinstance(error.__cause__, LayersMissing):
            absent(f"no full sandbox here: {error}")
        raise
    yield made
    made.close()


@pytest.fixture
def kernel(boxes: Boxes) -> Iterator[Box]:
    made = boxes.open("numpy", modules=["numpy"], limits=LIMITS)
    yield made
    made.close()


def quietly(_: list[Output]) -> bool:
    return False


def once() -> Callable[[list[Output]], bool]:
    """A watch that asks once, as soon as the cell has put something out, that it be stopped."""
    left = [True]
    return lambda outputs: bool(outputs and left and left.pop())


def after(seconds: float) -> Callable[[list[Output]], bool]:
    """A watch that asks once, after a time, that the cell be stopped."""
    due = [time.monotonic() + seconds]
    return lambda _: bool(due and time.monotonic() >= due[0] and due.pop())


def run(kernel: Kernel, source: str) -> Ran:
    return kernel.run(source, watch=quietly)


def said(ran: Ran) -> str:
    return "".join(each.get("text", "") or each.get("data", {}).get("text/plain", "") for each in ran.outputs)


def below(pid: int) -> set[int]:
    """The processes that it started, and those that they did, that are still there."""
    parents = {int(p.parent.name): _parent(p) for p in Path("/proc").glob("[0-9]*/stat")}
    found, more = set[int](), {pid}
    while more:
        more = {child for child, parent in parents.items() if parent in more} - found
        found |= more
    return found


def _parent(stat: Path) -> int:
    """0 for one that is gone, or dead and only not reaped."""
    try:
        state, parent = stat.read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return 0
    return 0 if state == "Z" else int(parent)


def zygote(boxes: Boxes) -> int:
    return boxes._nurseries["numpy"]._process.pid


def test_it_is_what_the_port_asks_for(boxes: Boxes, kernel: Box) -> None:
    kernels: Kernels = boxes
    one: Kernel = kernel
    assert "numpy" in kernels.toolchains()
    assert run(one, "1 + 1").count == 1


def test_cells_share_their_names_and_count(kernel: Box) -> None:
    run(kernel, "import numpy as np\nx = np.arange(3)")
    found = run(kernel, "x.sum()")
    assert (said(found), found.count, found.has_failed) == ("np.int64(3)", 2, False)


def test_errors_are_outputs(kernel: Box) -> None:
    found = run(kernel, "print('before')\n1 / 0")
    assert [each["output_type"] for each in found.outputs] == ["stream", "error"]
    assert found.outputs[1]["ename"] == "ZeroDivisionError"
    assert (found.has_failed, found.gone) == (True, "")


def test_pictures_and_tables(kernel: Box) -> None:
    shown = "display(HTML('<b>1</b>'))\nImage(b'\\x89PNG\\r\\n', format='png')"
    found = run(kernel, f"from IPython.display import HTML, Image, display\n{shown}")
    assert [sorted(each["data"]) for each in found.outputs] == [["text/html", "text/plain"], ["image/png", "text/plain"]]


def test_what_comes_is_seen_while_it_runs(kernel: Box) -> None:
    seen: list[str] = []

    def watch(outputs: list[Output]) -> bool:
        seen.append("".join(each["text"] for each in outputs))
        return False

    kernel.run("import time\nfor i in range(4):\n    print(i)\n    time.sleep(0.1)", watch=watch)
    assert "0\n" in seen
    assert seen == sorted(seen)
    assert seen[-1] == "0\n1\n2\n3\n"


def test_a_loop_is_interrupted_and_names_stay(kernel: Box) -> None:
    run(kernel, "x = 5")
    found = kernel.run("print(1)\nwhile True:\n    pass", watch=once())
    assert (found.interrupted, found.outputs[-1]["ename"]) == (True, "KeyboardInterrupt")
    assert said(run(kernel, "x")) == "5"


def test_who_heeds_no_interrupt_is_ended(kernel: Box) -> None:
    stubborn = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('here')\nwhile True:\n    time.sleep(0.01)"
    found = kernel.run(stubborn, watch=bool)  # asked a second time, it is ended at once
    assert (found.gone, said(found)) == ("stuck", "here\n")
    assert run(kernel, "1").count == 1


def test_time_is_limited(kernel: Box) -> None:
    found = run(kernel, "while True:\n    pass")
    assert found.outputs[-1]["ename"] == "TimeLimit"
    assert found.gone == ""


def test_a_session_has_a_budget_over_all_its_interpreters(boxes: Boxes) -> None:
    with_little = boxes.open("numpy", modules=[], limits=Limits(cell_seconds=5, session_seconds=0.3))
    assert run(with_little, "while True:\n    pass").has_failed
    with_little.restart()
    assert run(with_little, "1").gone == "spent"


@pytest.mark.parametrize(("source", "gone"), [
    ("x = bytearray(2 << 30)", "memory"),
    ("import os\nos._exit(3)", "died"),
    ("import ctypes\nctypes.string_at(0)", "died"),
    ("import os\nwhile True:\n    os.write(1, b'x' * 60_000)", "flood"),
])
def test_what_ends_the_interpreter_ends_nothing_else(kernel: Box, source: str, gone: str) -> None:
    run(kernel, "x = 1")
    found = run(kernel, source)
    assert (found.gone, found.has_failed) == (gone, True)
    assert run(kernel, "'x' in globals()").outputs[0]["data"]["text/plain"] == "False"


def test_it_has_the_room_that_it_was_given(kernel: Box) -> None:
    assert said(run(kernel, "import numpy as np\nnp.ones(15_000_000).sum() == 15_000_000")) == "np.True_"  # 120 MB of 200
    assert said(run(kernel, "open('big', 'wb').write(bytes(40 << 20))")) == str(40 << 20)  # of 64 MB


def test_exit_is_only_an_error(kernel: Box) -> None:
    run(kernel, "x = 1")
    assert run(kernel, "exit()").outputs[0]["ename"] == "SystemExit"
    assert said(run(kernel, "x")) == "1"


def test_a_fork_bomb_stays_small_and_leaves_nothing(boxes: Boxes) -> None:
    before = below(zygote(boxes))
    kernel = boxes.open("numpy", modules=[], limits=LIMITS)
    seen: list[int] = []
    stop = after(0.4)

    def watch(outputs: list[Output]) -> bool:
        seen.append(len(below(zygote(boxes)) - before))
        return stop(outputs)

    bomb = "import os, time\ntry:\n    for _ in range(500):\n        os.fork()\nexcept OSError:\n    pass\ntime.sleep(60)"
    kernel.run(bomb, watch=watch)
    assert 8 < max(seen) <= LIMITS.processes
    kernel.close()
    assert below(zygote(boxes)) == before


def test_a_flood_of_words_is_cut(kernel: Box) -> None:
    found = run(kernel, "for i in range(100_000):\n    print('x' * 50)")
    assert "more output was dropped" in said(found)
    assert len(said(found)) < 2 * LIMITS.most_characters
    assert not found.has_failed


def test_who_talks_the_shell_out_of_its_bounds_still_has_some(kernel: Box) -> None:
    """What is kept of a cell lies in the database and is shown in a page."""
    unbound = "from heitu.engines.sandbox.notebook import shell\nshell.COLLECTOR._room = 1 << 40\n"
    seen: list[int] = []

    def watch(outputs: list[Output]) -> bool:
        seen.append(sum(len(each.get("text", "")) for each in outputs))
        return False

    found = kernel.run(f"{unbound}print('x' * 3_000_000)\nimport time\ntime.sleep(.15)", watch=watch)
    assert max([len(said(found)), *seen]) < 3 * LIMITS.most_characters
    raised = run(kernel, f"{unbound}print('y' * 10_000)\nraise ValueError('z' * 3_000_000)")
    assert raised.has_failed
    assert sum(len(str(each)) for each in raised.outputs) < 3 * LIMITS.most_characters
    odd = run(kernel, f"{unbound}display({{'application/json': {{'x': float('nan')}}, 'text/plain': 'n'}}, raw=True)\n")
    assert odd.outputs[0]["data"] == {"text/plain": "n"}


def test_it_sees_neither_files_of_the_machine_nor_of_another(boxes: Boxes, kernel: Box) -> None:
    other = boxes.open("numpy", modules=[], limits=LIMITS)
    run(other, "open('mine.txt', 'w').write('secret')")
    assert run(kernel, "open('mine.txt')").outputs[-1]["ename"] == "FileNotFoundError"
    assert run(kernel, f"open({str(Path(__file__))!r})").outputs[-1]["ename"] == "FileNotFoundError"
    assert run(kernel, "open('/etc/passwd')").outputs[-1]["ename"] == "FileNotFoundError"
    assert said(run(kernel, "import os\nprint(sorted(k for k in os.environ if 'HEITU' in k or 'DATABASE' in k))")) == "[]\n"
    assert run(kernel, "import socket\nsocket.socket()").has_failed
    other.close()


def test_between_cells_nothing_runs(kernel: Box) -> None:
    run(kernel, "import threading, time\nn = 0\ndef count():\n    global n\n    while True:\n        n += 1\n        time.sleep(0.001)\n"
                "threading.Thread(target=count, daemon=True).start()")
    first = int(said(run(kernel, "n")))
    time.sleep(0.3)
    assert int(said(run(kernel, "n"))) - first < 60


def test_forged_words_are_only_words(kernel: Box) -> None:
    """Whoever writes into the memory itself can say what it likes of its own cell, and nothing breaks."""
    forging = (
        "from heitu.engines.sandbox.notebook import shell\nimport time\ntape = shell.COLLECTOR.tape\n"
        "tape.say('output', 3)\ntape.say('stream', 1, 2)\ntape.say(*[[]] * 9)\ntape.say('output', {'output_type': 'x'})\n"
        "tape.say('output', {'output_type': 'stream', 'name': 'stdout', 'text': 'forged'})\n"
        "tape._length = 1 << 40\ntape._publish()\ntime.sleep(0.15)\nprint('true')"
    )
    assert said(run(kernel, forging)) == "true\n"


def test_restarted_it_knows_nothing(kernel: Box) -> None:
    run(kernel, "x = 1")
    kernel.restart()
    assert run(kernel, "x").outputs[-1]["ename"] == "NameError"


def test_whoever_holds_them_dies_and_nothing_is_left() -> None:
    holder = (
        "from heitu.engines.cells.boxes import Boxes\nfrom heitu.engines.cells.port import Limits\n"
        "kernel = Boxes().open('numpy', modules=[], limits=Limits())\n"
        "kernel.run('import time; time.sleep(60)', watch=lambda _: print('runs', flush=True) or False)"
    )
    with subprocess.Popen([sys.executable, "-c", holder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.readline()
        theirs = below(process.pid)
        process.kill()
    assert len(theirs) >= 2  # the zygote and its child
    until = time.monotonic() + 3
    while any(map(is_there, theirs)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(is_there, theirs))


def is_there(pid: int) -> bool:
    return _parent(Path(f"/proc/{pid}/stat")) != 0


def test_a_dead_zygote_is_replaced(boxes: Boxes) -> None:
    first = boxes.open("numpy", modules=[], limits=LIMITS)
    os.kill(zygote(boxes), 9)
    with pytest.raises(KernelFault):
        first.run("import time\ntime.sleep(9)", watch=quietly)
    first.close()
    second = boxes.open("numpy", modules=[], limits=LIMITS)
    assert said(run(second, "1 + 1")) == "2"
    second.close()


def test_it_answers_at_once(kernel: Box) -> None:
    run(kernel, "1")
    best = min(_timed(kernel) for _ in range(5))
    assert best < 0.1


def _timed(kernel: Box) -> float:
    begun = time.perf_counter()
    run(kernel, "1 + 1")
    return time.perf_counter() - begun


def test_ansi_and_overwritten_lines_are_plain_when_shown() -> None:
    outputs: list[dict[str, Any]] = [
        {"output_type": "stream", "name": "stdout", "text": "\x1b[31m10%\r50%\r100%\x1b[0m\n<script>alert(1)</script>"},
        {"output_type": "display_data", "data": {"text/html": RUDE}, "metadata": {}},
        {"output_type": "display_data", "data": {"image/svg+xml": "<svg onload='alert(1)'/>"}, "metadata": {}},
    ]
    html = "".join(shown(outputs))
    assert "100%\n&lt;script&gt;" in html
    assert "50%" not in html
    assert not re.search(r"onerror|onload|<script|style=|id=", html)
    assert 'src="data:image/svg+xml;base64,' in html
