"""Units are MyST Markdown: from its text to docutils' tree, with what is wrong and nothing that could do harm.

What a unit may use is the list in docs/how-to/write-a-course.md; docutils alone would allow much more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

from docutils import nodes, utils
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Directive, directives
from docutils.writers.html5_polyglot import Writer
from myst_parser.parsers.docutils_ import Parser

from heitu.engines.lifecycle.faults import nearest
from heitu.ground.core.text import Text
from heitu.kinds.courses.pack import formulas

DIRECTIVES = ("note", "tip", "warning", "exercise", "solution", "figure")
_SETTINGS: dict[str, Any] = {
    "file_insertion_enabled": False, "raw_enabled": True,  # so that it can be found, told and left out
    "_disable_config": True, "math_output": "MathML",
    "halt_level": 5, "report_level": 5, "warning_stream": False, "initial_header_level": 2, "doctitle_xform": False,
    "embed_stylesheet": False, "stylesheet_path": "", "syntax_highlight": "short", "cloak_email_addresses": False,
    "myst_enable_extensions": ["dollarmath", "colon_fence"], "myst_all_links_external": True,
    "myst_suppress_warnings": ["myst.header"], "language_code": "en",
}
_DIRECTIVE = re.compile(r"^\s*(?::{3,}|`{3,}|~{3,})\{([^}]*)\}", re.M)
# Code as a whole, so that `{x}` in it isn't taken for a role.
_ROLE_OR_CODE = re.compile(r"(?:\{([a-zA-Z][\w:-]*)\})?(`+)(?:.+?)(?<!`)\2(?!`)")
_WARNINGS = 2  # and whatever is worse
Said = tuple[int, Text, str]  # line, what is wrong, the nearest right word


@dataclass
class Document:
    """A unit's tree, and what was wrong with its text."""

    tree: nodes.document
    said: list[Said] = field(default_factory=list)


class Exercise(Directive):
    """`:::{exercise} Title`."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        node = nodes.admonition("", classes=["exercise"])
        if self.arguments:
            inside, messages = self.state.inline_text(self.arguments[0], self.lineno)
            node += [nodes.title(self.arguments[0], "", *inside), *messages]
        return _filled(self, node)


class Solution(Directive):
    """`:::{solution}`, folded on the page."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        return _filled(self, nodes.container("", classes=["solution"]))


def _filled(directive: Directive, node: nodes.Element) -> list[nodes.Node]:
    node.line = directive.lineno
    directive.state.nested_parse(directive.content, directive.content_offset, node)
    return [node]


def parse(text: str) -> Document:
    """The tree of a unit; what its syntax has wrong, by line."""
    _register()
    settings = _settings()
    tree = utils.new_document("unit", settings)
    document = Document(tree)
    tree.reporter.attach_observer(lambda message: document.said.extend(_reported(message)))
    Parser().parse(text, tree)
    formulas.respell(tree)
    document.said += _forbidden(text, tree)
    return document


@cache
def _register() -> None:
    directives.register_directive("exercise", Exercise)
    directives.register_directive("solution", Solution)


@cache
def _settings() -> Any:
    settings = get_default_settings(Parser, Writer)
    for name, value in _SETTINGS.items():
        setattr(settings, name, value)
    return settings


def _reported(message: nodes.system_message) -> Iterator[Said]:
    if message["level"] >= _WARNINGS:
        words = message.astext()
        yield message.get("line") or 1, Text(zh=f"MyST 写法有误：{words}", en=f"this is not sound MyST: {words}"), ""


def _forbidden(text: str, tree: nodes.document) -> Iterator[Said]:
    """Directives, roles and HTML that a unit has no use for."""
    for found in _DIRECTIVE.finditer(text):
        if found[1] not in DIRECTIVES:
            line = text.count("\n", 0, found.start(1)) + 1
            zh, en = f"不能用指令“{found[1]}”", f"the directive “{found[1]}” is not for units"
            yield line, Text(zh=zh, en=en), nearest(found[1], DIRECTIVES)
    for found in _ROLE_OR_CODE.finditer(text):
        if found[1]:
            line = text.count("\n", 0, found.start()) + 1
            yield line, Text(zh=f"不能用角色“{found[1]}”", en=f"the role “{found[1]}” is not for units"), ""
    for raw in tree.findall(nodes.raw):
        yield line_of(raw), Text(zh="不能写 HTML", en="raw HTML is not allowed"), ""


def line_of(node: nodes.Node) -> int:
    """Where the node stands, or what holds it."""
    place: nodes.Node | None = node
    while place is not None:
        if place.line:
            return int(place.line)
        place = place.parent
    return 1
