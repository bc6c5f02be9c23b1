"""Units as HTML: what a reader gets, and nothing that could do harm."""

from __future__ import annotations

import pytest

from heitu.ground.core.text import Language
from heitu.kinds.courses.pack.rendering import Rendered, render
from tests.courses import FIGURE, UNITS


def rendered(text: str, language: Language = "en") -> Rendered:
    return render(text, language=language, drawings={"sum.svg": FIGURE}, link_to=lambda target: f"/to/{target}")


def test_a_unit_as_a_reader_gets_it() -> None:
    made = rendered(UNITS["sums"]["en"])
    assert [title for _, title in made.contents] == ["From a loop to an array"]
    assert f'id="{made.contents[0][0]}"' in made.html
    assert "<h2>From a loop to an array</h2>" in made.html
    assert ">Sums<" not in made.html  # the page shows the title
    assert 'href="/to/errors"' in made.html
    assert 'href="/to/lab:add-up"' in made.html
    assert '<math' in made.html
    assert '<details class="solution"><summary>See the solution</summary>' in made.html
    assert '<p class="admonition-kind">Exercise</p>' in made.html
    assert "Try it" in made.html
    assert '<span class="n">total</span>' in made.html


def test_a_figure_is_drawn_in_the_page() -> None:
    html = rendered(UNITS["sums"]["en"]).html
    assert 'role="img"' in html
    assert 'aria-label="An arrow"' in html
    assert 'stroke="currentColor"' in html
    assert 'id="sum-tip"' in html
    assert 'marker-end="url(#sum-tip)"' in html
    assert "<img" not in html


def test_chinese_runs_on_over_the_end_of_a_line() -> None:
    html = rendered("# 题\n\n## 节\n一行，\n又一行 word\nword 终。\n", "zh").html
    assert "一行，又一行 word\nword 终。" in html
    assert rendered("# 题\n\n## 节\n**一**\n二\n", "zh").html.count("</strong>二") == 1


@pytest.mark.parametrize("text", [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
    ":::{figure} javascript:alert(1)\n:alt: x\n:::", "```{raw} html\n<script>alert(1)</script>\n```",
    "```{include} /etc/passwd\n```", ":::{figure} ../figures/../../etc/passwd\n:::", '[x](https://a.example "\\"onload=x")',
    "$\\href{javascript:alert(1)}{x}$",
])
def test_nothing_harmful_gets_through(text: str) -> None:
    html = rendered(f"# T\n\n## S\n{text}\n").html
    harm = ("<script", 'href="javascript', 'src="javascript', "<img", "root:", "onload=x")
    assert not any(word in html for word in harm), html


def test_what_the_two_languages_call_things() -> None:
    html = rendered(UNITS["errors"]["zh"], "zh").html
    assert '<p class="admonition-kind">说明</p>' in html
