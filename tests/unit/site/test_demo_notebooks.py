"""What the demo class hands in: as different as a real class's, with copies that are found, and a test worth mending."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from heitu.engines.grading import Assignment
from heitu.engines.grading.reading import read
from heitu.engines.judge import similarity
from heitu.kinds.courses.pack.notebooks import faults_in
from heitu.kinds.courses.queries import likenesses
from heitu.site.demo import notebooks

LABS = Path("packs/ascend/courses/ai-fundamentals/labs")
LAB = "softmax-regression"


@pytest.fixture(autouse=True)
def course(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The pack's own notebooks, without a database."""
    def data(lab: str) -> bytes:
        return (LABS / lab / f"{lab}.ipynb").read_bytes()

    monkeypatch.setattr(notebooks, "release", lambda _, lab: Assignment.from_source(data(lab), lab).release())
    monkeypatch.setattr(notebooks, "_source", lambda _, lab: json.loads(data(lab)))
    return SimpleNamespace(version_id=1)


def test_hardly_anything_but_the_copies_is_alike(course: Any) -> None:
    release, _ = read(notebooks.release(1, LAB))
    texts = [cell["source"] for cell in release["cells"] if cell["cell_type"] == "code"]
    given = likenesses._Given(
        frozenset(text.strip() for text in texts), similarity.grams_of({f"{n}.py": text.encode() for n, text in enumerate(texts)})
    )
    works = {}
    for place in range(1, 36):
        notebook, _ = read(notebooks.handed_in(course, LAB, place))
        works[place] = similarity.work_of(likenesses._own_code(notebook, given), given.grams)
    pairs = similarity.similar(works, least=0.5, most=100)
    assert {(each.other, each.one) for each in pairs if each.score > 0.9} == set(notebooks.COPIES.items())
    assert len(pairs) < 30


def test_the_mended_source_is_sound_and_asks_for_less(course: Any) -> None:
    better = notebooks.mended(course, LAB)
    assert better is not None
    assert faults_in("x.ipynb", better.data.decode(), tagged=None) == []
    assert b"900.0" in (LABS / LAB / f"{LAB}.ipynb").read_bytes()
    assert b"900.0" not in better.data


def test_written_answers_differ(course: Any) -> None:
    answers = set()
    for place in (1, 2, 3, 4):
        cells = json.loads(notebooks.handed_in(course, "tiny-autodiff", place))["cells"]
        answers |= {cell["source"] for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == "kink"}
    assert len(answers) == 4
