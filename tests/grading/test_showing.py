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
from heitu.engines.grading.showing import code, markdown, shown, text


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


def test_formulas_are_drawn_and_what_no_one_can_draw_stays_as_it_is_written() -> None:
    made = markdown("The mean $\\frac12 x$ of\n\n$$\\sum_{i=1}^n x_i$$")
    assert (made.count("<math"), "<mfrac>" in made, 'display="block"' in made, "$" in made) == (2, True, True, False)
    assert markdown("$\\frac{1}$") == "<p><span><code>$\\frac{1}$</code></span></p>\n"
    assert "<math" not in markdown("`$x$` costs \\$5, or $6")
    assert "<math" in "".join(shown([{"output_type": "display_data", "data": {"text/latex": "$\\displaystyle x^{2}$"}, "metadata": {}}]))


def test_a_formula_brings_no_html_of_its_own_and_never_takes_long() -> None:
    begun = time.process_time()
    assert "<script" not in markdown("$<script>alert(1)</script>$ and $\\text{<img src=x onerror=alert(1)>}$")
    for bad in ("{" * 5000, "\\sqrt{" * 5000 + "}" * 5000, "\\left(" * 3000, "a" * 100_000, "x^" * 3000):
        assert "<math" not in markdown(f"${bad}$")
    assert time.process_time() - begun < 5


def test_feedback_is_in_its_readers_language_and_in_colours() -> None:
    def said(language: str) -> dict[str, Any]:
        return {"cell_type": "markdown", "metadata": {"lang": language}, "source": f"in {language}"}

    cells = [said("zh"), said("en"), {"cell_type": "code", "metadata": {}, "source": "x = 1 < 2  # yes", "outputs": []}]
    made = page(Graded("sun", "ps1", ran=[Ran("ps1", {"cells": cells})]), "zh")
    assert "in zh" in made
    assert "in en" not in made
    assert '<span class="mi">1</span> &lt; <span class="mi">2</span>  <span class="c1"># yes</span></code>' in coloured(made)
