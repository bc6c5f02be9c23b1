"""The MyST of Jupyter Books and MyST sites as the narrower MyST of units.

Which directives and roles there are: jupyterbook.org and mystmd.org, "Directives" and "Roles". What a unit can't have is
told with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from heitu.kinds.courses.trade import markup, yamls

_FENCE = re.compile(r"^(?P<indent> {0,3})(?P<fence>`{3,}|~{3,}|:{3,})(?P<info>[^`]*)$")
_NAMED = re.compile(r"^\{(?P<name>[\w:-]+)\}\s*(?P<argument>.*)$")
_OPTION = re.compile(r"^:([\w-]+):\s*(.*)$")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_CODE_OR_ROLE = re.compile(r"(?:\{(?P<role>[a-zA-Z][\w:-]*)\})?(?P<ticks>`+)(?P<said>.+?)(?<!`)(?P=ticks)(?!`)")
_IMAGE = re.compile(r"!\[([^\]]*)\]\(<?([^)>\s]+)>?[^)]*\)")
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(<?([^)>\s]*)>?(?:\s+\"[^\"]*\")?\)")
_TARGET = re.compile(r"^\([^)\s]+\)=\s*$")
_COMMENT = re.compile(r"^\s*%.*$|^\+\+\+.*$")
_HTML_BLOCK = re.compile(r"^\s{0,3}</?[a-zA-Z][\w-]*(?:\s[^>]*)?/?>")
_HTML = re.compile(r"<!--.*?-->|</?[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>", re.S)
_DOLLARS = re.compile(r"^\$\$\s*(\([^)]*\))?\s*$")
_KEPT = {
    "note": "note", "tip": "tip", "warning": "warning", "hint": "tip", "important": "warning", "caution": "warning",
    "danger": "warning", "attention": "warning", "error": "warning", "seealso": "note", "margin": "note", "sidebar": "note",
    "aside": "note", "admonition": "note", "dropdown": "note", "topic": "note", "versionadded": "note", "deprecated": "warning",
}
_BARE = {"tab-set", "tab-item", "grid", "grid-item", "grid-item-card", "card", "div", "epigraph", "pull-quote", "glossary"}
_CODE = {"code", "code-block", "code-cell", "sourcecode", "prompt"}
_DROPPED = {"toctree", "tableofcontents", "contents", "bibliography", "index", "raw", "only"}
_WORDS = {"abbr", "term", "cite", "cite:p", "cite:t", "guilabel", "dfn", "underline", "u", "smallcaps", "eq", "numref"}


@dataclass
class Page:
    """A page of a book, adapted: `title` where it has one."""

    title: str
    text: str


@dataclass
class Adapter:
    """`tools` as for HTML; `titles` gives what a link without words says; `leave_out` hears (line, Chinese, English)."""

    tools: markup.Tools
    titled: Callable[[str], str]
    leave_out: Callable[[int, str, str], None]
    title: str = ""
    has_top: bool = False
    levels: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Block:
    """A fence with what is in it, or (`fence` empty) lines of text. `line` counts from 1."""

    line: int
    fence: str
    info: str
    lines: Sequence[str]


def adapted(text: str, adapter: Adapter) -> Page:
    lines, front = _front_matter(text.replace("\r\n", "\n").split("\n"))
    adapter.title = str(front.get("title") or "")
    made = "\n\n".join(_adapted(lines, 1 + text.count("\n") + 1 - len(lines), adapter))
    made = _levelled(made, adapter)
    for place, held in reversed(list(enumerate(adapter.tools.held))):
        made = made.replace(f"\ue000{place}\ue001", held)
    return Page(adapter.title, re.sub(r"\n{3,}", "\n\n", made).strip() + "\n")


def title_of(text: str) -> str:
    """Of a page that isn't adapted yet: what its front matter says, else its first heading of the first level."""
    lines, front = _front_matter(text.split("\n"))
    said = str(front.get("title") or "")
    for line, underline in zip(lines, [*lines[1:], ""], strict=True):
        heading = _HEADING.match(line)
        if not said and ((heading and len(heading[1]) == 1) or _setext(line, underline.strip()) == 1):
            said = _bare(heading[2] if heading else line)
    return said


def _front_matter(lines: list[str]) -> tuple[list[str], dict[str, Any]]:
    if lines[0].strip() != "---" or "---" not in (each.strip() for each in lines[1:]):
        return lines, {}
    end = [each.strip() for each in lines].index("---", 1)
    try:
        found = yamls.parsed("\n".join(lines[1:end]))
    except yaml.YAMLError:
        found = None
    return lines[end + 1:], found if isinstance(found, dict) else {}


def _levelled(text: str, adapter: Adapter) -> str:
    """The first heading of the first level is the title, and goes; the highest of the others is `##`."""
    shift = 2 - min(adapter.levels, default=2)
    return re.sub(r"^\ue002(\d) ?", lambda found: "#" * min(int(found[1]) + shift, 6) + " ", text, flags=re.M)


def blocks(lines: Sequence[str], first: int) -> Iterator[Block]:
    """Fences (CommonMark 4.5; colons alike), each up to a closing one at least as long, and the text between them."""
    place, text = 0, 0
    while place < len(lines):
        found = _FENCE.match(lines[place])
        end = _closing(lines, place, found["fence"]) if found else None
        if found is None or end is None:
            place += 1
            continue
        yield Block(first + text, "", "", lines[text:place])
        yield Block(first + place, found["fence"], found["info"].strip(), lines[place + 1:end])
        place = text = end + 1
    yield Block(first + text, "", "", lines[text:])


def _closing(lines: Sequence[str], place: int, fence: str) -> int | None:
    """None where the fence is never closed, as a lone `:::` in prose; one of backticks runs to the end."""
    for number in range(place + 1, len(lines)):
        line = lines[number].strip()
        if len(line) >= len(fence) and set(line) == {fence[0]}:
            return number
    return None if fence[0] == ":" else len(lines)


def _adapted(lines: Sequence[str], first: int, adapter: Adapter) -> list[str]:
    made: list[str] = []
    for block in blocks(lines, first):
        if not block.fence:
            made += _text(block, adapter)
            continue
        named = _NAMED.match(block.info)
        if named:
            before = next((each for each in reversed(made) if each.strip()), "")
            made += _directive(named["name"], named["argument"].strip(), block, adapter, after=before)
        elif block.fence[0] == ":":
            made += _adapted(block.lines, block.line + 1, adapter)
        else:
            language = re.match(r"[\w+#.-]+", block.info)
            made.append(adapter.tools.hold(markup.fenced("\n".join(block.lines), language[0] if language else "text")))
    return [each for each in made if each.strip()]


# Directives


def _directive(name: str, argument: str, block: Block, adapter: Adapter, *, after: str) -> list[str]:
    options, lines, skipped = _options(block.lines)
    first = block.line + 1 + skipped
    if name in _CODE:
        return [adapter.tools.hold(markup.fenced("\n".join(lines).strip("\n"), argument.split()[0] if argument else "text"))]
    if name == "math":
        return [adapter.tools.hold(f"$$\n{chr(10).join([argument, *lines]).strip()}\n$$")]
    if name in ("figure", "image"):
        return _figure(argument, options, lines, first, adapter)
    if name in ("exercise", "exercise-start") or name in ("solution", "solution-start"):
        return _exercise(name.removesuffix("-start"), argument, lines, first, adapter, after)
    if name in _KEPT:
        return [_admonition(_KEPT[name], argument, lines, first, adapter)]
    if name.startswith(("prf:", "proof:")):
        return [_admonition("note", argument or name.rpartition(":")[2].capitalize(), lines, first, adapter)]
    if name in _BARE:
        head = [f"**{argument}**"] if argument else []
        return [*head, *_adapted(lines, first, adapter)]
    if name not in _DROPPED:
        adapter.leave_out(block.line, f"指令“{name}”没有对应的写法", f"the directive “{name}” has no counterpart")
    return []


def _options(lines: Sequence[str]) -> tuple[dict[str, str], list[str], int]:
    """`:key: value` lines, or YAML between `---`, at the top of a directive; the rest, and how many lines were taken."""
    options: dict[str, str] = {}
    place = 0
    if lines and lines[0].strip() == "---" and "---" in (each.strip() for each in lines[1:]):
        place = [each.strip() for each in lines].index("---", 1) + 1
        pairs = (line.partition(":") for line in lines[1:place - 1])
        return {key.strip(): value.strip() for key, _, value in pairs}, list(lines[place:]), place
    while place < len(lines) and (found := _OPTION.match(lines[place])):
        options[found[1]] = found[2].strip()
        place += 1
    return options, list(lines[place:]), place


def _figure(source: str, options: dict[str, str], lines: Sequence[str], first: int, adapter: Adapter) -> list[str]:
    caption = _adapted(lines, first, adapter)
    name = adapter.tools.figure(source)
    if name is None:
        return caption
    alt = options.get("alt") or " ".join(" ".join(caption).split()) or name.removesuffix(".svg")
    inside = "\n".join([f":alt: {_bare(alt)}", *(["\n\n".join(caption)] if caption else [])])
    return [markup.directive("figure", f"../figures/{name}", inside)]


def _bare(words: str) -> str:
    return re.sub(r"[`*_\\]", "", re.sub("\ue000\\d+\ue001", "", words)).strip() or "…"


def _exercise(name: str, argument: str, lines: Sequence[str], first: int, adapter: Adapter, after: str) -> list[str]:
    inside = "\n\n".join(_adapted(lines, first, adapter))
    if not inside:
        return []
    if name == "solution":  # its argument is the label of its exercise
        follows = re.match(r":{3,}\{exercise\}", after) is not None
        return [markup.directive("solution" if follows else "note", "", inside)]
    return [markup.directive("exercise", _line(argument, first, adapter), inside)]


def _admonition(kind: str, argument: str, lines: Sequence[str], first: int, adapter: Adapter) -> str:
    inside = _adapted(lines, first, adapter)
    if argument:
        inside.insert(0, f"**{_line(argument, first, adapter)}**" if inside else _line(argument, first, adapter))
    return markup.directive(kind, "", "\n\n".join(inside) or "…")


# Text


def _text(block: Block, adapter: Adapter) -> list[str]:
    """Line by line, as the author broke them; comments, labels and raw HTML go."""
    made: list[str] = []
    lines, place = list(block.lines), 0
    while place < len(lines):
        line, number = lines[place], block.line + place
        if _DOLLARS.match(line.strip()):
            end = next((n for n in range(place + 1, len(lines)) if lines[n].strip().startswith("$$")), len(lines) - 1)
            made += ["", adapter.tools.hold("\n".join(["$$", *lines[place + 1:end], "$$"])), ""]
            place = end + 1
        elif _HTML_BLOCK.match(line):
            end = next((n for n in range(place, len(lines)) if not lines[n].strip()), len(lines))
            made += ["", markup.fragment("\n".join(lines[place:end]), adapter.tools), ""]
            place = end
        else:
            underline = lines[place + 1].strip() if place + 1 < len(lines) else ""
            level = _setext(line, underline)
            made.append(_one(f"{'#' * level} {line.strip()}" if level else line, number, adapter))
            place += 2 if level else 1
    return ["\n".join(made).strip("\n")]


def _setext(line: str, underline: str) -> int:
    """1 or 2 for a heading that is underlined by = or -."""
    if not line.strip() or not re.match(r"[^\s>|#+*-]", line) or len(underline) < 2:
        return 0
    return {"=": 1, "-": 2}.get(underline[0], 0) if len(set(underline)) == 1 else 0


def _one(line: str, number: int, adapter: Adapter) -> str:
    if _TARGET.match(line) or _COMMENT.match(line):
        return ""
    heading = _HEADING.match(line)
    if heading is None:
        return _line(line, number, adapter)
    words, level = _line(heading[2], number, adapter), len(heading[1])
    if level == 1 and not adapter.has_top:
        adapter.title, adapter.has_top = adapter.title or _bare(words), True
        return ""
    adapter.levels.append(level)
    return f"\n\ue002{level} {words}\n"


def _line(line: str, number: int, adapter: Adapter) -> str:
    """A line with its roles, code, images and links in our form."""
    line = _CODE_OR_ROLE.sub(
        lambda found: _role(found["role"], found["said"], number, adapter) if found["role"] else adapter.tools.hold(found[0]), line,
    )
    line = _IMAGE.sub(lambda found: _image(found[1], found[2], adapter), line)
    line = _LINK.sub(lambda found: _link(found[1], found[2], adapter), line)
    if _HTML.search(line):
        line = _HTML.sub("", line)
        adapter.leave_out(number, "去掉了 HTML 标签，只留文字", "HTML tags are gone, their words stay")
    return line


def _role(name: str, said: str, number: int, adapter: Adapter) -> str:
    words, _, target = said.rstrip(">").partition("<") if "<" in said else (said, "", said)
    words = words.strip()
    if name in ("math",):
        return adapter.tools.hold(f"${said}$")
    if name in ("doc", "ref", "download"):
        return _link("" if words == target else words, target.strip(), adapter)
    if name in ("code", "kbd", "samp", "file", "command", "program", "option", "py:func", "py:class", "func", "class", "meth"):
        return adapter.tools.hold(markup.quoted(said))
    if name in markup.SMALL:
        return said.translate(markup.SMALL[name])
    if name not in _WORDS:
        adapter.leave_out(number, f"角色“{name}”没有对应的写法，只留文字", f"the role “{name}” has no counterpart: its words stay")
    return words


def _image(alt: str, source: str, adapter: Adapter) -> str:
    name = adapter.tools.figure(source)
    if name is None:
        return alt
    return "\n\n" + adapter.tools.hold(markup.directive("figure", f"../figures/{name}", f":alt: {_bare(alt or name)}")) + "\n\n"


def _link(words: str, href: str, adapter: Adapter) -> str:
    target = None if href.startswith("#") else adapter.tools.link(href)
    shown = words or (adapter.titled(href) if target is None or ":" not in target else target)
    return f"[{shown}]({target})" if target else shown
