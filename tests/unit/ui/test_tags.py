from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import TemplateSyntaxError
from django.utils import timezone

from heitu.ground.core.text import Text
from heitu.ui.templatetags import heitu as tags
from tests.unit.ui.conftest import Render

NOW = datetime(2026, 3, 19, 6, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def shanghai() -> None:
    timezone.deactivate()


def test_t_speaks_the_readers_language(render: Render) -> None:
    assert render('{% t "保存" "Save" %}') == "保存"
    assert render('{% t "保存" "Save" %}', language="en") == "Save"


def test_t_fills_in_and_escapes(render: Render) -> None:
    shown = render('{% t "{who} 的队" "team of {who}" who=name %}', language="en", name="<b>Lin</b>")
    assert shown == "team of &lt;b&gt;Lin&lt;/b&gt;"


def test_t_as_name_and_in_an_attribute(render: Render) -> None:
    assert render('{% t "甲" "A" as x %}[{{ x }}]') == "[甲]"
    assert ">甲<" in render("<c-card title=\"{% t '甲' 'A' %}\">…</c-card>")


@pytest.mark.parametrize("source", ['{% t "只有中文" %}', '{% t "甲" "A" "B" %}'])
def test_t_refuses_what_it_does_not_understand(render: Render, source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        render(source)


def test_text_marks_the_other_language(render: Render) -> None:
    both, only = Text(zh="黑土", en="Heitu & co"), Text(zh="黑土")
    assert render("{% text x %}", x=both) == "黑土"
    assert render("{% text x other=True %}", x=both) == '<span lang="en">Heitu &amp; co</span>'
    assert render("{% text x %}", x=only, language="en") == '<span lang="zh-Hans">黑土</span>'
    assert render("{% text x other=True %}", x=only) == ""
    assert render("{% text x %}{% text y %}", x="<i>", y=None) == "&lt;i&gt;"


def test_money_and_numbers() -> None:
    assert [tags.yuan(fen) for fen in (6_800_000, 1, -250, None)] == ["68,000.00", "0.01", "-2.50", ""]
    assert [tags.number(n) for n in (12345, 0, None)] == ["12,345", "0", "–"]


@pytest.mark.parametrize(
    ("gap", "zh", "en"),
    [
        (timedelta(seconds=20), "刚刚", "just now"),
        (timedelta(minutes=-1), "1 分钟前", "1 minute ago"),
        (timedelta(days=6, hours=3), "还有 6 天", "in 6 days"),
        (timedelta(days=-400), "1 年前", "1 year ago"),
    ],
)
def test_ago(render: Render, gap: timedelta, zh: str, en: str) -> None:
    assert f">{zh}<" in render("{{ at|ago:now }}", at=NOW + gap, now=NOW)
    assert f">{en}<" in render("{{ at|ago:now }}", at=NOW + gap, now=NOW, language="en")


def test_moments_and_days(render: Render) -> None:
    assert ">2026年3月19日 14:05<" in render("{{ at|when }}", at=NOW)
    assert ">19 Mar 2026, 14:05<" in render("{{ at|when }}", at=NOW, language="en")
    assert ">3月19日<" in render("{{ at|day:at }}", at=NOW)
    assert ">2 Jan 2025<" in render("{{ d|day:at }}", d=date(2025, 1, 2), at=NOW, language="en")
    assert render("{{ at|when }}{{ at|day }}{{ at|ago }}", at=None) == ""


def test_query_changes_one_parameter(render: Render) -> None:
    assert render("{% query page=3 %}", path="/?q=a&page=2") == "?q=a&amp;page=3"
    assert render("{% query q=None %}", path="/?q=a&kind=b&kind=c") == "?kind=b&amp;kind=c"


def test_shares_never_pass_the_whole() -> None:
    assert tags.shares(2040, 4760, 6800) == {"first": 30.0, "second": 70.0, "rest": 0}
    assert tags.shares(0, 0, 0) == {"first": 0, "second": 0, "rest": 0}
    assert tags.shares(8, 4, 6)["first"] == pytest.approx(66.67)
    assert tags.shares(8, 4, 6)["rest"] == -6
