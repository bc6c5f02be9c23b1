"""A unit as HTML that is safe to put into a page; pure, and the same for everybody, so that it is made once and kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape

import nh3
from docutils import nodes
from docutils.writers.html5_polyglot import HTMLTranslator

from heitu.engines.grading import formulas, showing
from heitu.ground.core.text import Language
from heitu.kinds.courses.pack import figures, myst
from heitu.kinds.courses.pack.units import LAB

_TAGS = {
    "a", "aside", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "details", "div", "dl", "dt", "em",
    "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "main", "ol", "p", "pre", "section", "small",
    "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
} | formulas.TAGS
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"class", "id"}, "a": {"href", "title"}, "img": {"src", "alt"}, "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"}, "ol": {"start", "type"}, **dict.fromkeys(formulas.TAGS, formulas.ATTRIBUTES),
}
_IMAGE = re.compile(r"<img\b[^>]*>")
_NAME = re.compile(r'\bsrc="\.\./figures/([^"]+)"')
_ALT = re.compile(r'\balt="([^"]*)"')
# Chinese runs on over the end of a line: a break between two such characters isn't a space.
_WIDE = "\u2e80-\u303f\u3040-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’—…"
_INLINE = "strong|em|code|a|span"
_BREAK = re.compile(rf"([{_WIDE}](?:</(?:{_INLINE})>)?)\n((?:<(?:{_INLINE})\b[^>]*>)?)(?=[{_WIDE}])")
_CODE = re.compile(r"(<pre\b.*?</pre>)", re.S)
_SOLUTION: dict[Language, str] = {"zh": "看解答", "en": "See the solution"}
_TITLES: dict[Language, dict[str, str]] = {
    "zh": {"note": "说明", "tip": "提示", "warning": "注意", "exercise": "练习"},
    "en": {"note": "Note", "tip": "Tip", "warning": "Take care", "exercise": "Exercise"},
}


@dataclass(frozen=True)
class Rendered:
    """`contents` are (anchor, title) of the unit's sections."""

    html: str
    contents: list[tuple[str, str]]


def render(
    text: str, *, language: Language, drawings: Mapping[str, str], link_to: Callable[[str], str], has_title: bool = True
) -> Rendered:
    """The unit without its title, which the page shows. `drawings`: SVG by file name. `link_to`: the address of a
    unit's id or “lab:” and a lab's id. Where it `has_title` no longer, its first heading is one like the rest."""
    clean, tree = without_figures(text, language=language, link_to=link_to, has_title=has_title)
    return Rendered(_IMAGE.sub(lambda found: _drawn(found, drawings), clean), _contents(tree))


def without_figures(
    text: str, *, language: Language, link_to: Callable[[str], str], has_title: bool = True,
    translate: type[Translator] | None = None,
) -> tuple[str, nodes.document]:
    """Safe HTML in which figures are still images with the address that the unit gives them, and the unit's tree."""
    tree = myst.parse(text).tree
    if has_title:
        _untitled(tree)
    _linked(tree, link_to)
    translator = (translate or Translator)(tree, language)
    tree.walkabout(translator)
    html = "".join(translator.body)
    clean = nh3.clean(
        _joined(html) if language == "zh" else html, tags=_TAGS, attributes=_ATTRIBUTES, link_rel="noopener noreferrer",
        url_schemes={"http", "https", "mailto"},
    )
    return clean, tree


def coloured(code: str) -> str:
    """Python in the classes that the units' own code has."""
    return f"<pre><code>{showing.code(code)}</code></pre>"


class Translator(HTMLTranslator):
    """docutils' own HTML, with titles in the unit's language and solutions folded."""

    def __init__(self, document: nodes.document, language: Language) -> None:
        super().__init__(document)
        self.unit_language = language

    def visit_container(self, node: nodes.container) -> None:
        if "solution" not in node["classes"]:
            super().visit_container(node)
            return
        self.body.append(f'<details class="solution"><summary>{_SOLUTION[self.unit_language]}</summary>')

    def depart_container(self, node: nodes.container) -> None:
        if "solution" not in node["classes"]:
            super().depart_container(node)
            return
        self.body.append("</details>")

    def visit_admonition(self, node: nodes.Element) -> None:
        kind = "exercise" if "exercise" in node["classes"] else node.tagname
        self.body.append(f'<aside class="admonition {kind}"><p class="admonition-kind">{_TITLES[self.unit_language][kind]}</p>')

    def depart_admonition(self, node: nodes.Element) -> None:
        self.body.append("</aside>")

    visit_note = visit_tip = visit_warning = visit_admonition
    depart_note = depart_tip = depart_warning = depart_admonition

    def visit_literal(self, node: nodes.literal) -> None:
        self.body.append("<code>")

    def depart_literal(self, node: nodes.literal) -> None:
        self.body.append("</code>")

    def visit_raw(self, node: nodes.Element) -> None:
        """HTML of the author's own has no place in a unit."""
        raise nodes.SkipNode

    def visit_system_message(self, node: nodes.Element) -> None:
        """Told when the course is checked; a course that has one isn't loaded."""
        raise nodes.SkipNode


def _untitled(tree: nodes.document) -> None:
    """Take the title away, and let its sections stand at the top."""
    first = next(iter(tree.children), None)
    if isinstance(first, nodes.section):
        tree.children[:1] = []
        for child in reversed([each for each in first.children if not isinstance(each, nodes.title)]):
            tree.insert(0, child)


def _linked(tree: nodes.document, link_to: Callable[[str], str]) -> None:
    for link in tree.findall(nodes.reference):
        target = str(link.get("refuri", ""))
        if target.startswith(LAB) or ":" not in target:
            link["refuri"] = link_to(target)


def _joined(html: str) -> str:
    """Without line breaks between Chinese characters, outside of code."""
    parts = _CODE.split(html)
    return "".join(part if part.startswith("<pre") else _BREAK.sub(r"\1\2", part) for part in parts)


def _contents(tree: nodes.document) -> list[tuple[str, str]]:
    return [
        (section["ids"][0], section[0].astext()) for section in tree.children
        if isinstance(section, nodes.section) and section["ids"]
    ]


def _drawn(found: re.Match[str], drawings: Mapping[str, str]) -> str:
    """The figure itself in place of the image that names it, so that it takes on the page's colours; no other image."""
    name, alt = _NAME.search(found[0]), _ALT.search(found[0])
    svg = drawings.get(name[1]) if name else None
    return figures.inline(svg, name=name[1], label=unescape(alt[1] if alt else "")) if name and svg else ""
