"""From a programme's YAML file to a `Programme`, or to every fault in it at once."""

from __future__ import annotations

import copy
import operator
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from heitu.engines.lifecycle import marks, schemas, shapes
from heitu.engines.lifecycle.definitions import Path, Programme, line_of
from heitu.engines.lifecycle.faults import DefinitionError, Fault, in_order, listed, nearest
from heitu.ground.core.text import Text

_ROUNDS = 4  # of mending: a key put right may show a wrong value, and that another key


def read_programme(path: FilePath) -> Programme:
    """Read a file that must be sound in itself; whether its words are registered is for `checking` to say.

    Raises DefinitionError with all faults. OSError when the file can't be read.
    """
    programme, faults = examine(path)
    if programme is not None:
        faults = [*faults, *shapes.faults_in(programme)]
    if faults or programme is None:
        raise DefinitionError(in_order(faults))
    return programme


def examine(path: FilePath) -> tuple[Programme | None, list[Fault]]:
    """Read a file as far as it goes, so that what is sound can be checked further.

    Answers the programme without the parts at fault, or None when too little is left, and the faults of its form.
    """
    document = marks.read(str(path), _text_of(path))
    if not isinstance(document.data, dict):
        if not document.faults:
            document.fault(1, "文件应当是“键: 值”的列表", "the file should be a list of “key: value”")
        return None, document.faults
    programme, faults = _validated(document)
    if programme is not None and programme.programme != path.stem:
        zh = f"文件名应与 programme 一致：{programme.programme}.yaml"
        en = f"the file should be named after its programme: {programme.programme}.yaml"
        faults.append(Fault(str(path), line_of(document.lines, ("programme",)), Text(zh=zh, en=en)))
    return programme, [*document.faults, *faults]


def _text_of(path: FilePath) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        message = Text(zh="文件不是 UTF-8 编码", en="the file is not UTF-8")
        raise DefinitionError([Fault(str(path), line, message)]) from None


def _validated(document: marks.Document) -> tuple[Programme | None, list[Fault]]:
    """Validate; where that fails, again with the parts at fault mended, so that the rest can be checked too."""
    data, faults = document.data, list[Fault]()
    for _ in range(_ROUNDS):
        try:
            return Programme.model_validate(data).found_at(document.file, document.lines), faults
        except ValidationError as error:
            found = _without_echoes(error.errors())
        faults = faults or [_fault(document, each) for each in found]
        data = _mended(data, found)
    return None, [*faults, *_forms_alone(document)]


def _without_echoes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out what is missing only because its key is misspelt."""
    odd = [_path(error) for error in errors if error["type"] == "extra_forbidden"]
    meant = {(*path[:-1], nearest(str(path[-1]), _keys_at(path[:-1]))) for path in odd}
    return [error for error in errors if error["type"] != "missing" or _path(error) not in meant]


def _forms_alone(document: marks.Document) -> Iterator[Fault]:
    forms = document.data.get("forms")
    for name, schema in forms.items() if isinstance(forms, dict) else ():
        for path, message, suggestion in schemas.faults_in(schema) if isinstance(schema, dict) else ():
            yield Fault(document.file, line_of(document.lines, ("forms", name, *path)), message, suggestion)


def _mended(data: Any, errors: Iterable[Mapping[str, Any]]) -> Any:
    """A copy of `data` with the word that was probably meant for each wrong one, and without what can't be guessed."""
    mended = copy.deepcopy(data)
    for error in errors:
        *way, last = _path(error) or (None,)
        place = mended
        for step in way:
            within = isinstance(place, list) or (isinstance(place, dict) and step in place)
            place = operator.getitem(place, step) if within else None
        if isinstance(place, dict) and last in place:
            _mend(place, last, error)
    return mended


def _mend(place: dict[Any, Any], key: Any, error: Mapping[str, Any]) -> None:
    value = place.pop(key)
    if error["type"] == "extra_forbidden":
        meant = nearest(str(key), _keys_at(_path(error)[:-1]))
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


def _fault(document: marks.Document, error: Mapping[str, Any]) -> Fault:
    path = _path(error)
    message, suggestion = _explain(error, path)
    return Fault(document.file, line_of(document.lines, path), message, suggestion)


def _explain(error: Mapping[str, Any], path: Path) -> tuple[Text, str]:
    """The message, and the nearest right word where the fault is a wrong word."""
    kind, context, last = error["type"], error.get("ctx", {}), str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        keys = _keys_at(path[:-1])
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


def _keys_at(path: Path) -> list[str]:
    """The keys that the format knows at `path`."""
    part: Any = Programme
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
