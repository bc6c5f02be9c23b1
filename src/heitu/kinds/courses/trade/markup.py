"""HTML as the MyST that units are written in (docs/how-to/write-a-course.md). What has no place there is told, not lost
in silence: `Tools.leave_out` hears of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from heitu.kinds.courses.trade import html
from heitu.kinds.courses.trade.html import Node

Child = Node | str
_BLOCKS = {
    "article", "aside", "blockquote", "details", "div", "dl", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "main", "ol", "p", "pre", "section", "table", "ul",
}
_ITALIC, _BOLD, _CODE = {"em", "i", "var"}, {"strong", "b"}, {"code", "kbd", "samp", "tt"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>$&{}|])")
_STARTS = re.compile(r"^(?=#{1,6}(?:\s|$)|[-+](?:\s|$)|:::|%|\+\+\+|-{3,}\s*$|={2,}\s*$|~{3,}|\(.*\)=)")
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")
_TEX = re.compile(r"\\\((?P<inline>.+?)\\\)|\\\[(?P<display>.+?)\\\]|\$\$(?P<dollars>.+?)\$\$", re.S)
_ODD = re.compile(r"[\s()<>]")
_HELD = re.compile("\ue000(\\d+)\ue001")
_HEADING = re.compile(r"^\ue002(\d)", re.M)
_LANGUAGE = re.compile(r"(?:language|lang|highlight)-([\w+#-]+)$")
SMALL = {"sub": str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋"), "sup": str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")}
_ADMONITIONS = {
    "note": "note", "tip": "tip", "warning": "warning", "hint": "tip", "important": "warning", "caution": "warning",
    "danger": "warning", "attention": "warning", "error": "warning", "exercise": "exercise", "alert-info": "note",
    "alert-success": "tip", "alert-warning": "warning", "alert-danger": "warning",
}


@dataclass
class Tools:
    """What depends on where the page comes from. `link`: a target's new one, None where it leads nowhere; `figure`: an
    image's name among the course's figures, None where it can't be one; `leave_out` hears (Chinese, English)."""

    link: Callable[[str], str | None]
    figure: Callable[[str], str | None]
    leave_out: Callable[[str, str], None]
    held: list[str] = field(default_factory=list)

    def hold(self, text: str) -> str:
        """Keep code and formulas away from what is done to words."""
        self.held.append(text)
        return f"\ue000{len(self.held) - 1}\ue001"


def myst(body: Node, tools: Tools, *, title: str = "") -> str:
    """The text of a unit without its title: a first heading that says the title goes."""
    made = _blocks(body.children, tools)
    if made and made[0].startswith("\ue002") and _plain(made[0][2:]) == _plain(title):
        del made[0]
    text = _levelled("\n\n".join(made))
    while _HELD.search(text):
        text = _HELD.sub(lambda found: tools.held[int(found[1])], text)
    return text + "\n" if text else ""


def fragment(text: str, tools: Tools) -> str:
    """A piece of HTML inside other text."""
    return myst(html.read(text).body, tools).strip()


def _plain(words: str) -> str:
    return re.sub(r"[\W_]+", "", words).lower()


def _levelled(text: str) -> str:
    """Headings whose highest is `##`."""
    levels = [int(found[1]) for found in _HEADING.finditer(text)]
    shift = 2 - min(levels, default=2)
    return _HEADING.sub(lambda found: "#" * min(int(found[1]) + shift, 6) + " ", text)


# Blocks


def _blocks(children: Sequence[Child], tools: Tools) -> list[str]:
    made: list[str] = []
    run: list[Child] = []
    for child in children:
        if isinstance(child, Node) and _holds_blocks(child):
            made += [*_paragraph(run, tools), *_block(child, tools)]
            run = []
        else:
            run.append(child)
    return [each for each in (*made, *_paragraph(run, tools)) if each.strip()]


def _holds_blocks(node: Node) -> bool:
    return node.tag in _BLOCKS or any(each.tag in _BLOCKS for each in node.walk())


def _block(node: Node, tools: Tools) -> list[str]:
    kind = next((_ADMONITIONS[each] for each in sorted(node.classes) if each in _ADMONITIONS), None)
    if kind and (node.tag == "aside" or node.classes & {"admonition", "alert"}):
        return [_admonition(node, kind, tools)]
    make = _MAKERS.get(node.tag)
    return make(node, tools) if make else _blocks(node.children, tools)


def _paragraph(run: Sequence[Child], tools: Tools) -> list[str]:
    """Its words, then the pictures that stood among them."""
    images = [node for child in run if isinstance(child, Node) for node in (child, *child.walk()) if node.tag == "img"]
    words = [_tidy(part) for part in _inline(run, tools).split("\ue003")]
    figures = [_figure(image, [], tools) for image in images if "data-equation-content" not in image.attributes]
    return [*filter(None, words), *figures]


def _tidy(words: str) -> str:
    """Lines without blanks around them, none of which looks like a heading, a list or a fence."""
    lines = (" ".join(line.split()) for line in words.split("\n"))
    return "\n".join(_NUMBERED.sub(r"\1\\\2", _STARTS.sub(r"\\", line)) for line in lines if line)


def _heading(node: Node, tools: Tools) -> list[str]:
    words = " ".join(_inline(node.children, tools).split())
    return [f"\ue002{node.tag[1]}{words}"] if words else []


def _list(node: Node, tools: Tools) -> list[str]:
    start = node.attributes.get("start", "1")
    first = int(start) if start.isdecimal() and len(start) < 10 else 1
    items = [child for child in node.children if isinstance(child, Node) and child.tag == "li"]
    return ["\n".join(
        _marked(f"{first + place}." if node.tag == "ol" else "-", _blocks(item.children, tools))
        for place, item in enumerate(items)
    )]


def _marked(marker: str, blocks: Sequence[str]) -> str:
    indent = " " * (len(marker) + 1)
    lines = "\n\n".join(blocks).split("\n") if blocks else [""]
    return "\n".join(f"{marker if not place else indent[:-1]} {line}".rstrip() for place, line in enumerate(lines))


def _definitions(node: Node, tools: Tools) -> list[str]:
    lines = []
    for child in node.children:
        if isinstance(child, Node) and child.tag == "dt":
            lines.append(f"- **{' '.join(_inline(child.children, tools).split())}**")
        elif isinstance(child, Node):
            lines += [f"  {line}".rstrip() for line in ("\n\n".join(["", *_blocks(child.children, tools)])).split("\n")[1:]]
    return ["\n".join(lines)]


def _quote(node: Node, tools: Tools) -> list[str]:
    lines = "\n\n".join(_blocks(node.children, tools)).split("\n")
    return ["\n".join(f"> {line}".rstrip() for line in lines)]


def _code(node: Node, tools: Tools) -> list[str]:
    inner = [each for each in node.walk() if each.tag == "code"]
    classes = [name for each in (node, *inner) for name in each.attributes.get("class", "").split()]
    named = [found[1] for name in classes if (found := _LANGUAGE.match(name))]
    if "code" in classes:  # docutils: class="code python"
        named += [name for name in classes if name not in ("code", "literal-block")]
    return [tools.hold(fenced(node.text.strip("\n"), named[0] if named else "text"))]


def fenced(code: str, language: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"


def _table(node: Node, tools: Tools) -> list[str]:
    rows = [[each for each in row.children if isinstance(each, Node)] for row in node.walk() if row.tag == "tr"]
    rows = [row for row in rows if row]
    if not rows:
        return []
    width = max(sum(_span(cell) for cell in row) for row in rows)
    lines = [_row(row, width, tools) for row in rows]
    marks = [_alignment(cell) for cell in rows[-1] for _ in range(_span(cell))]
    lines.insert(1, f"| {' | '.join(marks + ['---'] * (width - len(marks)))} |")
    caption = [_tidy(_inline(each.children, tools)) for each in node.walk() if each.tag == "caption"]
    return [*caption, "\n".join(lines)]


def _span(cell: Node) -> int:
    given = cell.attributes.get("colspan", "1")
    return min(int(given), 20) if given.isdecimal() and len(given) < 10 and int(given) else 1


def _row(cells: Sequence[Node], width: int, tools: Tools) -> str:
    words: list[str] = []
    for cell in cells:
        words += [" ".join(_inline(cell.children, tools).split()), *[""] * (_span(cell) - 1)]
    return f"| {' | '.join(words + [''] * (width - len(words)))} |"


def _alignment(cell: Node) -> str:
    marks = {"text-left": ":---", "text-center": ":---:", "text-right": "---:"}
    return next((marks[each] for each in cell.classes if each in marks), "---")


def _figure_block(node: Node, tools: Tools) -> list[str]:
    image = next((each for each in node.walk() if each.tag == "img"), None)
    caption = next((each for each in node.walk() if each.tag == "figcaption"), None)
    words = _blocks(caption.children, tools) if caption else []
    if image is None:
        return _blocks([each for each in node.children if each is not caption], tools) + words
    return [_figure(image, words, tools)]


def _figure(image: Node, caption: Sequence[str], tools: Tools) -> str:
    name = tools.figure(image.attributes.get("src", ""))
    if name is None:
        return "\n\n".join(caption)
    alt = " ".join(image.attributes.get("alt", "").split()) or name.rpartition(".")[0]
    inside = "\n".join([f":alt: {alt}", *(["\n\n".join(caption)] if caption else [])])
    return directive("figure", f"../figures/{name}", inside)


def _admonition(node: Node, kind: str, tools: Tools) -> str:
    title = next((each for each in node.walk() if "admonition-title" in each.classes), None)
    said = [each for each in node.children if not (isinstance(each, Node) and each.classes & {"admonition-title", "admonition-kind"})]
    inside, words = _blocks(said, tools), _tidy(_inline(title.children, tools)) if title else ""
    if kind != "exercise" and words and _plain(words) not in _ADMONITIONS:
        inside.insert(0, f"**{words}**")
    return directive(kind, words if kind == "exercise" else "", "\n\n".join(inside))


def directive(name: str, argument: str, inside: str) -> str:
    """Its colons are more than any inside."""
    longest = max((len(run) for run in re.findall(r"^\s*(:{3,})", inside, re.M)), default=2)
    fence = ":" * (longest + 1)
    return f"{fence}{{{name}}} {argument}".rstrip() + f"\n{inside}\n{fence}"


def _details(node: Node, tools: Tools) -> list[str]:
    summary = next((each for each in node.children if isinstance(each, Node) and each.tag == "summary"), None)
    inside = _blocks([each for each in node.children if each is not summary], tools)
    if "solution" in node.classes:
        return [directive("solution", "", "\n\n".join(inside))]
    words = [f"**{_tidy(_inline(summary.children, tools))}**"] if summary else []
    return [directive("note", "", "\n\n".join([*words, *inside]))]


def _rule(node: Node, tools: Tools) -> list[str]:
    return ["***"]


_MAKERS: dict[str, Callable[[Node, Tools], list[str]]] = {
    "ul": _list, "ol": _list, "dl": _definitions, "blockquote": _quote, "pre": _code, "table": _table,
    "figure": _figure_block, "details": _details, "hr": _rule, **{f"h{level}": _heading for level in range(1, 7)},
}


# Words


def _inline(children: Sequence[Child], tools: Tools) -> str:
    made = ""
    for place, child in enumerate(children):
        if isinstance(child, str):
            made += _words(child, tools)
        else:
            after = children[place + 1] if place + 1 < len(children) else ""
            made += _element(child, tools, before=made[-1:], after=(after if isinstance(after, str) else after.text)[:1])
    return made


def _words(text: str, tools: Tools) -> str:
    """Text with its TeX kept and everything else taken at its word. A displayed formula stands between two \ue003."""
    made, end = "", 0
    for found in _TEX.finditer(text):
        display = found["display"] or found["dollars"]
        tex = tools.hold(f"$$\n{display.strip()}\n$$" if display else f"${_one_line(found['inline'])}$")
        made += _escaped(text[end:found.start()]) + (f"\ue003{tex}\ue003" if display else tex)
        end = found.end()
    return made + _escaped(text[end:])


def _one_line(tex: str) -> str:
    return " ".join(tex.split())


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text))


def _element(node: Node, tools: Tools, *, before: str, after: str) -> str:
    if node.tag == "br":
        return "\n"
    if node.tag == "img":
        tex = node.attributes.get("data-equation-content")
        return tools.hold(f"${_one_line(tex)}$") if tex else ""
    if node.tag in _CODE:
        return tools.hold(quoted(node.text)) if node.text.strip() else ""
    if node.tag == "math":
        return _untold_formula(node, tools)
    inside = _inline(node.children, tools)
    if node.tag in _ITALIC | _BOLD:
        return _stressed(inside, "**" if node.tag in _BOLD else "*", before, after)
    if node.tag in SMALL:
        return inside.translate(SMALL[node.tag])
    return _link(node, inside, tools) if node.tag == "a" else inside


def quoted(code: str) -> str:
    """As inline code, whatever backticks it has."""
    code = " ".join(code.split())
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    pad = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{'`' * (longest + 1)}{pad}{code}{pad}{'`' * (longest + 1)}"


def _untold_formula(node: Node, tools: Tools) -> str:
    tex = node.attributes.get("alttext", "")
    if not tex:
        tools.leave_out("MathML 公式没有附 TeX，只留下文字", "a MathML formula without its TeX: only its words are kept")
        return _escaped(node.text)
    return tools.hold(f"${_one_line(tex)}$")


def _stressed(inside: str, mark: str, before: str, after: str) -> str:
    """Blanks stand outside; punctuation too, where Markdown would not see the mark beside it (CommonMark 6.2)."""
    words = inside.strip()
    if not words:
        return inside
    lead, tail = inside[: len(inside) - len(inside.lstrip())], inside[len(inside.rstrip()):]
    ending = ""
    while words and after.isalnum() and not tail and not words[-1].isalnum() and words[-1] not in "\ue001\\`)*":
        words, ending = words[:-1], words[-1] + ending
    opening = ""
    while words and before.isalnum() and not lead and not words[0].isalnum() and words[0] not in "\ue000\\`[*":
        words, opening = words[1:], opening + words[0]
    return f"{lead}{opening}{mark}{words}{mark}{ending}{tail}" if words else inside


def _link(node: Node, inside: str, tools: Tools) -> str:
    href = node.attributes.get("href", "").strip()
    target = tools.link(href) if href and not href.startswith("#") else None
    words = " ".join(inside.split())
    if target is None or not words:
        return inside
    return f"[{words}](<{target}>)" if _ODD.search(target) else f"[{words}]({target})"
