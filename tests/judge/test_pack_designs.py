"""The reference designs that come with the Ascend pack: complete, and met by their own examples."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from heitu.engines.judge import Nursery, judge
from heitu.engines.judge.designs.contract import Design
from heitu.engines.judge.task import read_task
from heitu.engines.judge.vet import vet

PACK = Path(__file__).parents[2] / "packs" / "ascend"
FOLDERS = sorted(path.parent for path in (PACK / "tasks").glob("*/task.yaml") if read_task(path.parent).spec.kind == "design")


def spec_of(folder: Path) -> Design:
    spec = read_task(folder).spec
    assert isinstance(spec, Design)
    return spec


def test_there_are_two_at_least() -> None:
    assert {"batched-inference", "document-answers"} <= {folder.name for folder in FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_task_folder_is_complete(folder: Path) -> None:
    spec = spec_of(folder)
    skills = {skill["slug"] for skill in yaml.safe_load((PACK / "skills.yaml").read_text("utf-8"))["skills"]}
    assert set(spec.skills) <= skills
    for language in ("zh", "en"):
        statement = (folder / f"statement.{language}.md").read_text("utf-8")
        assert len(statement.splitlines()) >= 25
        total = sum(check.weight for check in spec.checks)
        for check in spec.checks:
            assert f"| {100 * check.weight / total:g} |" in statement
    assert {path.name for path in (folder / "examples").iterdir()} == set(spec.examples)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_examples_end_as_promised(nursery: Nursery, folder: Path) -> None:
    spec = spec_of(folder)
    for name, failing in spec.examples.items():
        verdict = judge(folder, folder / "examples" / name, nursery=nursery)
        assert verdict.verdict == "accepted", verdict.text
        assert verdict.flags == []
        failed = {check.name for check, case in zip(spec.checks, verdict.cases, strict=True) if case.verdict != "accepted"}
        assert failed == set(failing), verdict.cases


@pytest.mark.usefixtures("nursery")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_task_pays_for_no_nonsense(folder: Path) -> None:
    """All of vetting but the examples, which are above."""
    assert vet(folder, timed=False).faults == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_starter_starts_and_is_wrong(nursery: Nursery, folder: Path) -> None:
    verdict = judge(folder, folder / "starter", cases="public", nursery=nursery)
    assert verdict.verdict == "wrong_answer"
    assert all(case.verdict == "wrong_answer" for case in verdict.cases)
