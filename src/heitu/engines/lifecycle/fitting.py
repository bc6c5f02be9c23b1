"""From a YAML document to a frozen model, or to every fault of its form: for programmes and the other files of packs."""

from __future__ import annotations

import copy
import operator
import re
import types
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from heitu.engines.lifecycle import marks
from heitu.engines.lifecycle.definitions import Path, line_of
from heitu.engines.lifecycle.faults import DefinitionError, Fault, listed, nearest
from heitu.ground.core.text import Text

_ROUNDS = 4  # of mending: a key put right may show a wrong value, and that another key
Model = TypeVar("Model", bound=BaseModel)


def text_of(path: FilePath) -> str:
    """What the file holds. Raises DefinitionError where that isn't UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        message = Text(zh="文件不是 UTF-8 编码", en="the file is not UTF-8")
        raise DefinitionError([Fault(str(path), line, message)]) from None


def fit(document: marks.Document, model: type[Model]) -> tuple[Model | None, list[Fault]]:
    """Validate; where that fails, again with the parts at fault mended, so that the rest can be checked too.

    Answers the model without the parts at fault, or None when too little is left, and the faults of its form.
    """
    data, faults = document.data, list[Fault]()
    for _ in range(_ROUNDS):
        try:
            return model.model_validate(data), faults
        except ValidationError as error:
            found = _without_echoes(error.errors(), model)
        faults = faults or [_fault(document, each, model) for each in found]
        data = _mended(data, found, model)
    return None, faults


def _without_echoes(errors: list[ErrorDetails], model: type[BaseModel]) -> list[ErrorDetails]:
    """Leave out what is missing only because its key is misspelt."""
    odd = [_path(error) for error in errors if error["type"] == "extra_forbidden"]
    meant = {(*path[:-1], nearest(str(path[-1]), keys_at(model, path[:-1]))) for path in odd}
    return [error for error in errors if error["type"] != "missing" or _path(error) not in meant]


def _mended(data: Any, errors: Iterable[Mapping[str, Any]], model: type[BaseModel]) -> Any:
    """A copy of `data` with the word that was probably meant for each wrong one, and without what can't be guessed."""
    mended = copy.deepcopy(data)
    for error in errors:
        *way, last = _path(error) or (None,)
        place = mended
        for step in way:
            within = isinstance(place, list) or (isinstance(place, dict) and step in place)
            place = operator.getitem(place, step) if within else None
        if isinstance(place, dict) and last in place:
            _mend(place, last, error, model)
    return mended


def _mend(place: dict[Any, Any], key: Any, error: Mapping[str, Any], model: type[BaseModel]) -> None:
    value = place.pop(key)
    if error["type"] == "extra_forbidden":
        meant = nearest(str(key), keys_at(model, _path(error)[:-1]))
        if meant and meant not in place:
            place[meant] = value
    elif (guess := _guess(error)) is not None:
        place[key] = guess


def _guess(error: Mapping[str, Any]) -> Any:
    if error["type"] == "literal_error":
        words = _quoted(error)
        return nearest(str(error["input"]), words) or words[0]
    return _STAND_INS.get(error["type"])


# What takes the place of a value that can't be read, such that no rule on it fails only for this.
_STAND_INS: Mapping[str, Any] = {
    "duration": "9999d", "amount": "0.01", "bilingual": {"zh": "?", "en": "?"},
    "int_type": 1, "greater_than_equal": 1, "less_than_equal": 1,
}


def _quoted(error: Mapping[str, Any]) -> list[str]:
    """The words that a literal may be, which pydantic tells only in a sentence."""
    return re.findall(r"'([^']+)'", error["ctx"]["expected"])


def _path(error: Mapping[str, Any]) -> Path:
    """Where pydantic saw the error; "[key]" means that the key itself is at fault."""
    loc: Path = tuple(error["loc"])
    return loc[:-1] if loc and loc[-1] == "[key]" else loc


def _fault(document: marks.Document, error: Mapping[str, Any], model: type[BaseModel]) -> Fault:
    path = _path(error)
    message, suggestion = _explain(error, path, model)
    return Fault(document.file, line_of(document.lines, path), message, suggestion)


def _explain(error: Mapping[str, Any], path: Path, model: type[BaseModel]) -> tuple[Text, str]:
    """The message, and the nearest right word where the fault is a wrong word."""
    kind, context, last = error["type"], error.get("ctx", {}), str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        keys = keys_at(model, path[:-1])
        zh, en = f"没有“{last}”这个键，可用：{listed(keys)}", f"there is no key “{last}” here, only: {listed(keys)}"
        return Text(zh=zh, en=en), nearest(last, keys)
    if kind == "literal_error":
        words, given = _quoted(error), str(error["input"])
        zh = f"“{last}”不能是“{given}”，可用：{', '.join(words)}"
        en = f"“{last}” can't be “{given}”, only: {', '.join(words)}"
        return Text(zh=zh, en=en), nearest(given, words)
    if "zh" in context:
        return Text(zh=f"“{last}”：{context['zh']}", en=f"“{last}”: {context['en']}"), ""
    template = _MESSAGES.get(kind, ("“{last}”有误：" + error["msg"], "“{last}” is wrong: " + error["msg"]))
    return Text(zh=template[0].format(last=last, **context), en=template[1].format(last=last, **context)), ""


_TEXT = ("“{last}”应为文字（数字请加引号）", "“{last}” should be text (put a number in quotes)")
_WHOLE = ("“{last}”应为整数", "“{last}” should be a whole number")
_KEYS = ("“{last}”应为“键: 值”", "“{last}” should be “key: value” lines")
_LIST = ("“{last}”应为列表，例如 [a, b]", "“{last}” should be a list such as [a, b]")
_EMPTY = ("“{last}”不能为空", "“{last}” can't be empty")
_MESSAGES = {
    "missing": ("缺少“{last}”", "“{last}” is missing"),
    "string_type": _TEXT, "int_type": _WHOLE, "int_parsing": _WHOLE, "int_from_float": _WHOLE,
    "bool_type": ("“{last}”应为 true 或 false", "“{last}” should be true or false"),
    "dict_type": _KEYS, "mapping_type": _KEYS, "model_type": _KEYS, "model_attributes_type": _KEYS,
    "tuple_type": _LIST, "list_type": _LIST, "too_short": _EMPTY,
    "greater_than_equal": ("“{last}”不能小于 {ge}", "“{last}” can't be less than {ge}"),
    "less_than_equal": ("“{last}”不能大于 {le}", "“{last}” can't be more than {le}"),
    "string_pattern_mismatch": (
        "“{last}”不是可用的名字，应符合 {pattern}", "“{last}” is not a name, which should match {pattern}",
    ),
}


def keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the format knows at `path`."""
    part: Any = model
    for step in path:
        part = _inside(_bare(part), step)
    part = _bare(part)
    return list(part.model_fields) if isinstance(part, type) and issubclass(part, BaseModel) else []


def _inside(part: Any, step: str | int) -> Any:
    """What stands under the key or index `step` of `part`."""
    if isinstance(part, type) and issubclass(part, BaseModel):
        return part.model_fields[str(step)].annotation
    arguments = get_args(part)
    return arguments[0] if get_origin(part) is tuple else arguments[-1]


def _bare(part: Any) -> Any:
    """`part` without Annotated and without “or None”."""
    while get_origin(part) in (Annotated, Union, types.UnionType):
        part = next(each for each in get_args(part) if each is not type(None))
    return part
