"""Django forms from JSON Schemas, so that a programme's forms are data.

Understood per property: `type` string, integer, number, boolean, array of strings; `enum` with `titles`, or `oneOf`
of {const, title}; `format` date, uri, email; `minLength maxLength minimum maximum minItems maxItems pattern default`;
`const: true` on a boolean that must be ticked; `long: true` for a text of several lines. Titles, descriptions and
choice titles are a string or {zh, en}. A property that isn't understood raises ValueError when the form is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.functional import lazystr

from heitu.ground.core.text import Text

Schema = Mapping[str, Any]
LONG = 200  # characters; a string that may be longer gets a text area
RADIOS = 4  # choices; more than that go into a select


def form_for(schema: Schema, *, draft: bool = False, name: str = "SchemaForm") -> type[forms.Form]:
    """Make a form class from an object schema. In a draft nothing is required yet."""
    required = set() if draft else set(schema.get("required", ()))
    fields = {key: _field(key, part, key in required, draft) for key, part in schema.get("properties", {}).items()}
    return type(name, (forms.Form,), fields)


def answers(form: forms.Form) -> dict[str, Any]:
    """A valid form's answers as plain JSON; what was left empty is left out."""
    return {key: _plain(value) for key, value in form.cleaned_data.items() if value not in (None, "", [])}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _field(key: str, part: Schema, required: bool, draft: bool) -> forms.Field:
    title = _text(part.get("title", key))
    make = _MAKERS.get(_kind(part))
    if make is None:
        raise ValueError(f"form field “{key}” has a type that forms don't know: {part.get('type')!r}")
    field = make(part, title, required, draft)
    field.label = lazystr(title)
    field.help_text = lazystr(_text(part.get("description", "")))
    field.initial = part.get("default", field.initial)
    return field


def _kind(part: Schema) -> str:
    if "enum" in part or "oneOf" in part:
        return "choice"
    if part.get("type") == "array":
        return "choices" if {"enum", "oneOf"} & set(part.get("items", {})) else "lines"
    if part.get("type") == "string" and part.get("format") in {"date", "uri", "email"}:
        return str(part["format"])
    return str(part.get("type"))


def _text(value: Any) -> Text:
    if isinstance(value, Text):
        return value
    return Text.model_validate(value) if isinstance(value, Mapping) else Text(zh=str(value), en=str(value))


def _says(title: Text, zh: str, en: str) -> Any:
    """A message that names the field and the fix, in the reader's language when it is shown."""
    return lazystr(Text(zh=f"“{title.in_('zh')}”{zh}", en=f"{title.in_('en')}: {en}"))


def _messages(title: Text, **more: tuple[str, str]) -> dict[str, Any]:
    base = {"required": ("是必填项，请填写。", "this is needed, please fill it in.")}
    return {code: _says(title, zh, en) for code, (zh, en) in (base | more).items()}


_LENGTHS = {
    "min_length": (
        "至少 %(limit_value)d 个字，现在 %(show_value)d 个，请补充。",
        "at least %(limit_value)d characters; there are %(show_value)d now, please add to it.",
    ),
    "max_length": (
        "最多 %(limit_value)d 个字，现在 %(show_value)d 个，请删减。",
        "at most %(limit_value)d characters; there are %(show_value)d now, please shorten it.",
    ),
}
_LIMITS = {
    "min_value": (
        "不能小于 %(limit_value)s，请改大一些。",
        "can't be less than %(limit_value)s, please enter a larger number.",
    ),
    "max_value": (
        "不能大于 %(limit_value)s，请改小一些。",
        "can't be more than %(limit_value)s, please enter a smaller number.",
    ),
}


def _string(part: Schema, title: Text, required: bool, draft: bool) -> forms.Field:
    longest = part.get("maxLength")
    is_long = part.get("long", longest is not None and longest > LONG)
    field = forms.CharField(
        required=required,
        max_length=longest,
        min_length=None if draft else part.get("minLength"),
        widget=forms.Textarea(attrs={"rows": 5}) if is_long else forms.TextInput(),
        error_messages=_messages(title, **_LENGTHS),
    )
    field.widget.attrs.pop("maxlength", None)  # browsers would cut a pasted text without a word
    if "pattern" in part and not draft:
        field.validators.append(_pattern(part, title))
    return field


def _pattern(part: Schema, title: Text) -> RegexValidator:
    example = part.get("examples", [""])[0]
    zh = f"格式不对，请参照：{example}" if example else "格式不对，请检查。"
    en = f"not in the right form; write it like {example}" if example else "not in the right form, please check."
    return RegexValidator(part["pattern"], message=_says(title, zh, en))


def _email(part: Schema, title: Text, required: bool, draft: bool) -> forms.Field:
    wrong = ("不是邮箱地址，应像 name@example.edu。", "not an e-mail address; it looks like name@example.edu.")
    return forms.EmailField(required=required, error_messages=_messages(title, invalid=wrong))


def _uri(part: Schema, title: Text, required: bool, draft: bool) -> forms.Field:
    wrong = ("不是网址，应像 https://example.org/repo。", "not an address; it looks like https://example.org/repo.")
    return forms.URLField(required=required, assume_scheme="https", error_messages=_messages(title, invalid=wrong))


def _date(part: Schema, title: Text, required: bool, draft: bool) -> forms.Field:
    wrong = ("不是日期，应像 2026-03-01。", "not a date; it looks like 2026-03-01.")
    return forms.DateField(
        required=required,
        input_formats=["%Y-%m-%d"],
        error_messages=_messages(title, invalid=wrong),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _number(make: type[forms.IntegerField], wrong: tuple[str, str]) -> Callable[..., forms.Field]:
    def field(part: Schema, title: Text, required: bool, draft: bool) -> forms.Field:
        return make(
            required=required,
            min_value=part.get("minimum"),
            max_value=part.get("maximum"),
            error_messages=_messages(title, invalid=wrong, **_LIMITS),
        )

    return field


def _boolean(part: Schema, title: Text, required: bool, draft: bool) -> forms.Field:
    must = part.get("const") is True and not draft
    wrong = ("需要勾选才能继续。", "please tick this to go on.")
    return forms.BooleanField(required=must, error_messages=_messages(title, required=wrong))


def _options(part: Schema) -> list[tuple[str, Any]]:
    if "oneOf" in part:
        return [(one["const"], lazystr(_text(one.get("title", one["const"])))) for one in part["oneOf"]]
    titles = part.get("titles", {})
    return [(value, lazystr(_text(titles.get(value, value)))) for value in part["enum"]]


def _choice(part: Schema, title: Text, required: bool, draft: bool) -> forms.Field:
    options = _options(part)
    empty = [] if required else [("", lazystr(Text(zh="未选", en="None")))]
    few = len(options) <= RADIOS
    start = [("", lazystr(Text(zh="请选择", en="Choose one")))] if required else empty
    wrong = ("请从列出的选项中选一个。", "please choose one of those listed.")
    return forms.ChoiceField(
        required=required,
        choices=[*(empty if few else start), *options],
        widget=forms.RadioSelect() if few else forms.Select(),
        error_messages=_messages(title, invalid_choice=wrong),
    )


def _choices(part: Schema, title: Text, required: bool, draft: bool) -> forms.Field:
    wrong = ("请从列出的选项中选择。", "please choose from those listed.")
    field = forms.MultipleChoiceField(
        required=required,
        choices=_options(part["items"]),
        widget=forms.CheckboxSelectMultiple(),
        error_messages=_messages(title, invalid_choice=wrong),
    )
    field.validators.append(_how_many(part, title, draft))
    return field


class LinesField(forms.CharField):
    """Several strings, one a line; empty lines don't count."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]


def _lines(part: Schema, title: Text, required: bool, draft: bool) -> forms.Field:
    field = LinesField(required=required, error_messages=_messages(title))
    field.validators = [_how_many(part, title, draft)]
    return field


def _how_many(part: Schema, title: Text, draft: bool) -> Callable[[list[str]], None]:
    least, most = 0 if draft else part.get("minItems", 0), part.get("maxItems")

    def check(values: list[str]) -> None:
        count = len(values)
        if count < least:
            raise ValidationError(
                _says(title, f"至少 {least} 项，现在 {count} 项。", f"at least {least}, there are {count} now.")
            )
        if most is not None and count > most:
            raise ValidationError(
                _says(title, f"最多 {most} 项，现在 {count} 项。", f"at most {most}, there are {count} now.")
            )

    return check


_MAKERS: dict[str, Callable[..., forms.Field]] = {
    "string": _string,
    "email": _email,
    "uri": _uri,
    "date": _date,
    "integer": _number(forms.IntegerField, ("应为整数，例如 42。", "a whole number is needed, such as 42.")),
    "number": _number(forms.FloatField, ("应为数字，例如 3.5。", "a number is needed, such as 3.5.")),
    "boolean": _boolean,
    "choice": _choice,
    "choices": _choices,
    "lines": _lines,
}
