"""Evidence records: whatever is changed in one is found, and what it says can be judged again."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from heitu.engines.judge import BrokenCall, Nursery
from heitu.engines.judge import judge as run
from heitu.engines.judge.command import judge
from heitu.engines.judge.records import Record, commitment, draw_seed, make, read
from heitu.engines.judge.replay import Replay, replay

from .conftest import TASKS

SQUASH = TASKS / "squash"
BASELINE = SQUASH / "baseline.py"
WRONG = "def squash(x):\n    return x\n"


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "key"


@pytest.fixture(scope="module")
def record(nursery: Nursery, key_file: Path) -> Record:
    seed, salt = draw_seed()
    made = make(run(SQUASH, BASELINE, nursery=nursery, quick=True, seed=seed).as_json(), key_file)
    return replace(made, seed_hash=commitment(seed, salt), salt=salt)


@pytest.fixture
def again(nursery: Nursery) -> Callable[..., Replay]:
    def replayed(record: Record, submission: Path = BASELINE, **options: Any) -> Replay:
        return replay(record, SQUASH, submission, nursery=nursery, **options)

    return replayed


def broken(found: Replay) -> set[str]:
    return {remark.name for remark in found.remarks if remark.holds is False}


def test_what_was_judged_is_judged_the_same(record: Record, again: Callable[..., Replay]) -> None:
    found = again(record, key=record.key.upper())
    assert found.ok, str(found)
    assert found.verdict is not None
    assert found.verdict.seed == record.verdict["seed"]
    assert {remark.name for remark in found.remarks} >= {"signature", "seed", "task", "submission", "verdict", "cases"}
    assert json.loads(json.dumps(found.as_json()))["ok"]


@pytest.mark.parametrize("name", ["task", "verdict", "score", "seed", "digests", "samples", "cases", "options"])
def test_a_changed_record_runs_nothing(record: Record, again: Callable[..., Replay], name: str) -> None:
    found = again(replace(record, verdict=record.verdict | {name: [record.verdict[name]]}, seed_hash=""))
    assert (found.ok, found.verdict, broken(found)) == (False, None, {"signature"})


def test_a_record_signed_by_somebody_else(record: Record, again: Callable[..., Replay], tmp_path: Path) -> None:
    forged = make(record.verdict | {"score": 1000}, tmp_path / "other")
    assert forged.is_genuine
    assert broken(again(forged, key=record.key)) == {"key"}
    assert not replace(record, signature="zz").is_genuine
    assert not replace(record, key=forged.key).is_genuine


def test_a_seed_that_was_chosen_afterwards(record: Record, again: Callable[..., Replay]) -> None:
    for changed in (replace(record, salt="0" * 32), replace(record, seed_hash="0" * 64)):
        assert (broken(again(changed)), again(changed).verdict) == ({"seed"}, None)


def test_other_work_or_another_task(
    record: Record, again: Callable[..., Replay], key_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "submission.py").write_text(WRONG)
    found = again(record, tmp_path / "submission.py")
    assert (broken(found), found.verdict) == ({"submission"}, None)
    moved = make(record.verdict | {"digests": record.verdict["digests"] | {"task": "0" * 64}}, key_file)
    assert broken(again(moved)) == {"task"}


def test_a_verdict_that_does_not_hold(record: Record, again: Callable[..., Replay], key_file: Path) -> None:
    cases = [{**record.verdict["cases"][0], "verdict": "wrong_answer"}, *record.verdict["cases"][1:]]
    found = again(make(record.verdict | {"verdict": "wrong_answer", "cases": cases}, key_file))
    assert broken(found) == {"verdict", "cases"}
    assert cases[0]["id"] in str(found)


def test_a_speed_that_does_not_hold(record: Record, again: Callable[..., Replay], nursery: Nursery, key_file: Path) -> None:
    """Three processes make a claim; one is a first look, and its speed a remark."""
    far = {"speedup": {"geomean": 900.0, "low": 800.0, "high": 1000.0, "call": "faster"}}
    timed = run(SQUASH, BASELINE, nursery=nursery, quick=True, repeat=3).as_json()
    assert broken(again(make(timed | far, key_file))) == {"speedup"}
    found = again(make(record.verdict | far, key_file))
    assert broken(found) == set()
    assert [remark.holds for remark in found.remarks if remark.name == "speedup"] == [None]


def test_speed_on_another_machine_is_only_a_remark(
    record: Record, again: Callable[..., Replay], key_file: Path
) -> None:
    far = {"geomean": 900.0, "low": 800.0, "high": 1000.0, "call": "faster"}
    elsewhere = record.verdict["toolchain"] | {"processor": "abacus"}
    found = again(make(record.verdict | {"speedup": far, "toolchain": elsewhere}, key_file))
    assert found.ok, str(found)
    assert {remark.name for remark in found.remarks if remark.holds is None} == {"speedup", "machine"}


@pytest.mark.parametrize("content", [
    b"", b"not json", b"[]", b"{}", b'{"format": "other"}', b'{"format": "heitu-judge-record-1", "verdict": {}}',
    b'{"format": "heitu-judge-record-1", "verdict": {}, "signature": "", "public_key": ""}', b"PK\x03\x04 no zip",
])
def test_what_is_no_record_says_so(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "r").write_bytes(content)
    with pytest.raises(BrokenCall, match="heitu-judge-record-1"):
        read(tmp_path / "r")
    with pytest.raises(BrokenCall):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize("changed", [
    {"seed": "x"}, {"seed": -1}, {"seed": True}, {"digests": None}, {"options": {}}, {"cases": [1]}, {"toolchain": None},
    {"options": {"cases": "some", "quick": True, "repeat": 1}}, {"speedup": {"low": "a"}}, {"samples": [1]},
])
def test_a_record_of_anybodys_that_could_not_be_judged_again(record: Record, tmp_path: Path, changed: dict[str, Any]) -> None:
    """Signed, with a key of their own."""
    made = make({**record.verdict, **changed}, tmp_path / "theirs")
    (tmp_path / "r.json").write_text(json.dumps(made.as_json()))
    with pytest.raises(BrokenCall, match=rf"is no evidence record.*verdict\.{next(iter(changed))}"):
        read(tmp_path / "r.json")


def test_a_measure_without_an_interval_is_judged_again(nursery: Nursery, key_file: Path, tmp_path: Path) -> None:
    (tmp_path / "submission.py").write_text(
        "import numpy as np\ndef fit_predict(train_x, train_y, test_x, seed):\n    return np.full(len(test_x), np.nan, np.float32)\n"
    )
    task = TASKS / "line-fit"
    made = make(run(task, tmp_path, nursery=nursery, quick=True).as_json(), key_file)
    assert replay(made, task, tmp_path, nursery=nursery).ok


def test_what_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(BrokenCall, match="can't be written"):
        make({}, tmp_path / "nowhere" / "key")
    assert list(tmp_path.iterdir()) == []


def test_a_key_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret")
    with pytest.raises(BrokenCall, match="no signing key"):
        make({}, tmp_path / "key")
    make({}, tmp_path / "fresh")
    assert (tmp_path / "fresh").stat().st_mode & 0o777 == 0o600


def called(*arguments: object) -> Result:
    return CliRunner().invoke(judge, [str(each) for each in arguments])


@pytest.mark.usefixtures("nursery")
def test_by_the_command(tmp_path: Path) -> None:
    file, key = tmp_path / "r.json", tmp_path / "key"
    assert called(SQUASH, BASELINE, "--quick", "--record", file, "--sign-with", key).exit_code == 0
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as archive:
        archive.write(file, "record.json")
    good = called("--replay", tmp_path / "r.zip", SQUASH, BASELINE, "--key", read(file).key)
    assert good.exit_code == 0, good.output
    assert "签名有效" in good.stdout
    assert called("--replay", file, SQUASH, BASELINE, "--key", "00").exit_code == 1
    assert called("--replay", key, SQUASH, BASELINE).exit_code == 2
    assert called(SQUASH, BASELINE, "--record", file).exit_code == 2
