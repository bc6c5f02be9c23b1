"""Reading programmes: what they become, and the exact line of everything that is wrong in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from heitu.engines.lifecycle import packs
from heitu.engines.lifecycle.definitions import Programme, read_duration, write_duration
from heitu.engines.lifecycle.faults import DefinitionError, Fault
from heitu.engines.lifecycle.loading import read_programme
from heitu.ground.core.text import Text
from tests.unit.lifecycle.library import PROGRAMMES

BOOKS = PROGRAMMES / "rare-books.yaml"
Edit = Callable[[str, str], Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """A copy of the sound programme with one passage replaced."""

    def edit(old: str, new: str) -> Path:
        text = BOOKS.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path = tmp_path / "rare-books.yaml"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path

    return edit


def found_in(name: str) -> list[tuple[int, str, str]]:
    faults = packs.check_file(PROGRAMMES / f"{name}.yaml")
    assert all(fault.message.zh and fault.message.en for fault in faults)
    return [(fault.line, fault.message.en.split(", only")[0], fault.suggestion) for fault in faults]


def test_amounts_durations_and_texts_are_read_as_what_they_are() -> None:
    programme = read_programme(BOOKS)
    assert (programme.rules.award_cap, programme.rules.two_person_over) == (1_000_00, 500_50)
    assert programme.fund is not None
    assert programme.fund.cap == 20_000_00
    deadline = programme.state("case", "weighing").deadline
    assert deadline is not None
    assert (deadline.after, deadline.remind) == (timedelta(days=14), (timedelta(days=3), timedelta(days=1)))
    assert programme.rubric[0].anchors[5].en == "high"
    assert programme.title.zh == "珍本借阅"


def test_programmes_are_frozen() -> None:
    programme = read_programme(BOOKS)
    with pytest.raises(ValidationError, match="frozen"):
        programme.kind = "model"


@pytest.mark.parametrize(("text", "minutes"), [("14d", 20_160), ("36h", 2_160), ("30m", 30), ("90m", 90)])
def test_durations_read_and_write_back(text: str, minutes: int) -> None:
    assert read_duration(text) == timedelta(minutes=minutes)
    assert write_duration(read_duration(text)) == text


@pytest.mark.parametrize("text", ["14", "d", "0d", "-1d", "1.5h", "1w", "1d ", "", None, 14])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="14d"):
        read_duration(text)


def test_equal_content_has_one_digest_whatever_the_spelling(edited: Edit) -> None:
    first = read_programme(BOOKS)
    respelt = read_programme(
        edited("deadline: {after: 36h, event: overdue}", "deadline:\n          event: overdue\n          after: 2160m")
    )
    assert respelt.digest == first.digest
    assert Programme.model_validate_json(first.canonical()).digest == first.digest
    changed = read_programme(edited("share: 60", "share: 61"))
    assert changed.digest != first.digest


def test_the_order_of_states_survives_storage() -> None:
    programme = read_programme(BOOKS)
    again = Programme.model_validate_json(programme.canonical())
    assert list(again.machine("case").states) == list(programme.machine("case").states)
    assert list(again.forms["request"]["properties"]) == ["book", "days", "deposit"]


def test_a_sound_programme_has_no_faults() -> None:
    assert found_in("rare-books") == []


def test_every_misspelling_is_reported_at_its_line_at_once() -> None:
    assert found_in("misspelt") == [
        (4, "“summary”: write it in both Chinese (zh) and English (en)", ""),
        (5, "“kind” can't be “reprot”", "report"),
        (6, "there is no key “colour” here", ""),
        (8, "“seats” should be a whole number", ""),
        (9, "there is no key “claming” here", "claiming"),
        (10, '“award_cap”: write the amount in quotes, such as "50000.00", not 1000.0', ""),
        (11, "“two_person_over”: At most two decimals: amounts are exact to the fen.", ""),
        (12, "“reviews” can't be less than 0", ""),
        (16, "JSON Schema has no “requird”", "required"),
        (18, "this is not valid JSON Schema: 'strng' is not valid under any of the given schemas", "string"),
        (19, "only references inside this form are allowed", ""),
        (21, "there is no key “wieght” here", "weight"),
        (22, "“skills” should be a list such as [a, b]", ""),
        (28, "“step” can't be “sbmit”", "submit"),
        (31, "“after”: “two weeks” is not a duration: write 14d, 36h or 30m", ""),
        (33, "“to” is missing", ""),
        (34, "“by” can't be empty", ""),
        (34, "“give up” is not a name, which should match ^[a-z][a-z0-9_]{0,39}$", ""),
        (35, "“outcome” can't be “succes”", "success"),
        (35, "“outcome” is here twice, first on line 35", ""),
    ]


def test_faults_of_form_and_of_meaning_come_together(edited: Edit) -> None:
    path = edited("kind: report", "kind: reprot")
    text = path.read_text(encoding="utf-8")
    for old, new in {
        "title: {zh: 珍本借阅, en: Rare books}": "title: {zh: 珍本借阅}",
        "guards: [book_is_in,": "guards: [book_was_in,",
        "deadline: {after: 36h, event: overdue}": "deadline: {after: tomorrow, event: overdu}",
        "share: 60": "shore: 160",
        "step: settle\n": "stp: settle\n",
    }.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    assert [(fault.line, fault.suggestion) for fault in packs.check_file(path)] == [
        (3, ""), (6, "report"), (67, "book_is_in"), (85, "share"), (87, "overdue"), (87, ""), (100, "step"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("programme: x\n  title: y", 2, "not valid YAML"),
        ("a: &x 1\nb: *x", 2, "aliases are not allowed"),
        ("a: 1\nb: !!python/name:os.system x", 2, "tag"),
        ("a: 1\n? [b]\n: 1", 2, "a key must be a word"),
        ("- a", 1, "key: value"),
        ("", 1, "key: value"),
        ("[" * 3000, 1, "nested too deeply"),
        ("a: \x07", 1, "can't be read"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        read_programme(path)
    assert any(fault.line == line and words in fault.message.en for fault in caught.value.faults)


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("programme: x\ntitle: 珍本".encode("gbk"))
    assert [(fault.line, fault.message.en) for fault in packs.check_file(path)] == [(2, "the file is not UTF-8")]


def test_the_file_is_named_after_its_programme(tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(BOOKS.read_text(encoding="utf-8"), encoding="utf-8")
    assert [(fault.line, fault.message.en) for fault in packs.check_file(path)] == [
        (2, "the file should be named after its programme: rare-books.yaml")
    ]


def test_on_is_a_word_and_not_true() -> None:
    assert "ask" in read_programme(BOOKS).state("case", "asking").on


def test_faults_show_in_both_languages() -> None:
    fault = Fault("a.yaml", 3, Text(zh="没有键", en="no key"), "title")
    assert fault.show("zh") == "a.yaml:3: 没有键（是不是“title”？）"
    assert fault.show("en") == "a.yaml:3: no key (did you mean “title”?)"
