"""Forms: JSON Schemas (2020-12) whose titles and descriptions may be bilingual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator

from heitu.engines.lifecycle.definitions import Path, Programme
from heitu.engines.lifecycle.faults import nearest
from heitu.ground.core.errors import Refused
from heitu.ground.core.money import parse_yuan
from heitu.ground.core.text import Text

_formats = FormatChecker()
_KEYWORDS = frozenset(Draft202012Validator.VALIDATORS) | {
    "title", "description", "default", "examples", "format", "then", "else", "deprecated", "readOnly", "writeOnly",
}
_SCHEMAS_BY_NAME = ("properties", "patternProperties", "$defs", "dependentSchemas")
_SCHEMA_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SCHEMAS = ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames")


@_formats.checks("yuan", raises=Refused)
def _is_yuan(value: object) -> bool:
    """An amount as `parse_yuan` takes it; what it refuses says by which rule."""
    return not isinstance(value, str) or parse_yuan(value) >= 0


def faults_in(schema: Mapping[str, Any]) -> Iterator[tuple[Path, Text, str]]:
    """(path inside the schema, message, nearest right word) for whatever is no sound form."""
    if schema.get("type") != "object":
        yield ("type",), Text(zh="表单的 type 必须是 object", en="a form's type must be object"), "object"
    metaschema: Validator = Draft202012Validator(Draft202012Validator.META_SCHEMA, format_checker=_formats)
    for error in metaschema.iter_errors(plain(schema)):
        zh, en = f"不是有效的 JSON Schema：{error.message}", f"this is not valid JSON Schema: {error.message}"
        yield tuple(error.absolute_path), Text(zh=zh, en=en), nearest(str(error.instance), _words_for(error))
    yield from _odd_keys(schema, ())


def _words_for(error: ValidationError) -> list[str]:
    """The words that would have been right where the error, or an alternative of it, is a wrong word."""
    lists: list[Any] = [each.validator_value for each in (error, *(error.context or ())) if each.validator == "enum"]
    return [word for words in lists for word in words if isinstance(word, str)]


def _odd_keys(schema: Any, path: Path) -> Iterator[tuple[Path, Text, str]]:
    """Keys that look like a misspelt keyword (JSON Schema itself ignores unknown ones), and references elsewhere."""
    for key, value in schema.items() if isinstance(schema, Mapping) else ():
        meant = "" if key in _KEYWORDS else nearest(key, _KEYWORDS)
        if meant:
            yield (*path, key), Text(zh=f"JSON Schema 没有“{key}”", en=f"JSON Schema has no “{key}”"), meant
        if key == "$ref" and not str(value).startswith("#"):
            yield (*path, key), Text(zh="只能引用本表单之内", en="only references inside this form are allowed"), ""
        yield from _odd_keys_below(key, value, (*path, key))


def _odd_keys_below(key: str, value: Any, path: Path) -> Iterator[tuple[Path, Text, str]]:
    if key in _SCHEMAS:
        yield from _odd_keys(value, path)
    elif key in _SCHEMAS_BY_NAME and isinstance(value, Mapping):
        for name, each in value.items():
            yield from _odd_keys(each, (*path, name))
    elif key in _SCHEMA_LISTS and isinstance(value, list):
        for index, each in enumerate(value):
            yield from _odd_keys(each, (*path, index))


def plain(schema: Any) -> Any:
    """The schema with bilingual titles and descriptions turned into strings, as JSON Schema wants them."""
    if isinstance(schema, Mapping):
        return {key: _plain_text(value) if key in ("title", "description") else plain(value)
                for key, value in schema.items()}
    return [plain(each) for each in schema] if isinstance(schema, list) else schema


def _plain_text(value: Any) -> Any:
    bilingual = isinstance(value, Mapping) and value and all(
        key in ("zh", "en") and isinstance(each, str) for key, each in value.items()
    )
    return Text.model_validate(value).in_("zh") if bilingual else plain(value)


def problems_with(programme: Programme, form: str, data: Mapping[str, Any]) -> list[tuple[str, Text]]:
    """(field, message) for whatever in `data` the form called `form` doesn't allow; field "" is the whole form."""
    errors = sorted(_validator(programme, form).iter_errors(dict(data)), key=lambda error: list(map(str, error.path)))
    return [(_field(error), _message(error)) for error in errors]


def _validator(programme: Programme, form: str) -> Validator:
    key = (programme.digest, form)
    if key not in _validators:
        _validators[key] = Draft202012Validator(plain(programme.forms[form]), format_checker=_formats)
    return _validators[key]


def _field(error: ValidationError) -> str:
    """The dotted name of the field; a missing or surplus one is named itself, not the object around it."""
    path = [str(step) for step in error.absolute_path]
    instance, schema, rule = cast(tuple[Any, Any, Any], (error.instance, error.schema, error.validator_value))
    if error.validator == "required":  # one error for each name, which only the message tells
        path += [name for name in rule if name not in instance and error.message.startswith(repr(name))]
    if error.validator == "additionalProperties":
        path += [name for name in instance if name not in schema.get("properties", {})][:1]
    return ".".join(path)


def _message(error: ValidationError) -> Text:
    if isinstance(error.cause, Refused):
        return error.cause.message
    zh, en = _MESSAGES.get(str(error.validator), ("填写不符合要求：{message}", "this doesn't fit the form: {message}"))
    words = {"limit": error.validator_value, "message": error.message}
    return Text(zh=zh.format(**words), en=en.format(**words))


_MESSAGES = {
    "required": ("这一项必填", "this is required"),
    "additionalProperties": ("表单里没有这一项", "the form has no such field"),
    "type": ("类型不对，应为 {limit}", "this should be of type {limit}"),
    "enum": ("只能是 {limit} 之一", "this should be one of {limit}"),
    "const": ("只能是 {limit}", "this should be {limit}"),
    "minLength": ("至少 {limit} 个字", "at least {limit} characters"),
    "maxLength": ("最多 {limit} 个字", "at most {limit} characters"),
    "minimum": ("不能小于 {limit}", "this can't be less than {limit}"),
    "maximum": ("不能大于 {limit}", "this can't be more than {limit}"),
    "exclusiveMinimum": ("必须大于 {limit}", "this must be more than {limit}"),
    "exclusiveMaximum": ("必须小于 {limit}", "this must be less than {limit}"),
    "multipleOf": ("必须是 {limit} 的倍数", "this must be a multiple of {limit}"),
    "minItems": ("至少 {limit} 项", "at least {limit} entries"),
    "maxItems": ("最多 {limit} 项", "at most {limit} entries"),
    "uniqueItems": ("不能重复", "entries can't repeat"),
    "pattern": ("格式不对", "this has the wrong form"),
    "format": ("格式不对，应为 {limit}", "this should be a valid {limit}"),
}
_validators: dict[tuple[str, str], Validator] = {}
