"""The sandbox holds what is inside, ends it within its limits, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from heitu.engines.judge import BrokenCall, LayersMissing, Nursery, judge
from heitu.engines.sandbox import cgroups, seccomp
from heitu.engines.sandbox.box import Box, Room
from heitu.engines.sandbox.layers import CGROUPS, ESSENTIAL

from .conftest import TASKS, absent
from .sandboxed import BOOT, inside
from .traces import Traces, groups


def test_nobody_alone_and_without_power(nursery: Nursery) -> None:
    said, bad = inside(
        nursery,
        "import os, socket\n"
        "print(os.getresuid(), os.getpid(), socket.gethostname(), sorted(os.listdir('/')), os.listdir('.'))\n"
        "act = print",
    )
    assert bad == ""
    assert "(65534, 65534, 65534) 1 sandbox" in said
    assert "'submission'" in said
    assert "'home'" not in said
    assert "'proc'" not in said


def test_no_network(nursery: Nursery) -> None:
    _, bad = inside(nursery, "import socket\nsocket.create_connection(('127.0.0.1', 22))")
    assert "Operation not permitted" in bad


@pytest.mark.parametrize("path", ["/x", "/usr/x", "/submission/x", "/dev/x", "/etc/x"])
def test_no_write_outside(nursery: Nursery, path: str) -> None:
    _, bad = inside(nursery, f"open('{path}', 'w')")
    assert "Error" in bad


def test_its_own_folder_is_writable_and_bounded(nursery: Nursery) -> None:
    assert inside(nursery, "open('x', 'w').write('x' * 1000)\nact = print") == ("", "")
    _, bad = inside(nursery, "f = open('x', 'wb')\nwhile True: f.write(bytes(1 << 20))")
    assert "OSError" in bad


def test_a_sparse_giant_is_refused(nursery: Nursery) -> None:
    _, bad = inside(nursery, "import os\nos.truncate(os.open('x', os.O_CREAT | os.O_RDWR), 1 << 40)")
    assert bad != ""


def test_a_fork_bomb_is_contained(nursery: Nursery) -> None:
    begun = time.monotonic()
    _, bad = inside(nursery, "import os\nwhile True:\n    os.fork()\n")
    assert bad != ""
    assert time.monotonic() - begun < 60


def test_threads_are_bounded(nursery: Nursery) -> None:
    source = "import threading, time\nfor _ in range(99): threading.Thread(target=time.sleep, args=(9,)).start()"
    assert "can't start new thread" in inside(nursery, source)[1]


def test_a_memory_hog_meets_the_limit(nursery: Nursery) -> None:
    _, bad = inside(nursery, "hold = []\nwhile True: hold.append(bytearray(8 << 20))")
    assert bad == "memory_limit" or "MemoryError" in bad


def test_an_endless_loop_meets_the_clock(nursery: Nursery) -> None:
    begun = time.monotonic()
    assert inside(nursery, "while True: pass", seconds=0.5)[1] == "time_limit"
    assert time.monotonic() - begun < 60


def test_a_flood_of_output_is_ended(nursery: Nursery) -> None:
    assert inside(nursery, "while True: print('x' * 1000)")[1] == "output_limit"


def test_a_crash_is_a_crash(nursery: Nursery) -> None:
    assert inside(nursery, "import ctypes\nctypes.string_at(0)")[1] == "runtime_error"


def test_it_stays_on_its_core(nursery: Nursery) -> None:
    source = "import os\nprint(os.sched_getaffinity(0))\nos.sched_setaffinity(0, {0, 1})"
    core = max(os.sched_getaffinity(0))
    said, bad = inside(nursery, source, Room(core=core))
    assert said.strip() == f"{{{core}}}"
    assert "Operation not permitted" in bad


def test_memory_is_kept_by_every_process_alike(nursery: Nursery) -> None:
    """By default malloc gives pages back or keeps them depending on what was freed before, at half the speed or not."""
    said, bad = inside(
        nursery,
        "import resource\n"
        "import numpy as np\n"
        "faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "work = lambda: [np.ones(70_000) for _ in range(4)]\n"
        "work()\n"
        "before = faults()\n"
        "for _ in range(40): work()\n"
        "print(faults() - before)\n"
        "act = print",
    )
    assert bad == ""
    assert int(said) < 2_000  # some 500 pages a round if they are given back


def test_no_call_finds_its_memory_where_the_last_one_did(nursery: Nursery) -> None:
    """Where an array lies in a page is luck that would last as long as a process, and take or give a tenth of its pace."""
    act = "import numpy as np\ndef act(*_): print(np.empty(5000).ctypes.data % 4096)"
    with Box(nursery, Room(memory_mb=64), BOOT, [("submission.py", act.encode())]) as box:
        box.start(3)
        box.lay_out({"inputs": [], "outputs": []}, 3)
        for _ in range(12):
            box.call(3)
        places = box.log.split()
    assert len(places) == 12
    assert len(set(places)) > 8


def test_nothing_is_left_after_the_worst(nursery: Nursery) -> None:
    before = Traces.now(nursery)
    for source in (
        "import os\nwhile True: os.fork()",
        "while True: pass",
        "open('x', 'wb').write(bytes(1 << 20))",
        "import os\nos._exit(3)",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(99,)).start()\nact = print",
    ):
        inside(nursery, source, seconds=0.4)
    assert Traces.now(nursery) == before


def test_many_runs_leave_nothing(nursery: Nursery) -> None:
    before = Traces.now(nursery)
    for _ in range(50):
        assert inside(nursery, "act = print") == ("", "")
    assert Traces.now(nursery) == before


def test_a_killed_worker_leaves_no_process(nursery: Nursery, tmp_path: Path) -> None:
    """kill -9 on the worker ends zygote and child; the next worker sweeps the groups."""
    script = (
        "import sys, time\n"
        "from heitu.engines.sandbox.nursery import Nursery\n"
        "from heitu.engines.sandbox.box import Box, Room\n"
        "with Nursery() as nursery:\n"
        f"    box = Box(nursery, Room(), {BOOT!r}, [('submission.py', b'while True: pass')])\n"
        "    print(nursery._process.pid, box._pid, flush=True)\n"
        "    box.start(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        pids = worker.stdout.readline().split()
        assert len(pids) == 2
        worker.kill()
    deadline = time.monotonic() + 5
    while any(_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(_alive(pid) for pid in pids)
    cgroups.sweep(nursery.places)
    assert not groups(worker.pid)


def _alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_one_run_cannot_see_another(nursery: Nursery) -> None:
    inside(nursery, "open('kept', 'w').write('secret')\nact = print")
    said, _ = inside(nursery, "import os\nprint(os.listdir('.'))\nact = print")
    assert said.strip() == "[]"


def test_layers_are_refused_by_name() -> None:
    with pytest.raises(BrokenCall, match="did you mean landlock"):
        judge(TASKS / "squash", TASKS / "squash" / "baseline.py", allow_missing=["landlok"])
    for layer in ESSENTIAL:
        with pytest.raises(BrokenCall, match="can't be waived"):
            judge(TASKS / "squash", TASKS / "squash" / "baseline.py", allow_missing=[layer])
    assert "--allow-missing seccomp" in LayersMissing(["seccomp"], "").en
    assert "--allow-missing" not in LayersMissing([*ESSENTIAL, "seccomp"], "").en, "nor is that offered"


def test_where_no_namespace_can_be_made_the_doctor_says_what_to_do_and_claims_nothing_it_could_not_try() -> None:
    if os.getuid() != 0 or shutil.which("setpriv") is None:
        absent("only root, with util-linux, can give up what namespaces are made with")
    poor = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", "--"]
    main = "from heitu.engines.judge.command import judge; judge(['--doctor', '--json'])"
    looked = subprocess.run([*poor, sys.executable, "-c", main], capture_output=True, text=True, check=False)
    said = json.loads(looked.stdout)
    assert (looked.returncode, said["ok"], set(said["missing"])) == (2, False, set(ESSENTIAL))
    assert not any(said["layers"].values())


def test_the_filter_is_a_filter() -> None:
    for programs, loopback in ((False, False), (True, False), (False, True)):
        code = seccomp.program(programs=programs, loopback=loopback)
        assert len(code) % 8 == 0
        assert len(code) // 8 < 4096
    assert len(seccomp.program(programs=True)) > len(seccomp.program(programs=False))


def test_an_ordinary_user_is_refused_until_the_missing_layers_are_waived() -> None:
    """Without root there are no control groups here; every other layer still works."""
    if os.getuid() != 0 or shutil.which("unshare") is None or shutil.which("setpriv") is None:
        absent("only root, with util-linux, can become somebody else")
    refused = as_somebody("judge", str(TASKS / "squash"), str(TASKS / "squash" / "baseline.py"), "--quick")
    assert refused.returncode == 2
    assert "--allow-missing cgroup-memory" in refused.stderr
    waived = [option for layer in CGROUPS for option in ("--allow-missing", layer)]
    looked = as_somebody("judge", "--doctor", "--json", *waived)
    assert looked.returncode == 0, looked.stderr
    layers = json.loads(looked.stdout)["layers"]
    assert {name for name, there in layers.items() if not there} == set(CGROUPS)


def as_somebody(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as an ordinary user, in a mount namespace where that user can reach the interpreter."""
    prefix = Path(sys.base_prefix).resolve()
    hidden = next((p for p in reversed(prefix.parents) if not p.stat().st_mode & 1), None)
    main = "-c 'from heitu.site.command import main; main()'"
    script = f'exec setpriv --reuid 12345 --regid 12345 --clear-groups "$0" {main} "$@"'
    if hidden:
        script = (
            f"mount -t tmpfs -o mode=755 tmpfs /mnt && mkdir /mnt/python && mount --bind {prefix} /mnt/python &&"
            f" mount -t tmpfs -o mode=755 tmpfs {hidden} && mkdir -p {prefix} && mount --bind /mnt/python {prefix} &&"
        ) + script
    command = ["unshare", "-m", "sh", "-c", script, sys.executable, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", env={"PATH": os.environ["PATH"]}
    )
