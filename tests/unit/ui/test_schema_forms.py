from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from heitu.ground.core.errors import refuse
from heitu.ui.forms import tell
from heitu.ui.gallery.parts import SCHEMA
from heitu.ui.schema_forms import answers, form_for
from tests.unit.ui.conftest import Render

GOOD = {
    "title": "融合 RMSNorm",
    "approach": "先归约，再缩放。",
    "kind": "fused",
    "cards": "120",
    "ready": "2026-04-01",
    "repository": "https://example.org/r",
    "papers": "甲\n\n 乙 \n",
    "promise": "on",
}


def one(part: dict[str, Any], value: str | list[str] | None, draft: bool = False) -> Any:
    schema = {"properties": {"x": {"title": {"zh": "字段", "en": "Field"}, **part}}, "required": ["x"]}
    return form_for(schema, draft=draft)({} if value is None else {"x": value})


def test_answers_are_plain_json() -> None:
    form = form_for(SCHEMA)(GOOD)
    assert form.is_valid(), form.errors
    assert answers(form) == {
        **GOOD,
        "cards": 120,
        "papers": ["甲", "乙"],
        "promise": True,
    }


def test_errors_name_the_field_and_the_fix_in_both_languages() -> None:
    form = form_for(SCHEMA)({**GOOD, "cards": "9000", "title": "短"})
    assert form.errors["cards"] == ["“所需卡时”不能大于 2000，请改小一些。"]
    assert form.errors["title"] == ["“方案名称”至少 4 个字，现在 1 个，请补充。"]
    with translation.override("en"):
        english = form_for(SCHEMA)({**GOOD, "cards": "many"})
        assert english.errors["cards"] == ["Card-hours: a whole number is needed, such as 42."]


def test_what_was_typed_stays(render: Render) -> None:
    shown = render(
        '<c-form :form="form" submit="x" />', form=form_for(SCHEMA)({**GOOD, "cards": "九千", "repository": "::"})
    )
    assert 'value="九千"' in shown
    assert 'value="::"' in shown
    assert shown.count('aria-invalid="true"') == 2
    assert 'id="id_cards_error"' in shown
    assert 'aria-describedby="id_cards_error"' in shown


def test_a_draft_needs_nothing_but_sense() -> None:
    assert form_for(SCHEMA, draft=True)({}).is_valid()
    assert not form_for(SCHEMA, draft=True)({"cards": "x"}).is_valid()


@pytest.mark.parametrize(
    ("part", "good", "bad"),
    [
        ({"type": "string", "pattern": "^[A-Z]{2}$", "examples": ["ZZ"]}, "ZZ", "z"),
        ({"type": "string", "format": "email"}, "a@b.edu", "a"),
        ({"type": "string", "format": "date"}, "2026-02-28", "2026-02-30"),
        ({"type": "string", "format": "uri"}, "https://example.org/c", "::"),
        ({"type": "number", "minimum": 0.5}, "0.5", "0.4"),
        ({"type": "integer"}, "7", "7.5"),
        ({"type": "boolean", "const": True}, "on", None),
        ({"enum": ["a", "b"]}, "a", "c"),
        ({"oneOf": [{"const": "a", "title": {"zh": "甲", "en": "A"}}]}, "a", "甲"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2}, "a\nb", "a"),
        ({"type": "array", "items": {"type": "string"}}, "a", "  "),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, ["a", "b"], ["c"]),
    ],
)
def test_kinds(part: dict[str, Any], good: str | list[str], bad: str | list[str] | None) -> None:
    assert one(part, good).is_valid(), one(part, good).errors
    wrong = one(part, bad)
    assert not wrong.is_valid()
    assert "字段" in wrong.errors["x"][0]


def test_an_unknown_kind_is_refused_when_the_form_is_made() -> None:
    with pytest.raises(ValueError, match="“x”"):
        one({"type": "object"}, None)


def test_a_refusal_lands_on_its_field() -> None:
    form = form_for(SCHEMA)(GOOD)
    tell(form, refuse("over", "超过上限。", "Over the limit.", field="cards"))
    tell(form, refuse("closed", "已截止。", "Closed.", field="elsewhere"))
    assert form.errors["cards"] == ["超过上限。"]
    assert form.non_field_errors() == ["已截止。"]
