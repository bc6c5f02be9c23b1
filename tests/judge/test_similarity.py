"""Copies are found through renaming, reformatting, shuffling and padding; unrelated work isn't."""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import random
import time
import tokenize
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heitu.engines.judge.lexing import tokens_of
from heitu.engines.judge.matching import Match, matches
from heitu.engines.judge.similarity import GRAM, WINDOW, Pair, Work, compared, grams_of, similar, work_of

TASKS = Path(__file__).parents[2] / "packs" / "ascend" / "tasks"
PYTHON = sorted(TASKS.glob("*/examples/fast/submission.py"))
NATIVE = sorted(TASKS.glob("*/examples/fast-cpp/submission.cpp"))
EVERY = [*PYTHON, *NATIVE]
seeds = st.integers(0, 2**32)


def work(text: str, name: str = "submission.py") -> Work:
    return work_of({name: text.encode()})


def both(one: str, other: str, name: str = "submission.py") -> Pair[str]:
    return compared(work(one, name), work(other, name))


def renamed(text: str, seed: int) -> str:
    """The program with every name of its own, but those of parameters after a call's `(`, drawn anew."""
    rng, names = random.Random(seed), {}
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    made = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        word = token.string
        is_own = token.type == tokenize.NAME and not keyword.iskeyword(word) and not hasattr(builtins, word)
        if is_own and (before is None or before.string != "."):
            word = names.setdefault(word, "".join(rng.choices("abcdefghij", k=9)))
        made.append((token.type, word))
    return tokenize.untokenize(made)


def shuffled(text: str, seed: int) -> str:
    """The program's functions in another order, laid out anew and without comments."""
    body = ast.parse(text).body
    places = [n for n, node in enumerate(body) if isinstance(node, ast.FunctionDef)]
    order = random.Random(seed).sample(places, len(places))
    moved = {place: body[other] for place, other in zip(places, order, strict=True)}
    return "\n\n".join(ast.unparse(moved.get(n, node)) for n, node in enumerate(body))


@pytest.mark.parametrize("path", EVERY, ids=lambda path: f"{path.parts[-4]}-{path.suffix[1:]}")
def test_a_work_is_all_itself(path: Path) -> None:
    text = path.read_text()
    found = both(text, text, path.name)
    assert (found.score, found.one_in_other, found.other_in_one) == (1, 1, 1)
    whole = matches(work(text, path.name), work(text, path.name))
    assert {match.one for match in whole} == {match.other for match in whole}
    assert sum(match.tokens for match in whole) >= 0.9 * len(tokens_of(path.name, text.encode()))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PYTHON), seeds)
def test_renaming_hides_nothing(path: Path, seed: int) -> None:
    text = path.read_text()
    other = renamed(text, seed)
    assert other != text
    assert both(text, other).score == 1


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PYTHON), seeds)
def test_shuffled_and_reformatted_functions_are_found(path: Path, seed: int) -> None:
    """What `ast.unparse` writes differs by parentheses here and there."""
    text = path.read_text()
    assert min(both(text, shuffled(text, seed)).one_in_other, both(shuffled(text, seed), text).one_in_other) > 0.55


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(NATIVE), seeds)
def test_layout_comments_and_numbers_hide_nothing_in_native_code(path: Path, seed: int) -> None:
    rng, text = random.Random(seed), path.read_text()
    marks = [f" /* {rng.random()} */ ", "\n\n\n", f" // {rng.random()}\n", "\t"]
    lines = [line if line.lstrip().startswith("#") else line.replace(" ", rng.choice(marks)) for line in text.split("\n")
             if "//" not in line and '"' not in line]
    plain = "\n".join(line for line in text.split("\n") if "//" not in line and '"' not in line)
    assert both(plain, "\n".join(lines).replace("0.5f", "0x1p-1f"), path.name).score == 1


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(EVERY), st.sampled_from(EVERY), seeds)
def test_scores_are_shares_and_know_no_side(one: Path, other: Path, seed: int) -> None:
    a, b = work(one.read_text(), one.name), work(other.read_text(), other.name)
    there, back = compared(a, b), compared(b, a)
    assert (there.score, there.one_in_other, there.other_in_one) == (back.score, back.other_in_one, back.one_in_other)
    assert 0 <= there.score <= min(there.one_in_other, there.other_in_one) <= 1


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PYTHON), st.sampled_from(PYTHON), seeds)
def test_what_is_copied_into_other_work_is_found_with_its_lines(part: Path, rest: Path, seed: int) -> None:
    """Every run of GRAM + WINDOW - 1 tokens is, by what winnowing promises; here a whole file in a larger one."""
    text = part.read_text()
    copied = renamed(text, seed)
    whole = f"{rest.read_text()}\n{copied}"
    a, b = work(text), work(whole)
    assert compared(a, b).one_in_other > 0.9
    longest = max(matches(a, b), key=lambda match: match.tokens)
    assert longest.tokens >= GRAM + WINDOW - 1
    assert longest.one.first >= 1
    assert longest.other.last <= whole.count("\n") + 1


@cache
def unrelated() -> list[float]:
    works = {path: work(path.read_text(), path.name) for path in EVERY}
    return [compared(works[a], works[b]).score for a in PYTHON for b in PYTHON if a < b]


def test_unrelated_work_is_not_alike() -> None:
    scores = unrelated()
    assert len(scores) > 500
    assert sum(score < 0.1 for score in scores) > 0.98 * len(scores)
    assert max(scores) < 0.5


def test_languages_are_not_compared() -> None:
    assert both("a = b * c\n" * 40, "a = b * c\n" * 40).score == 1
    assert compared(work("a = b * c\n" * 40), work("a = b * c\n" * 40, "submission.cpp")).score == 0


def test_what_the_task_gives_is_left_out() -> None:
    starter = PYTHON[0].read_text()
    own = ["\n".join(path.read_text().splitlines()[2:]) for path in PYTHON[1:3]]
    one, other = (f"{starter}\n{text}".encode() for text in own)
    common = grams_of({"starter.py": starter.encode()})
    assert compared(work_of({"a.py": one}), work_of({"a.py": other})).score > 0.2
    a, b = work_of({"a.py": one}, common), work_of({"a.py": other}, common)
    assert compared(a, b).score < 0.1
    end = starter.count("\n")
    assert all(match.one.first > end - 2 for match in matches(a, b))
    assert len(work_of({"a.py": starter.encode()}, common).prints) == 0


def test_the_index_finds_the_planted_pairs_most_alike_first() -> None:
    works = {str(number): work(path.read_text(), path.name) for number, path in enumerate(EVERY)}
    text = PYTHON[5].read_text()
    works["same"], works["renamed"] = work(text), work(renamed(text, 1))
    works["padded"] = work(f"{renamed(text, 2)}\n{PYTHON[6].read_text()}")
    found = similar(works, least=0.7)
    assert {frozenset((pair.one, pair.other)) for pair in found[:3]} == {
        frozenset(pair) for pair in (("5", "same"), ("5", "renamed"), ("same", "renamed"))
    }
    assert {pair.score for pair in found[:3]} == {1}
    assert {"padded", "6"} in [{pair.one, pair.other} for pair in found]
    assert [pair.score for pair in found] == sorted((pair.score for pair in found), reverse=True)
    assert similar(works, least=0.7, most=2) == found[:2]


def test_many_copies_of_one_work_are_no_idiom() -> None:
    """Fingerprints that a crowd shares are left out, but not where the crowd handed in the same work."""
    text = PYTHON[7].read_text()
    works = {number: work(renamed(text, number)) for number in range(60)}
    assert len(similar(works, most=10_000)) == 60 * 59 // 2


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.py", "a.cpp", "a.h", "a.txt"]))
def test_any_bytes_can_be_read(content: bytes, name: str) -> None:
    work_of({name: content})


@pytest.mark.parametrize("content", [
    b"x " * 200_000, b'R"(' * 120_000, b"/*" * 180_000, b"'" * 300_000, b"(" * 300_000, b'"""' + b"\n" * 300_000,
    b"1'" * 150_000, b"\\\n" * 150_000, (b"x " * 1900 + b"\n") * 105, b"(x,\n" + b"x,\n" * 130_000,
])
@pytest.mark.parametrize("name", ["a.py", "a.cpp"])
def test_no_text_takes_long(content: bytes, name: str) -> None:
    """Each of these would take hours if the time grew with the square of the length."""
    started = time.process_time()
    one = work_of({name: content})
    matches(one, work_of({name: content[:-7]}))
    assert time.process_time() - started < 30


def test_small_and_empty_works() -> None:
    assert compared(work(""), work("")).score == 0
    assert similar({"a": work("x = 1\n"), "b": work("x = 1\n")}) == []
    assert similar({}) == []
    assert matches(work("x = 1\n"), work("x = 1\n")) == []


def test_lines_are_those_of_the_file() -> None:
    lines = ["import numpy as np", "", "", "def f(x):", "    y = np.exp(x - x.max())", "    return y / y.sum()", ""]
    other = ["# another head", *lines[3:4], "    # a remark", *lines[4:]]
    (found,) = matches(work("\n".join(lines)), work("\n".join(other)))
    assert isinstance(found, Match)
    assert (found.one.first, found.one.last, found.other.first, found.other.last) == (4, 6, 2, 5)


def test_an_authors_own_works_are_no_likeness_and_the_most_alike_speak_for_two_authors() -> None:
    text, other = PYTHON[5].read_text(), PYTHON[6].read_text()
    works = {
        "mine-1": work(text), "mine-2": work(f"{text}\n{other}"), "mine-3": work(text),
        "theirs-1": work(renamed(text, 1)), "theirs-2": work(f"{renamed(text, 2)}\n{PYTHON[8].read_text()}"),
    }
    authors = {key: key.split("-")[0] for key in works}
    assert [(pair.one, pair.other, pair.score) for pair in similar(works, authors=authors)] == [("mine-1", "theirs-1", 1.0)]


def test_many_versions_of_two_authors_are_no_idiom() -> None:
    """What counts for an idiom is how many authors have it, not in how many versions."""
    text = PYTHON[5].read_text()
    works = {f"a{number}": work(f"{text}\n{path.read_text()}") for number, path in enumerate(PYTHON[6:28])}
    works["b"] = work(renamed(text, 1))
    assert not any("b" in (pair.one, pair.other) for pair in similar(works, least=0.2))
    (found,) = similar(works, authors={key: key[0] for key in works}, least=0.2)
    assert (found.other, found.other_in_one) == ("b", 1.0)
