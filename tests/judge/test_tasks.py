"""Reading tasks: what is broken is said with the nearest right word; --vet refuses what pays for nonsense."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from heitu.engines.judge import BrokenTask
from heitu.engines.judge.cases import Bench
from heitu.engines.judge.layout import lay_out
from heitu.engines.judge.task import read_task
from heitu.engines.judge.vet import vet

from .conftest import TASKS


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TASKS / "squash", tmp_path / "squash"))


def change(folder: Path, file: str, old: str, new: str) -> Path:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("entry: squash", "entry: squash\ntolerence: exact", "tolerence, did you mean tolerance?"),
        ("memory_mb", "memory_mib", "limits.memory_mib, did you mean memory_mb?"),
        ("tolerance: torch-close", "tolerance: torch-klose", "did you mean torch-close?"),
        ("- {output: y}", "- {output: why}", "no output why"),
        ("- {size: x}", "- {size: x, rank: x}", "exactly one of"),
        ("languages: [numpy, cpp, torch, mindspore]", "languages: [fortran]", "languages"),
        ("seconds: 1", "seconds: -1", "limits.seconds"),
        ("kind: operator", "kind: modle", "unknown kind modle, did you mean model?"),
        ("kind: operator", "kind: [", "not YAML"),
        ("name: x", "name: 'x y'", "inputs.0.name"),
    ],
)
def test_a_broken_task_says_what_to_mend(copied: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(BrokenTask) as caught:
        read_task(change(copied, "task.yaml", old, new))
    assert said in caught.value.en
    assert caught.value.zh


def test_missing_files_are_named(copied: Path, tmp_path: Path) -> None:
    (copied / "reference.py").unlink()
    with pytest.raises(BrokenTask, match=r"lacks reference\.py"):
        read_task(copied)
    with pytest.raises(BrokenTask, match=r"no task\.yaml"):
        read_task(tmp_path)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("cases.py", '"degenerate": True', '"degenerated": True', "did you mean degenerate?"),
        ("cases.py", '"f32-empty"', '"f32-special"', "share an id"),
        ("cases.py", '"f32-empty"', '"F32 empty"', "needs an id"),
        (
            "cases.py",
            '"dtype": "float32",\n        "degenerate"',
            '"dtype": "single",\n        "degenerate"',
            "unknown dtype",
        ),
        ("cases.py", "def cases", "def other", "no function cases"),
        ("cases.py", '"factor": 2.0', '"faktor": 2.0', "inputs must be named x, factor"),
        ("reference.py", "return np.tanh(x) * factor", "return x, x", "2 outputs, 1 declared"),
        ("reference.py", "return np.tanh(x) * factor", "return 1 / 0", "ZeroDivisionError"),
        ("reference.py", "import numpy", "import numpi", "doesn't load"),
    ],
)
def test_broken_code_of_a_task(copied: Path, file: str, old: str, new: str, said: str) -> None:
    with pytest.raises(BrokenTask) as caught:
        sample_all(change(copied, file, old, new))
    assert said in caught.value.en


def sample_all(folder: Path) -> None:
    bench = Bench(read_task(folder), 1)
    for case in bench.cases:
        bench.sample(case, 0)


def test_samples_depend_on_seed_and_draw_only() -> None:
    one, two, other = (Bench(read_task(TASKS / "squash"), seed) for seed in (5, 5, 6))
    x = [bench.sample(bench.cases[4], draw).inputs["x"] for bench, draw in ((one, 3), (two, 3), (one, 4), (other, 3))]
    assert np.array_equal(x[0], x[1])
    assert not np.array_equal(x[0], x[2])
    assert not np.array_equal(x[0], x[3])


def test_the_reference_sees_float64() -> None:
    bench = Bench(read_task(TASKS / "squash"), 1)
    assert all(bench.sample(case, 0).golden[0].dtype == np.float64 for case in bench.cases)


def test_layouts_keep_strides_for_numpy_and_not_for_native_code() -> None:
    bench = Bench(read_task(TASKS / "squash"), 1)
    case = next(c for c in bench.cases if c.id == "f32-strided")
    sample = bench.sample(case, 0)
    assert any(stride < 0 for stride in sample.inputs["x"].strides)
    numpy, native = (lay_out(bench.task.spec, case, sample, ["float32"], how) for how in ("numpy", "cpp"))
    assert numpy.inputs["x"].strides == sample.inputs["x"].strides
    assert native.inputs["x"].strides == np.ascontiguousarray(sample.inputs["x"]).strides
    assert native.announcement["parameters"][2:] == [
        {"int": sample.inputs["x"].size},
        {"float": sample.inputs["factor"]},
    ]


@pytest.mark.usefixtures("nursery")
def test_a_good_task_may_be_published() -> None:
    report = vet(TASKS / "squash")
    assert report.faults == []
    assert report.speedup is not None


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("cases.py", "rng.standard_normal(shape) * 2", "rng.standard_normal(shape) * 1e-9", "accepts zeros"),
        ("cases.py", "rng.standard_normal(shape) * 2", "abs(rng.standard_normal(shape)) + 60", "accepts the mean"),
        ("reference.py", "np.tanh(x) * factor", "x", "accepts the identity"),
        (
            "cases.py",
            "rng.standard_normal(shape) * 2",
            "np.linspace(-2, 2, int(np.prod(shape))).reshape(shape)",
            "previous",
        ),
        ("reference.py", "np.tanh(x) * factor", "np.tanh(x) * factor + np.random.rand()", "not the same"),
        ("cases.py", '"timed": timed,', '"timed": False,', "no case is timed"),
        ("baseline.py", "* factor\n", "* factor * 1.5\n", "the baseline itself is wrong_answer"),
    ],
)
@pytest.mark.usefixtures("nursery")
def test_vet_refuses(copied: Path, file: str, old: str, new: str, said: str) -> None:
    if said == "previous":
        change(copied, "cases.py", "float(rng.uniform(2, 4))", "3.0")
    report = vet(change(copied, file, old, new))
    assert not report.ok
    assert said in " ".join(report.faults)
