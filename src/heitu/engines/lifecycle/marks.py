"""YAML with the line of every key and item, so that each fault can say where it is.

Only plain data is taken: no aliases, no tags, no key twice. `on`, `yes` and `no` are words, as in YAML 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import yaml

from heitu.engines.lifecycle.definitions import Path
from heitu.engines.lifecycle.faults import Fault
from heitu.ground.core.text import Text


@dataclass
class Document:
    """What a file says, with a line for every path into it, and what could not be read."""

    file: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=lambda: {(): 1})
    faults: list[Fault] = field(default_factory=list)

    def fault(self, line: int, zh: str, en: str) -> None:
        self.faults.append(Fault(self.file, line, Text(zh=zh, en=en)))


def read(file: str, text: str) -> Document:
    """Compose `text`; syntax errors, aliases, tags and repeated keys become faults of the document."""
    document = Document(file)
    try:
        node = _composed(text)
        document.data = _value(document, (), node) if node else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        document.fault(line, f"YAML 写法有误：{error.problem}", f"this is not valid YAML: {error.problem}")
    except yaml.YAMLError as error:
        document.fault(1, f"YAML 无法读取：{error}", f"this can't be read as YAML: {error}")
    except RecursionError:
        document.fault(1, "嵌套太深", "nested too deeply")
    return document


def _composed(text: str) -> yaml.Node | None:
    """By libyaml, ten times as fast, where that is sure to find no fault; else by the parser that names faults well."""
    if _is_plain(text):
        try:
            return yaml.compose(text, Loader=_FastComposer)
        except yaml.YAMLError:
            pass
    return _Composer(text).get_single_node()


def _is_plain(text: str) -> bool:
    """No aliases, and not nested so deeply that libyaml, which has no guard against that, could break the process."""
    depth = text.count("[") + text.count("{") + max(map(len, text.splitlines()), default=0)
    return depth < _DEPTH and not _ALIAS.search(text)


_DEPTH = 10_000
_ALIAS = re.compile(r"(?:^|[\s,:\[{-])[*&]\S")


class _Words:
    """Knows null, true/false, whole numbers and decimals; everything else is text."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


class _FastComposer(_Words, yaml.CSafeLoader):
    pass


class WithoutAliases(yaml.SafeLoader):
    """With aliases a few lines could grow without end. Raises ComposerError at the first."""

    def compose_node(self, parent: Any, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed, write it out", mark)
        return super().compose_node(parent, index)


class _Composer(_Words, WithoutAliases):
    pass


_SCALARS: dict[str, tuple[re.Pattern[str] | None, list[str], Callable[[str], Any]]] = {
    "tag:yaml.org,2002:null": (re.compile(r"^(?:~|null|)$"), ["~", "n", ""], lambda text: None),
    "tag:yaml.org,2002:bool": (re.compile(r"^(?:true|false)$"), ["t", "f"], lambda text: text == "true"),
    "tag:yaml.org,2002:int": (re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"), int),
    "tag:yaml.org,2002:float": (
        re.compile(r"^[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?$"), list("-+0123456789"), float,
    ),
    "tag:yaml.org,2002:str": (None, [], str),
}
for _tag, (_pattern, _first, _) in _SCALARS.items():
    for _composer in (_Composer, _FastComposer):
        if _pattern:
            _composer.add_implicit_resolver(_tag, _pattern, _first)


def _value(document: Document, path: Path, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(document, path, node)
    if isinstance(node, yaml.SequenceNode):
        return [_item(document, (*path, index), item) for index, item in enumerate(node.value)]
    return _scalar(document, node)


def _mapping(document: Document, path: Path, node: yaml.MappingNode) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = _scalar(document, key_node)
        if not isinstance(key, (str, int)) or isinstance(key, bool):
            document.fault(line, "键必须是文字", "a key must be a word")
        elif key in found:
            first = document.lines[(*path, key)]
            document.fault(line, f"“{key}”与第 {first} 行重复", f"“{key}” is here twice, first on line {first}")
        else:
            document.lines[(*path, key)] = line
            found[key] = _value(document, (*path, key), value_node)
    return found


def _item(document: Document, path: Path, node: yaml.Node) -> Any:
    document.lines[path] = node.start_mark.line + 1
    return _value(document, path, node)


def _scalar(document: Document, node: yaml.Node) -> Any:
    if not isinstance(node, yaml.ScalarNode):
        return None
    if node.tag not in _SCALARS:
        document.fault(node.start_mark.line + 1, f"不能使用标签 {node.tag}", f"the tag {node.tag} is not allowed")
        return None
    return _SCALARS[node.tag][2](node.value)
