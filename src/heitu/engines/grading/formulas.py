"""Formulas: LaTeX as people write it, as MathML, which browsers draw by themselves; by docutils' converter, as in units."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

TAGS = {
    "math", "mi", "mn", "mo", "ms", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot", "mstyle", "merror", "mpadded",
    "mphantom", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mtable", "mtr", "mtd",
    "menclose", "semantics",
}
ATTRIBUTES = {
    "displaystyle", "scriptlevel", "mathvariant", "stretchy", "fence", "form", "separator", "accent", "accentunder",
    "columnalign", "rowspacing", "columnspacing", "rowalign", "lspace", "rspace", "movablelimits", "largeop", "symmetric",
    "maxsize", "minsize", "linethickness", "notation", "width", "height", "depth", "xmlns", "display", "class",
}
MOST_CHARACTERS = 2_000  # of one formula; a longer one stays as it is written
_SPELLINGS = (
    (re.compile(r"\\dots(?![a-zA-Z])"), r"\\ldots"),
    (re.compile(r"\\([Bb]igg?)m?(?![a-zA-Z])"), r"\\\1l"),  # sized delimiters without a side
    (re.compile(r"\\([dt]?frac)\s*(\d)\s*(\d)"), r"\\\1{\2}{\3}"),
    (re.compile(r"\\([dt]?frac)\s*(\d)(?=\s*\{)"), r"\\\1{\2}"),
    (re.compile("°"), r"^\\circ "),
)


def spelt(latex: str) -> str:
    """As the converter understands it."""
    for pattern, spelling in _SPELLINGS:
        latex = pattern.sub(spelling, latex)
    return latex


@lru_cache(maxsize=2048)
def drawn(latex: str, *, is_block: bool) -> str:
    """MathML, or what was written where that can't be. A class has most formulas in common."""
    from docutils.utils.math import MathError, latex2mathml, unichar2tex

    text = spelt(latex).translate(unichar2tex.uni2tex_table)
    if len(text) <= MOST_CHARACTERS:
        try:
            return str(latex2mathml.tex2mathml(text, as_block=is_block))
        except (MathError, RecursionError):
            pass
    mark = "$$" if is_block else "$"
    return f"<code>{escape(mark + latex + mark)}</code>"
