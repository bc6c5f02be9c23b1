"""Strangers' outputs and code as HTML: the same text, nothing of it HTML, and never slowly."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from heitu.engines.grading.feedback import coloured, page
from heitu.engines.grading.grades import Graded, Ran
from heitu.engines.grading.showing import code, text


def test_a_line_that_was_written_over_is_what_it_was_at_last() -> None:
    assert text("10%\r20%\r\nok\r\n\rend") == "20%\nok\nend"


def test_a_very_long_line_takes_no_time() -> None:
    """One that took longer for every letter before it would take minutes."""
    begun = time.process_time()
    text("x" * 200_000, 200_000)
    assert time.process_time() - begun < 1


@given(st.text(alphabet="ab_1 .\n\t'\"#:(){}\\<>&=为", max_size=200))
def test_coloured_code_is_the_same_code(source: str) -> None:
    html = code(source)
    assert re.sub(r'<span class="\w+">|</span>', "", html).count("<") == 0
    assert unescape(re.sub(r"<[^>]+>", "", html)) == source


def test_feedback_is_in_its_readers_language_and_in_colours() -> None:
    def said(language: str) -> dict[str, Any]:
        return {"cell_type": "markdown", "metadata": {"lang": language}, "source": f"in {language}"}

    cells = [said("zh"), said("en"), {"cell_type": "code", "metadata": {}, "source": "x = 1 < 2  # yes", "outputs": []}]
    made = page(Graded("sun", "ps1", ran=[Ran("ps1", {"cells": cells})]), "zh")
    assert "in zh" in made
    assert "in en" not in made
    assert '<span class="mi">1</span> &lt; <span class="mi">2</span>  <span class="c1"># yes</span></code>' in coloured(made)
