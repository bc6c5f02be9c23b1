"""`{% kept %}` and templates by language: what is kept is what would have been rendered."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.template.loader import get_template
from django.utils import timezone, translation

from heitu.ui import kept


class Counted:
    """Counts how often it is shown."""

    def __init__(self) -> None:
        self.shown = 0

    def __str__(self) -> str:
        self.shown += 1
        return f"shown {self.shown}"


@pytest.fixture
def part() -> Template:
    return Template('{% kept key %}{% t "完" "done" %} {{ thing }}{% endkept %}')


def test_the_same_values_are_rendered_once(part: Template) -> None:
    thing = Counted()
    first = part.render(Context({"key": "a", "thing": thing}))
    assert part.render(Context({"key": "a", "thing": thing})) == first
    assert part.render(Context({"key": "b", "thing": thing})) != first
    assert thing.shown == 2


def test_language_and_time_zone_tell_parts_apart(part: Template) -> None:
    thing = Counted()
    with translation.override("zh-hans"):
        assert part.render(Context({"key": 1, "thing": thing})) == "完 shown 1"
    with translation.override("en"):
        assert part.render(Context({"key": 1, "thing": thing})) == "done shown 2"
        with timezone.override("America/Lima"):
            assert part.render(Context({"key": 1, "thing": thing})) == "done shown 3"


def test_memory_is_bounded(part: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 50)
    for number in range(20):
        part.render(Context({"key": number, "thing": number}))
        assert sum(map(len, kept._shelf.parts.values())) <= 50


def test_a_template_is_compiled_for_each_language() -> None:
    with translation.override("zh-hans"):
        chinese = get_template("ui/keys.html").render({})
    with translation.override("en"):
        english = get_template("ui/keys.html").render({})
    assert "快捷键" in chinese
    assert "Keyboard" not in chinese
    assert "Keyboard" in english
    assert "快捷键" not in english
