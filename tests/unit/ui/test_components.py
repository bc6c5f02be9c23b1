from __future__ import annotations

import re
from pathlib import Path

import pytest

import heitu.ui
from heitu.ground.core.text import Text
from tests.unit.ui.conftest import Render

COTTON = Path(heitu.ui.__file__).parent / "templates" / "cotton"
EVIL = '"><script>alert(1)</script>'
BREAKOUT = '" onfocus="alert(1)" autofocus="'


@pytest.mark.parametrize("component", sorted(path.stem for path in COTTON.glob("*.html")))
def test_every_component_stands_with_nothing_given(render: Render, component: str) -> None:
    """Nothing leaks in from the page, and nothing that isn't given counts as given."""
    shown = render(f"<c-{component}>x</c-{component}>", title="LEAK", label="LEAK", tone="LEAK", chart=None)
    assert "LEAK" not in shown
    assert "<c-" not in shown
    assert "True" not in shown


@pytest.mark.parametrize("value", [EVIL, BREAKOUT])
def test_attributes_cannot_break_out(render: Render, value: str) -> None:
    shown = render(
        '<c-button :data-x="x" title="{{ x }}" class="{{ x }}">{{ x }}</c-button><c-card :title="x" :id="x" />', x=value
    )
    assert "<script>" not in shown
    assert ' onfocus="' not in shown


def test_button_is_a_link_with_href(render: Render) -> None:
    assert re.match(
        r'<a class="button primary +" href="/x" hx-get="/y">',
        render('<c-button tone="primary" href="/x" hx-get="/y">a</c-button>'),
    )
    assert render("<c-button disabled>a</c-button>").startswith('<button class="button plain')
    assert " disabled" in render("<c-button disabled>a</c-button>")


def test_stage_track_says_where_and_until_when(render: Render) -> None:
    stops = [
        {"title": Text(zh="申报", en="Apply"), "status": "past", "note": "7 队"},
        {"title": Text(zh="评审", en="Review"), "status": "now"},
        {"title": Text(zh="立项", en="Award"), "status": "next", "owner": Text(zh="项目官员", en="Officer")},
    ]
    shown = render(
        '<c-stage-track :stops="stops" :turn="turn" />', stops=stops, turn={"role": Text(zh="专家", en="Expert")}
    )
    assert shown.count("aria-current") == 1
    assert "7 队" in shown
    assert "专家" in shown
    assert "项目官员" in shown


def test_money_bar_is_exact(render: Render) -> None:
    shown = render('<c-money-bar :total="6800001" :paid="2040000" :held="4760000" />')
    assert "¥ 68,000.01" in shown
    assert "<dd>0.01</dd>" in shown


def test_moves_say_why_not_and_carry_the_count(render: Render) -> None:
    choices = [
        {"event": "approve", "title": "同意", "allowed": True, "tone": "primary", "reason": "absent"},
        {"event": "refuse", "title": "拒绝", "allowed": True, "tone": "danger", "reason": "required"},
        {"event": "close", "title": "结束", "allowed": False, "why": Text(zh="还差 1 份", en="one missing")},
    ]
    shown = render('<c-moves :choices="choices" action="/cases/1/moves/" :moves="0" />', choices=choices)
    assert shown.count('name="expected_moves" value="0"') == 2
    assert 'value="close"' not in shown
    assert "还差 1 份" in shown
    assert "required" in shown


def test_progress_stops_asking_when_finished(render: Render) -> None:
    asking = '<c-progress :done="1" :of="2" url="/p/" {} />'
    assert "hx-get" in render(asking.format(""))
    assert "hx-get" not in render(asking.format("finished"))


def test_score_of_nothing_is_not_zero(render: Render) -> None:
    assert "未评" in render('<c-score-bar title="x" :score="s" />', s=None)
    assert "0<small" in render('<c-score-bar title="x" :score="0" />')
