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


def test_faults_of_task_yaml_name_their_lines(copied: Path) -> None:
    change(copied, "task.yaml", "torch-close", "torch-klose")
    with pytest.raises(BrokenTask) as caught:
        read_task(change(copied, "task.yaml", "memory_mb", "memory_mib"))
    lines = (copied / "task.yaml").read_text().splitlines()
    named = [next(n for n, line in enumerate(lines, 1) if word in line) for word in ("klose", "memory_mib")]
    assert f"line {named[0]}: tolerance.standard: unknown standard torch-klose" in caught.value.en
    assert f"line {named[1]}: unknown key limits.memory_mib" in caught.value.en


def test_faults_of_task_yaml_are_said_in_chinese_as_well(copied: Path) -> None:
    for old, new in (("seconds: 1", "seconds: -1"), ("memory_mb", "memory_mib"), ("entry: squash", "entry: a-b")):
        change(copied, "task.yaml", old, new)
    with pytest.raises(BrokenTask) as caught:
        read_task(copied)
    for said in ("limits.seconds：须大于（0.0）", "未知的键 limits.memory_mib，是否应为 memory_mb？", "entry：写法不符"):
        assert said in caught.value.zh
    (copied / "task.yaml").write_bytes("title: 题".encode("gbk"))
    with pytest.raises(BrokenTask, match="save it as UTF-8"):
        read_task(copied)
    with pytest.raises(BrokenTask, match="name the task's folder"):
        read_task(copied / "task.yaml")


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
        ("reference.py", "return np.tanh(x) * factor", "return 1 / 0", "division by zero (reference.py, line 5)"),
        ("reference.py", "import numpy", "import numpi", "No module named 'numpi' (reference.py, line 1)"),
        ("cases.py", "    width =", "    raise ValueError('no')\n    width =", "ValueError: no (cases.py, line 23)"),
        ("cases.py", '"factor": 2.0', '"factor": 1 // 0', "(cases.py, line 47)"),
        ("cases.py", '"factor": 2.0', '"factor": "two"', "case f32-empty, factor: ValueError: could not convert"),
    ],
)
def test_broken_code_of_a_task(copied: Path, file: str, old: str, new: str, said: str) -> None:
    with pytest.raises(BrokenTask) as caught:
        sample_all(change(copied, file, old, new))
    assert said in caught.value.en


@pytest.fixture
def blend(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TASKS / "blend", tmp_path / "blend"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("def third_party", "def third_parties", "no function third_party, did you mean third_parties?"),
        ("import numpy", "import numpi", "doesn't load"),
        (".astype(x.dtype)", ".astype(np.float64)", "third_party on f32-small, y is float64, must be float32"),
        (".astype(x.dtype)", ".astype(x.dtype)[:1]", "third_party on f32-small, y has shape [1, 7], must have"),
        (", np.argmax(x, axis=-1)", "", "third_party on f32-small: 1 outputs, 2 declared"),
        ("np.float32(share)", "np.float32(share / 0)", "third_party on f32-small: ZeroDivisionError"),
        ("    low,", "    x[0] = 1\n    low,", "on f32-small: ValueError: assignment destination is read-only"),
        ("return (low", "return np.nan_to_num(low", "on f32-special, y is 0.0 at [1, 2], where the reference"),
        ("np.float32(share) *", "0 *", "third_party on f32-small, y has an RMSE of"),
    ],
)
def test_a_broken_third_party_says_what_to_mend(blend: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(BrokenTask) as caught:
        sample_all(change(blend, "third_party.py", old, new))
    assert said in caught.value.en
    assert caught.value.zh


def test_a_double_benchmark_asks_for_its_third_party(blend: Path) -> None:
    (blend / "third_party.py").unlink()
    with pytest.raises(BrokenTask, match=r"lacks third_party\.py: its tolerance, a double benchmark"):
        read_task(blend)
    change(blend, "task.yaml", "dual-benchmark-l1", "cann-mere")
    sample_all(blend)


def test_a_double_benchmark_of_a_dtype_without_numbers(blend: Path) -> None:
    change(blend, "task.yaml", "name: y,", "name: y, dtype: float64,")
    with pytest.raises(BrokenTask, match="dual-benchmark-l1 has no numbers for float64"):
        sample_all(blend)


def test_a_third_party_decides_verdicts_and_so_the_digest(blend: Path) -> None:
    before = read_task(blend).digest
    assert read_task(change(blend, "third_party.py", "low, high", "lower, high")).digest != before


def test_only_outputs_of_a_double_benchmark_are_held_against_a_third_party() -> None:
    bench, plain = Bench(read_task(TASKS / "blend"), 1), Bench(read_task(TASKS / "squash"), 1)
    theirs = bench.sample(bench.cases[0], 0).theirs
    assert theirs[0] is not None
    assert (theirs[0].dtype, theirs[1]) == (np.float32, None)
    assert plain.sample(plain.cases[0], 0).theirs == (None,)


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
        ("reference.py", "np.tanh(x)", "np.sqrt(x)", "f32-small: the reference returns NaN at ["),
    ],
)
@pytest.mark.usefixtures("nursery")
def test_vet_refuses(copied: Path, file: str, old: str, new: str, said: str) -> None:
    if said == "previous":
        change(copied, "cases.py", "float(rng.uniform(2, 4))", "3.0")
    report = vet(change(copied, file, old, new))
    assert not report.ok
    assert said in " ".join(report.faults)


def test_vetting_holds_nonsense_against_the_third_party(blend: Path) -> None:
    assert vet(blend, timed=False).faults == []


def test_vet_refuses_an_unsteady_third_party(blend: Path) -> None:
    change(blend, "third_party.py", "(high - low)", "(high - low + np.random.rand() * 1e-6)")
    assert "f32-main: not the same at the same seed" in vet(blend, timed=False).faults


def test_vet_refuses_a_third_party_so_poor_that_nonsense_passes(blend: Path) -> None:
    change(blend, "task.yaml", "  - {name: peaks, dtype: int64}\n", "")
    for file in ("reference.py", "third_party.py"):
        change(blend, file, ", np.argmax(x, axis=-1)", "")
    change(blend, "cases.py", "rng.uniform(0.3, 0.7)", "rng.uniform(1e-4, 2e-4)")
    assert "f32-main: accepts the identity" not in vet(blend, timed=False).faults
    change(blend, "third_party.py", "low + np.float32(share) * (high - low)", "np.where(np.isfinite(high), low, high)")
    assert "f32-main: accepts the identity" in vet(blend, timed=False).faults
