"""`heitu task new`: what it writes is a sound task as it stands, and it overwrites nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from heitu.engines.judge import BrokenCall, Nursery, judge
from heitu.engines.judge.cases import Bench
from heitu.engines.judge.scaffold import KINDS, Plan, write
from heitu.engines.judge.task import Operator, read_task
from heitu.engines.judge.vet import vet
from heitu.site.command import main
from heitu.stages.calls.statement import render


def new(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["task", "new", *arguments])


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_task_is_fit_to_be_published(nursery: Nursery, tmp_path: Path, kind: str) -> None:
    """Without the baseline against itself, which is a timing and wants a quiet machine."""
    folder = tmp_path / "scaled-shift"
    write(Plan(tmp_path, "scaled-shift", kind))
    assert vet(folder, timed=False).faults == []


def test_its_baseline_and_examples_are_accepted_and_its_starters_are_not(
    nursery: Nursery, compiler: None, tmp_path: Path
) -> None:
    folder = tmp_path / "scaled-shift"
    write(Plan(tmp_path, "scaled-shift"))
    works = [folder / "baseline.py", *sorted(folder.glob("examples/*/submission.*"))]
    assert len(works) == 5
    for work in works:
        assert judge(folder, work, quick=True, nursery=nursery).verdict == "accepted", work
    for starter in ("py", "cpp"):
        verdict = judge(folder, folder / "starter" / f"submission.{starter}", quick=True, nursery=nursery)
        assert verdict.verdict == "wrong_answer"


def test_an_operator_has_cases_of_every_sort(tmp_path: Path) -> None:
    write(Plan(tmp_path, "scaled-shift"))
    cases = Bench(read_task(tmp_path / "scaled-shift"), seed=1).cases
    assert {case.dtype for case in cases} == {"float32", "float16", "bfloat16"}
    assert any(case.timed and not case.public for case in cases)
    assert any(case.degenerate for case in cases)


def test_a_models_weak_example_is_refused_and_its_starter_too(nursery: Nursery, tmp_path: Path) -> None:
    folder = tmp_path / "ring-points"
    write(Plan(tmp_path, "ring-points", "model"))
    verdicts = {
        work: judge(folder, folder / work, quick=True, nursery=nursery).verdict
        for work in ("examples/plain", "examples/weak", "starter")
    }
    assert verdicts == {"examples/plain": "accepted", "examples/weak": "wrong_answer", "starter": "wrong_answer"}


def test_a_designs_examples_end_as_it_says(nursery: Nursery, tmp_path: Path) -> None:
    folder = tmp_path / "medians"
    write(Plan(tmp_path, "medians", "design"))
    found = {
        work: judge(folder, folder / work, nursery=nursery) for work in ("examples/good", "examples/plain", "starter")
    }
    assert {work: (each.verdict, each.score) for work, each in found.items()} == {
        "examples/good": ("accepted", 100), "examples/plain": ("accepted", 83.33), "starter": ("wrong_answer", 0),
    }
    assert [case.verdict for case in found["examples/plain"].cases] == ["accepted", "accepted", "wrong_answer"]
    assert found["examples/good"].flags == []


@pytest.mark.usefixtures("nursery")
def test_the_command_writes_and_vets(tmp_path: Path) -> None:
    titles = ("--title-zh", '圆环：“{{entry}}”', "--title-en", 'Rings: a "test" # of {quotes}')
    result = new(str(tmp_path), "--slug", "ring-points", "--kind", "model", *titles, "--vet")
    assert result.exit_code == 0, result.output
    assert "ring-points: ok" in result.output
    spec = yaml.safe_load((tmp_path / "ring-points" / "task.yaml").read_text("utf-8"))
    assert spec["title"] == {"zh": titles[1], "en": titles[3]}
    assert f"# {titles[1]}" in (tmp_path / "ring-points" / "statement.zh.md").read_text("utf-8")


def test_names_follow_from_the_folder(tmp_path: Path) -> None:
    assert new(str(tmp_path / "row-sum2")).exit_code == 0
    spec = read_task(tmp_path / "row-sum2").spec
    assert isinstance(spec, Operator)
    assert spec.cpp is not None
    assert (spec.entry, spec.cpp.symbol) == ("row_sum2", "row_sum2_{dtype}")
    assert spec.title.en == "New operator row-sum2"


@pytest.mark.parametrize("kind", KINDS)
def test_a_statement_shows_no_comment_and_no_blank(tmp_path: Path, kind: str) -> None:
    for path in write(Plan(tmp_path, "scaled-shift", kind)):
        text = path.read_text("utf-8")
        assert "{{" not in text
        if path.name.startswith("statement"):
            assert "[//]" in text
            assert "//" not in render(text)


@pytest.mark.parametrize("slug", ["", "../row", "Row", "1row", "row_sum", "row--sum", "-row", "行", "a" * 61, "lambda", "np"])
def test_a_bad_slug_is_refused_in_both_languages(tmp_path: Path, slug: str) -> None:
    result = new(str(tmp_path / "in"), "--slug", slug)
    assert result.exit_code == 2
    assert "任务名" in result.stderr
    assert "name a" in result.stderr
    assert not (tmp_path / "in").exists()


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "task.yaml").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for taken, words in (("full", "isn't empty"), ("file", "is a file already")):
        result = new(str(tmp_path / taken))
        assert (result.exit_code, words in result.stderr) == (2, True), result.output
    assert (tmp_path / "full" / "task.yaml").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    assert new(str(tmp_path / "empty")).exit_code == 0


@pytest.mark.parametrize(("change", "code"), [
    ({"kind": "poem"}, "kind"), ({"title_zh": "两\n行"}, "title-zh"), ({"title_en": "x" * 101}, "title-en"),
])
def test_the_library_checks_as_well(tmp_path: Path, change: dict[str, str], code: str) -> None:
    with pytest.raises(BrokenCall) as refused:
        write(Plan(tmp_path, "row-sum", **change))
    assert refused.value.code == code


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = new(str(tmp_path / "file" / "row-sum"))
    assert (result.exit_code, "can't be written" in result.stderr) == (2, True), result.output
