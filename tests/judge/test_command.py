"""The command's exit codes and what it prints; it needs no Django."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from heitu.engines.judge.command import judge

from .conftest import TASKS

SQUASH = str(TASKS / "squash")
BASELINE = str(TASKS / "squash" / "baseline.py")


def called(*arguments: str) -> Result:
    return CliRunner().invoke(judge, list(arguments))


@pytest.mark.usefixtures("nursery")
def test_a_verdict_is_exit_0() -> None:
    result = called(SQUASH, BASELINE, "--quick", "--json", "--seed", "4")
    assert result.exit_code == 0
    body = json.loads(result.stdout)
    assert (body["verdict"], body["seed"], body["task"]) == ("accepted", 4, "squash")


@pytest.mark.usefixtures("nursery")
def test_a_bad_verdict_is_a_verdict(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("squash = 1\n")
    result = called(SQUASH, str(tmp_path / "x.py"), "--quick")
    assert result.exit_code == 0
    assert "runtime_error" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("/nowhere", BASELINE),
        (SQUASH, "/nowhere.py"),
        (SQUASH, BASELINE, "--allow-missing", "nothing"),
        (SQUASH, BASELINE, "--repeat", "0"),
        (SQUASH, BASELINE, "--cases", "some"),
        (SQUASH,),
        (),
    ],
)
def test_a_broken_call_is_exit_2_and_says_why(arguments: tuple[str, ...]) -> None:
    result = called(*arguments)
    assert result.exit_code == 2
    assert result.stderr


@pytest.mark.usefixtures("nursery")
def test_the_doctor_names_every_layer() -> None:
    result = called("--doctor", "--json")
    assert result.exit_code == 0
    assert all(json.loads(result.stdout)["layers"].values())


def test_judging_imports_no_django_and_the_zygote_no_grader() -> None:
    check = (
        "import sys\nimport heitu.engines.{name}\n"
        "bad = [m for m in sys.modules if m.split('.')[0] in {roots} or m.startswith('heitu.ground')]\n"
        "sys.exit(f'{{bad}}' if bad else 0)"
    )
    for name, roots in (("judge.command", ["django"]), ("sandbox.zygote", ["django", "pydantic", "yaml", "click"])):
        done = subprocess.run(
            [sys.executable, "-c", check.format(name=name, roots=roots)], check=False, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
