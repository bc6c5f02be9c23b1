"""Markdown of strangers becomes harmless, well-ordered HTML."""

from __future__ import annotations

import pytest

from heitu.stages.calls.statement import render


@pytest.mark.parametrize(("text", "html"), [
    ("# a\n### b\n## c", "<h3>a</h3>\n<h4>b</h4>\n<h4>c</h4>\n"),
    ("## a\n# b", "<h3>a</h3>\n<h3>b</h3>\n"),
    ("<b onclick=x>hi</b>", "<p>&lt;b onclick=x&gt;hi&lt;/b&gt;</p>\n"),
    ("![x](http://tracker.example/a.png)", "<p></p>\n"),
    ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
    ("", ""),
])
def test_render(text: str, html: str) -> None:
    assert render(text) == html
