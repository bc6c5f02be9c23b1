"""Strangers' texts and outputs as HTML that runs nothing, loads nothing and looks like nothing of the page around it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments.lexers.python import PythonLexer
from pygments.token import STANDARD_TYPES

from heitu.engines.grading import formulas
from heitu.engines.sandbox.reports import Output

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_PICTURE = re.compile(r"[A-Za-z0-9+/=\s]+")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").use(
    dollarmath_plugin, allow_labels=False, double_inline=True,
    renderer=lambda latex, how: formulas.drawn(latex, is_block=how["display_mode"]),
)
_COLOURED = {
    "c", "c1", "cm", "ch", "sd", "k", "kn", "kd", "kc", "kr", "ow", "s", "s1", "s2", "sa", "sb", "se", "si", "m", "mi", "mf", "mh",
    "mb", "mo", "il", "nf", "nc", "fm", "nd",
}
MOST_CHARACTERS = 20_000
_TAGS = nh3.ALLOWED_TAGS - {"img"}
_ATTRIBUTES = {name: values - {"style", "class"} for name, values in nh3.ALLOWED_ATTRIBUTES.items()}
_OF_FORMULAS = dict.fromkeys(formulas.TAGS, formulas.ATTRIBUTES)
_FORMULA = re.compile(r"\s*(\$\$?)([^$]+)\1\s*")


def shown(outputs: Iterable[Output], most: int = MOST_CHARACTERS) -> Iterator[str]:
    """Each output as HTML; of a text at most `most` characters."""
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            yield f'<pre class="{output["name"]}">{text(output["text"], most)}</pre>'
        elif kind == "error":
            yield f'<pre class="error">{text(chr(10).join(output["traceback"]), most)}</pre>'
        else:
            yield _rich(output["data"], most)


def _rich(data: dict[str, Any], most: int) -> str:
    for mime in ("image/png", "image/jpeg"):
        if isinstance(picture := data.get(mime), str) and _PICTURE.fullmatch(picture):
            return f'<img alt="" src="data:{mime};base64,{"".join(picture.split())}">'
    if isinstance(drawing := data.get("image/svg+xml"), str):  # as a picture it can neither run nor load anything
        packed = b64encode(drawing.encode("utf-8", "replace")).decode()
        return f'<img alt="" src="data:image/svg+xml;base64,{packed}">'
    if isinstance(html := data.get("text/html"), str) and len(html) < 10 * most:
        return f'<div class="rich">{clean(html)}</div>'
    if isinstance(said := data.get("text/markdown"), str):
        return f'<div class="rich">{markdown(said[:most])}</div>'
    if isinstance(latex := data.get("text/latex"), str) and (found := _FORMULA.fullmatch(latex)):
        return f'<div class="rich">{markdown(f"$${found[2].strip()}$$")}</div>'
    return f"<pre>{text(str(data.get('text/plain', '')), most)}</pre>"


def text(said: str, most: int = MOST_CHARACTERS) -> str:
    """Without a terminal's colours; a line that was written over, as progress bars do, is what it was at last."""
    cut = said[:most] + (" …" if len(said) > most else "")
    return escape("\n".join(map(_at_last, _ANSI.sub("", cut).split("\n"))))


def _at_last(line: str) -> str:
    """Without a regular expression, which would take minutes over a line of 200,000 characters."""
    return line.rstrip("\r").rpartition("\r")[2]


@lru_cache(maxsize=512)
def code(source: str) -> str:
    """Python with the few kinds that have a colour in spans, under Pygments' short names. A class has most cells in common."""
    tokens = PythonLexer(stripnl=False, ensurenl=False).get_tokens(source[:MOST_CHARACTERS])
    return "".join(_piece(STANDARD_TYPES.get(kind, ""), escape(text)) for kind, text in tokens)


def _piece(name: str, text: str) -> str:
    return f'<span class="{name}">{text}</span>' if name in _COLOURED else text


def markdown(source: str) -> str:
    """Markdown as harmless HTML, with its formulas drawn; HTML in it is text."""
    return nh3.clean(_MARKDOWN.render(source), tags=_TAGS | formulas.TAGS, attributes=_ATTRIBUTES | _OF_FORMULAS)


def clean(html: str) -> str:
    """Without scripts, styles, forms, and addresses that something would be loaded from."""
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES)
