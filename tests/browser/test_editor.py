"""Code typed into a lab's cell: in colours, indented, and by whatever keyboard still a plain textarea's text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from pygments.lexers import PythonLexer
from pygments.token import STANDARD_TYPES

from heitu.ground.core import clock
from heitu.kinds.courses.enums import Trial
from heitu.kinds.courses.models import Offering, Revision
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


@pytest.fixture
def saved(window: Any) -> Iterator[None]:
    """Whatever was typed is, by the end of the test, so that nothing is under way then."""
    yield
    window.locator("#save-words", has_text="已保存").wait_for()


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


PRESSED = {"Enter", "Backspace", "Home", "Tab", "Shift+Tab", "Control+/"}
KEYS = [
    (["if x:", "Enter", "if y:", "Enter", "1", "Enter", "Backspace", "else:"], "if x:\n    if y:\n        1\n    else:"),
    (["print(a[0])"], "print(a[0])"),  # what closes is typed over what the editor has closed
    (["f(", "Backspace", "g"], "fg"),
    (["x = {", "Enter", "1"], "x = {\n    1\n}"),
    (["ab", "Home", "("], "(ab"),  # nothing is closed before a word
    (["a", "Tab", "b"], "a    b"),
    (["  a", "Shift+Tab"], "a"),
    (["a", "Control+/"], "# a"),
]


def test_keys(window: Any, saved: None) -> None:
    """Whatever is typed is coloured as it is, and undone to the last letter."""
    area = window.locator("[data-cell=total] textarea")
    before = area.input_value()
    area.click()
    for keys, expected in KEYS:
        window.keyboard.press("Control+a")
        window.keyboard.press("Delete")
        for key in keys:
            (window.keyboard.press if key in PRESSED else window.keyboard.type)(key)
        assert area.input_value() == expected
        assert window.locator("[data-cell=total] .editor > pre").text_content() == expected
    for button, expected in (("indent", "    # a"), ("outdent", "# a")):  # which a touch screen shows, for want of Tab
        window.locator(f"[data-cell=total] [data-do={button}]").dispatch_event("click")
        assert area.input_value() == expected
    for _ in range(200):
        window.keyboard.press("Control+z")
    assert area.input_value() == before
    assert window.locator("[data-cell=total] .editor > pre").text_content() == before


def test_colours_lie_over_what_was_typed(window: Any, saved: None) -> None:
    """Letter over letter, however long the line, in both languages' ways of setting Chinese beside Latin."""
    area = window.locator("[data-cell=total] textarea")
    area.fill("x = '加法：sum（求和），and so on' # 注释 comment " * 8)
    for language in ("zh-Hans", "en"):
        window.evaluate("(language) => { document.documentElement.lang = language; }", language)
        wide, painted, shift = area.evaluate(PLACES)
        assert abs(wide - painted) < 1.1, language
        assert abs(shift) < 1.1
        assert window.locator(".cell.fixed.is-code .cell-look code").first.evaluate(LETTERS) == "normal", language


LETTERS = "(code) => getComputedStyle(code).fontVariantEastAsian"  # proportional ones make code of another width
PLACES = """async (area) => {
    area.scrollLeft = 200;
    const code = area.parentElement.querySelector("code"), padding = parseFloat(getComputedStyle(area).paddingLeft);
    const shift = () => code.getBoundingClientRect().left - (area.getBoundingClientRect().left + padding - area.scrollLeft);
    for (let frame = 0; frame < 2 || (frame < 200 && Math.abs(shift()) > 1); frame++)  // a busy browser tells late that it scrolled
        await new Promise((done) => requestAnimationFrame(done));
    return [area.scrollWidth - padding, code.getBoundingClientRect().width, shift()];
}"""


def test_another_input_method(window: Any, saved: None) -> None:
    """While something is composed, the textarea's own text is what is seen; then it is coloured like any other."""
    area, editor = window.locator("[data-cell=total] textarea"), window.locator("[data-cell=total] .editor")
    area.click()
    window.keyboard.press("Control+a")
    keyboard = window.context.new_cdp_session(window)
    keyboard.send("Input.imeSetComposition", {"text": "zhushi", "selectionStart": 6, "selectionEnd": 6})
    assert "painted" not in editor.get_attribute("class")
    keyboard.send("Input.insertText", {"text": "# 注释"})
    assert area.input_value() == "# 注释"
    assert "painted" in editor.get_attribute("class")
    assert editor.locator("pre .c").text_content() == "# 注释"


def test_tests_mended_while_the_page_is_open(window: Any, offering: Offering) -> None:
    """What is typed goes on being saved, in its place; the page says what has changed, and shows it when asked to."""
    area = window.locator("[data-cell=total] textarea")
    area.fill("def total(x):\n    return 1")
    window.locator("#save-words", has_text="已保存").wait_for()
    mend(offering)
    area.fill("def total(x):\n    return sum(x)")
    window.locator("#cells-news", has_text="“total-tests”的内容改了。").wait_for()
    window.locator("#save-words", has_text="已保存").wait_for()
    assert "新增“more”。" in window.locator("#cells-news").inner_text()
    with window.expect_navigation():
        window.click("[data-do=take-news]")
    window.locator(".cells-tools").wait_for()
    assert window.locator("[data-cell=total-anew] textarea").input_value() == "def total(x):\n    return sum(x)"
    assert window.locator(".cell.own").count() == 0
    assert window.locator("#cells-news").is_hidden()


def mend(offering: Offering) -> None:
    """The test is another, a question is new, and the answer's cell has another id."""
    made = courses.notebook()
    cells = {cell["id"]: cell for cell in made["cells"]}
    cells["total"]["id"], cells["total-tests"]["source"] = "total-anew", "assert total([2]) == 2"
    more = courses._graded("more", "code", "### BEGIN SOLUTION\n1\n### END SOLUTION", solution=True)
    teacher, now = offering.teachers.get(), clock.now()
    Revision.objects.create(
        offering=offering, lab="add-up", number=1, content=json.dumps(made | {"cells": [*made["cells"], more]}).encode(), sha256="0" * 64,
        reason="mended", by=teacher, at=now, trial=Trial.APPLIED, ended_by=teacher, ended_at=now,
    )
