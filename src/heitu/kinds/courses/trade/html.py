"""HTML of strangers as a small tree: made sound and harmless first, then read with the standard library's parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

import nh3

_TAGS = {
    "a", "abbr", "article", "aside", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt",
    "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "kbd", "li",
    "main", "math", "mark", "ol", "p", "pre", "q", "s", "samp", "section", "small", "span", "strong", "sub", "summary", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
}
_ATTRIBUTES = {
    "*": {"class"}, "a": {"href"}, "img": {"src", "alt", "data-equation-content"}, "ol": {"start"}, "math": {"alttext"},
    "td": {"colspan"}, "th": {"colspan"},
}
_VOID = {"br", "hr", "img"}
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.I | re.S)
_LANGUAGE = re.compile(r"<html[^>]*?\blang=[\"']?([A-Za-z-]+)", re.I)
_ACTIVE = re.compile(r"<(iframe|video|audio|object|embed|form|script)\b", re.I)
_ANNOTATED = re.compile(
    r"<math\b(?P<open>[^>]*)>(?:(?!</math>).)*?<annotation[^>]*encoding=[\"']application/x-tex[\"'][^>]*>"
    r"(?P<tex>.*?)</annotation>.*?</math>", re.I | re.S,
)


@dataclass
class Node:
    """An element with its children, elements or text."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def text(self) -> str:
        return "".join(each if isinstance(each, str) else each.text for each in self.children)

    def walk(self) -> Iterator[Node]:
        for each in self.children:
            if isinstance(each, Node):
                yield each
                yield from each.walk()


@dataclass(frozen=True)
class Document:
    """`active` names what a page does that a unit can't: scripts, films, forms."""

    title: str
    language: str
    body: Node
    active: list[str]


def read(text: str) -> Document:
    title, language = _TITLE.search(text), _LANGUAGE.search(text)
    clean = nh3.clean(
        _with_tex(text), tags=_TAGS, attributes=_ATTRIBUTES, clean_content_tags={"script", "style", "title"},
        link_rel=None, url_schemes={"http", "https", "mailto"},
    )
    return Document(
        " ".join(unescape(title[1]).split()) if title else "", language[1].lower() if language else "",
        _tree(clean), sorted({found[1].lower() for found in _ACTIVE.finditer(text)}),
    )


def _with_tex(text: str) -> str:
    """MathML that brings its TeX along, as that TeX."""
    def tex(found: re.Match[str]) -> str:
        display = 'display="block"' in found["open"]
        return f"\\[{found['tex']}\\]" if display else f"\\({found['tex']}\\)"

    return _ANNOTATED.sub(tex, text)


def _tree(clean: str) -> Node:
    builder = _Builder()
    builder.feed(clean)
    builder.close()
    return builder.open[0]


class _Builder(HTMLParser):
    """Of HTML in which every element is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Node("body")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and self.open[-1].tag == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
