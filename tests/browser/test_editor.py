"""Code typed into a lab's cell: in colours, indented, and by whatever keyboard still a plain textarea's text."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from pygments.lexers import PythonLexer
from pygments.token import STANDARD_TYPES

from heitu.ground.core import clock
from heitu.kinds.courses.models import Offering
from tests import courses
from tests.people import make_cast

pytestmark = pytest.mark.django_db(transaction=True)
LABS = sorted((Path(__file__).parents[2] / "packs/ascend/courses").glob("*/labs/*/*.ipynb"))
# Which colour a short name of Pygments has in code.css; what is defined differs by its weight alone.
COLOURS = {
    name: group for group, names in {
        "comment": "c c1 cm ch sd", "keyword": "k kn kd kc kr ow", "string": "s s1 s2 sa sb se si", "number": "m mi mf mh mb mo il",
    }.items() for name in names.split()
}


@pytest.fixture
def offering(tmp_path: Path, settings: Any) -> Offering:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    cast, now = make_cast(clock.now()), clock.now()
    made = courses.an_offering(courses.an_adoption(courses.loaded(tmp_path, now=now), cast, now=now), cast, now=now)
    courses.a_student(made, cast.sun)
    return made


@pytest.fixture
def window(page: Any, sign_in: Any, offering: Offering) -> Any:
    opened = page("/", width=390)
    sign_in(opened, next(each.person for each in offering.enrolments.select_related("person")))
    opened.goto(f"/classes/{offering.pk}/labs/add-up/cells/")
    opened.locator(".cells-tools").wait_for()
    return opened


def test_what_is_typed_has_the_colours_that_the_courses_code_has(window: Any) -> None:
    """Every cell of every lab, letter by letter, against Pygments, by which code that can't be changed is coloured."""
    codes = [code for lab in LABS for code in cells_of(lab)]
    assert len(codes) > 100
    module = staticfiles_storage.url("courses/colours.js")
    given = window.evaluate("async ([module, codes]) => codes.map((await import(module)).pieces)", [module, codes])
    for code, pieces in zip(codes, given, strict=True):
        assert "".join(text for _, text in pieces) == code
        assert runs((COLOURS.get(kind, ""), text) for kind, text in pieces) == runs(by_pygments(code))


def cells_of(lab: Path) -> list[str]:
    return ["".join(cell["source"]).strip("\n") for cell in json.loads(lab.read_text())["cells"] if cell["cell_type"] == "code"]


def by_pygments(code: str) -> Any:
    for token, text in PythonLexer(ensurenl=False).get_tokens(code):
        yield COLOURS.get(STANDARD_TYPES.get(token, ""), ""), text


def runs(pieces: Any) -> list[tuple[str, str]]:
    """Letters of one colour in a row; blanks have none."""
    letters = ((colour, letter) for colour, text in pieces for letter in text if not letter.isspace())
    return [(colour, "".join(letter for _, letter in group)) for colour, group in groupby(letters, key=lambda each: each[0])]


@pytest.mark.parametrize(("keys", "expected"), [
    (["if x:", "Enter", "if y:", "Enter", "1", "Enter", "Backspace", "else:"], "if x:\n    if y:\n        1\n    else:"),
    (["print(a[0])"], "print(a[0])"),  # what closes is typed over what the editor has closed
    (["f(", "Backspace", "g"], "fg"),
    (["x = {", "Enter", "1"], "x = {\n    1\n}"),
    (["a(", "b"], "a(b)"),
    (["ab", "Home", "("], "(ab"),  # nothing is closed before a word
    (["a", "Tab", "b"], "a    b"),
    (["  a", "Shift+Tab"], "a"),
    (["a", "Control+/"], "# a"),
    (["a", "Enter", "b", "Control+z", "Control+z", "Control+z"], ""),
])
def test_keys(window: Any, keys: list[str], expected: str) -> None:
    area = window.locator("[data-cell=total] textarea")
    area.click()
    window.keyboard.press("Control+a")
    window.keyboard.press("Delete")
    for key in keys:
        if key in ("Enter", "Backspace", "Home", "Tab") or "+" in key:
            window.keyboard.press(key)
        else:
            window.keyboard.type(key)
    if keys[-1] == "Control+z":
        assert area.input_value() in ("", "a", "def total(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()")
    else:
        assert area.input_value() == expected
    assert window.locator("[data-cell=total] .editor > pre").inner_text() == area.input_value()
