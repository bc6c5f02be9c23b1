"""PyTorch, MindSpore and Triton for real: their CPU builds in environments of their own, in the full sandbox."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from heitu.engines.judge import BrokenCall, LayersMissing, Nursery, judge
from tests.judge.conftest import TASKS, absent

PACK = Path(__file__).parents[2] / "packs" / "ascend" / "tasks"
SQUASH = TASKS / "squash"
SOURCES = {
    "torch": "import torch\ndef squash(x, factor):\n    return torch.tanh(x) * factor\n",
    "mindspore": "import mindspore as ms\ndef squash(x, factor):\n"
    "    return (ms.ops.tanh(x.astype(ms.float64)) * factor).astype(x.dtype)\n",
}
HALF = {"torch": "torch.float16", "mindspore": "mindspore.float16"}


@pytest.fixture(scope="module")
def installed(toolchains: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEITU_TOOLCHAINS", str(toolchains))
        yield


@pytest.fixture(scope="module", params=["torch", "mindspore"])
def framework(request: pytest.FixtureRequest, installed: None) -> Iterator[Nursery]:
    try:
        with Nursery(request.param) as nursery:
            yield nursery
    except LayersMissing as error:
        absent(f"no full sandbox here: {error.en}")


@pytest.fixture
def submission(framework: Nursery, tmp_path: Path) -> Path:
    path = tmp_path / f"submission_{framework.toolchain.name}.py"
    path.write_text(SOURCES[framework.toolchain.name])
    return path


def test_an_operator_in_a_framework_is_judged(framework: Nursery, submission: Path) -> None:
    verdict = judge(SQUASH, submission, quick=True, nursery=framework)
    assert [(case.id, case.verdict, case.text) for case in verdict.cases if case.verdict != "accepted"] == []
    assert verdict.toolchain["language"] == framework.toolchain.name
    assert any(each.startswith(framework.toolchain.name) for each in verdict.toolchain["requirements"])


def test_another_dtype_is_a_wrong_answer(framework: Nursery, submission: Path) -> None:
    name = framework.toolchain.name
    submission.write_text(f"import {name}\ndef squash(x, factor):\n    return x.to({HALF[name]})\n")
    verdict = judge(SQUASH, submission, cases="public", quick=True, nursery=framework)
    assert verdict.verdict == "wrong_answer", verdict.cases
    assert verdict.cases[0].rule == "shape_or_dtype"


def test_a_framework_finds_no_more_of_the_host(framework: Nursery, submission: Path) -> None:
    probe = "import os\nfound = [p for p in ('/etc/passwd', '/proc/1', '/sys/class', '/home') if os.path.exists(p)]\n"
    submission.write_text(probe + "assert not found, found\n" + submission.read_text())
    verdict = judge(SQUASH, submission, cases="public", quick=True, nursery=framework)
    assert [case.text for case in verdict.cases if case.verdict != "accepted"] == []


ADDS = {
    "torch": "import torch\ndef total(numbers):\n    return int(torch.tensor(numbers).sum())\n",
    "mindspore": "import mindspore as ms\nms.runtime.launch_blocking()\ndef total(numbers):\n"
    "    return int(ms.ops.sum(ms.Tensor(numbers, ms.int64)).asnumpy())\n",
}


def test_an_application_computes_in_a_framework(framework: Nursery, tmp_path: Path) -> None:
    """The adding service, whose sums are the framework's, each request in a thread of its own."""
    name = framework.toolchain.name
    task = Path(shutil.copytree(TASKS / "adder", tmp_path / "adder"))
    spec = (task / "task.yaml").read_text().replace("start: [service]", f"start: [service]\ntoolchain: {name}")
    (task / "task.yaml").write_text(spec.replace("start_seconds: 2", "start_seconds: 10").replace("seconds: 1,", "seconds: 10,"))
    work = task / "examples" / "good"
    source = (work / "main.py").read_text().replace("sum(json", "total(json")
    (work / "main.py").write_text(f"from adding import total\n{source}")
    (work / "adding.py").write_text(ADDS[name])
    verdict = judge(task, work, nursery=framework)
    assert (verdict.verdict, verdict.score, verdict.text) == ("accepted", 100, "")
    used = {each["name"]: each["source"] for each in verdict.report["dependencies"]}
    assert used[name] == "toolchain"


@pytest.fixture(scope="module")
def triton(installed: None) -> Iterator[Nursery]:
    try:
        with Nursery("triton") as nursery:
            yield nursery
    except LayersMissing as error:
        absent(f"no full sandbox here: {error.en}")


@pytest.mark.parametrize("task", ["softmax", "layer-norm"])
def test_a_triton_kernel_is_right_and_never_fast(triton: Nursery, tmp_path: Path, task: str) -> None:
    example = PACK / task / "examples" / "triton" / "submission_triton.py"
    verdict = judge(PACK / task, example, cases="public", quick=True, nursery=triton)
    assert [(case.id, case.verdict, case.text) for case in verdict.cases if case.verdict != "accepted"] == []
    assert (verdict.verdict, verdict.score, verdict.speedup) == ("accepted", 60, None)
    assert (verdict.flags, {case.seconds for case in verdict.cases}) == (["not_timed:triton"], {None})
    source, work = example.read_text(), tmp_path / "submission_triton.py"
    work.write_text(source.replace("axis=1", "axis=0"))
    assert judge(PACK / task, work, cases="public", quick=True, nursery=triton).verdict == "wrong_answer"


def test_work_without_a_kernel_is_flagged(triton: Nursery, tmp_path: Path) -> None:
    work = tmp_path / "submission_triton.py"
    work.write_text("import torch\ndef softmax(x):\n    return torch.softmax(x.float(), -1).to(x.dtype)\n")
    verdict = judge(PACK / "softmax", work, cases="public", quick=True, nursery=triton)
    assert (verdict.verdict, verdict.flags) == ("accepted", ["not_timed:triton", "no_kernel"])


def test_what_is_not_installed_is_named_with_its_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEITU_TOOLCHAINS", str(tmp_path))
    path = tmp_path / "submission_torch.py"
    path.write_text(SOURCES["torch"])
    with pytest.raises(BrokenCall, match="heitu judge --install torch"):
        judge(SQUASH, path)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("task", ["pair-recall", "glyph-digits"])
def test_the_pack_trains_its_models_in_mindspore(task: str) -> None:
    verdict = judge(PACK / task, PACK / task / "examples" / "plain", quick=True)
    assert verdict.verdict == "accepted", (verdict.text, verdict.measure)
    weak = judge(PACK / task, PACK / task / "examples" / "weak", quick=True)
    assert (weak.verdict, weak.rule) == ("wrong_answer", "below_threshold")


@pytest.mark.parametrize("example", ["plain", "weak"])
def test_the_pack_fits_a_table(example: str) -> None:
    verdict = judge(PACK / "operator-latency", PACK / "operator-latency" / "examples" / example)
    assert verdict.verdict == ("accepted" if example == "plain" else "wrong_answer"), verdict.measure
