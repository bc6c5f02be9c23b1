"""`heitu check`: graphs, words and money."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from heitu.engines.lifecycle import checking, packs
from heitu.engines.lifecycle.command import check
from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.loading import read_programme
from heitu.engines.lifecycle.registry import Money
from tests.unit.lifecycle.library import PROGRAMMES

BOOKS = PROGRAMMES / "rare-books.yaml"


def found_in(name: str) -> list[tuple[int, str, str]]:
    faults = packs.check_file(PROGRAMMES / f"{name}.yaml")
    assert all(fault.message.zh and fault.message.en for fault in faults)
    return [(fault.line, fault.message.en.split(", only")[0], fault.suggestion) for fault in faults]


def test_every_fault_of_the_graph_is_found_at_its_line() -> None:
    assert found_in("broken-graph") == [
        (6, "exclusive claiming has exactly 1 seat", "1"),
        (6, "the award cap is over the fund's cap", ""),
        (16, "there is no role “raeder”", "reader"),
        (17, "there is no form “requst”", ""),
        (18, "there is no date source “library.closing_tme”", "library.closing_time"),
        (18, "there is no event “laps”", "lapse"),
        (20, "there is no guard “book_is_inn”", "book_is_in"),
        (20, "there is no role “libarian”", "librarian"),
        (20, "there is no state “wieghing”", "weighing"),
        (21, "there is no effect “stmp”", "stamp"),
        (22, "there is no form “request”", ""),
        (22, "“skip” is made by people, so it needs a title", ""),
        (23, "nothing leads to the state “weighing”", ""),
        (29, "no way leads from “trapped” to a state of step close", ""),
        (29, "step decide needs “owner”", ""),
        (39, "a deadline has either “after” or “at”", ""),
        (39, "the reminder is before the time starts", ""),
        (42, "the clock can't give the reason or form that “stay” asks for", ""),
        (42, "the clock makes “stay”, so its “by” needs system", "system"),
        (42, "“stay” must leave the state when the time is up", ""),
        (47, "up to here milestones share out 101%, over 100%", ""),
        (48, "step milestone can't have “outcome” here", ""),
        (51, "nothing leads to the state “third”", ""),
        (51, "step milestone needs “share”", ""),
        (57, "step close can't have “owner” here", ""),
        (57, "step close needs “outcome”", ""),
    ]


def test_money_is_released_on_every_way_to_a_bad_end_and_paid_or_released_on_the_way_to_a_good_one() -> None:
    left = "while money is still held: no effect on the way releases it"
    assert found_in("lost-money") == [
        (24, f"“refuse” ends in refused {left}", "keep_deposit"),
        (26, f"“finish” ends in done {left}", "keep_deposit"),
        (32, f"“refuse” ends in refused {left}", "keep_deposit"),
    ]


def _case(states: dict[str, dict[str, object]], start: str = "a") -> Programme:
    title = {"zh": "题", "en": "Title"}
    for state in states.values():
        state["title"] = title
        if state["step"] != "close":
            state["owner"] = "system"
    return Programme.model_validate({
        "programme": "p", "title": title, "plan": title, "summary": title, "kind": "report",
        "machines": {"case": {"start": start, "states": states}},
    })


def _to(target: str, *effects: str) -> dict[str, object]:
    return {"to": target, "by": ["system"], "effects": list(effects)}


MONEY: dict[str, Money | None] = {"take": "hold", "give": "pay", "free": "release", "wave": None}


@pytest.mark.parametrize(
    ("effects", "outcome", "sound"),
    [
        ([], "refused", True),
        (["take"], "refused", False),
        (["take", "wave"], "lapsed", False),
        (["take", "free"], "refused", True),
        (["free", "take"], "refused", False),
        (["take", "give"], "terminated", False),
        (["take", "give", "free"], "withdrawn", True),
        (["take"], "success", False),
        (["take", "give"], "success", True),
        (["take", "free"], "success", True),
        (["take", "give", "take"], "success", False),
        (["give"], "refused", True),
    ],
)
def test_what_effects_do_to_a_hold(effects: list[str], outcome: str, sound: bool) -> None:
    programme = _case({
        "a": {"step": "submit", "on": {"go": _to("b", *effects)}},
        "b": {"step": "decide", "on": {"end": _to("z")}},
        "z": {"step": "close", "outcome": outcome},
    })
    faults = checking.faults_of(programme, ["system"], [], MONEY)
    assert [fault.message.en.split(" while")[1][:6] for fault in faults] == ([] if sound else [" money"])


def test_money_may_be_held_again_on_a_way_back() -> None:
    """The fault shows only on the second round, when the hold is open on arriving at the first state."""
    programme = _case({
        "a": {"step": "submit", "on": {"go": _to("b", "take"), "leave": _to("z")}},
        "b": {"step": "decide", "on": {"back": _to("a"), "end": _to("z", "free")}},
        "z": {"step": "close", "outcome": "refused"},
    })
    faults = checking.faults_of(programme, ["system"], [], MONEY)
    assert [fault.message.en.split(" ends")[0] for fault in faults] == ["“leave”"]


def test_shares_are_summed_along_ways_and_not_over_alternatives() -> None:
    def forked(first: str) -> Programme:
        return _case({
            "a": {"step": "submit", "on": {"x": _to("m"), "y": _to("n")}},
            "m": {"step": "milestone", "share": 60, "on": {"go": _to(first)}},
            "n": {"step": "milestone", "share": 60, "on": {"go": _to("z")}},
            "z": {"step": "close", "outcome": "success"},
        })

    assert checking.faults_of(forked("z"), ["system"], [], {}) == []
    assert "120%" in checking.faults_of(forked("n"), ["system"], [], {})[0].message.en


def test_unknown_skills_are_found_when_the_pack_lists_skills(tmp_path: Path) -> None:
    folder = tmp_path / "programmes"
    folder.mkdir()
    path = folder / "rare-books.yaml"
    path.write_text(BOOKS.read_text(encoding="utf-8"), encoding="utf-8")
    assert packs.check_file(path) == []
    (tmp_path / "skills.yaml").write_text("skills:\n  - {slug: palaeography}\n", encoding="utf-8")
    assert [(fault.line, fault.suggestion) for fault in packs.check_file(path)] == [(26, "palaeography")]


def test_the_command_prints_every_fault_and_fails() -> None:
    result = CliRunner().invoke(check, [str(PROGRAMMES / "lost-money.yaml"), "--lang", "en"])
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == (
        f"{PROGRAMMES}/lost-money.yaml:24: “refuse” ends in refused while money is still held: "
        "no effect on the way releases it (did you mean “keep_deposit”?)"
    )
    assert "3 fault(s)" in result.stderr
    assert "资金" in CliRunner().invoke(check, [str(PROGRAMMES / "lost-money.yaml")]).stdout


def test_the_command_passes_a_sound_file_and_not_an_empty_folder(tmp_path: Path) -> None:
    assert CliRunner().invoke(check, [str(BOOKS)]).exit_code == 0
    assert CliRunner().invoke(check, [str(tmp_path)]).exit_code == 1


def test_a_programme_from_the_database_is_checked_without_lines() -> None:
    stored = Programme.model_validate_json(read_programme(PROGRAMMES / "lost-money.yaml").canonical())
    assert {(fault.file, fault.line) for fault in checking.check(stored)} == {("", 0)}
