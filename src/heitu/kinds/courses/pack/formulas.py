"""Formulas: LaTeX as people write it, spelt as docutils' converter to MathML understands it, or told where it can't."""

from __future__ import annotations

import re

from docutils import nodes
from docutils.utils.math import MathError, latex2mathml, unichar2tex

_SPELLINGS = (
    (re.compile(r"\\dots(?![a-zA-Z])"), r"\\ldots"),
    (re.compile(r"\\([Bb]igg?)m?(?![a-zA-Z])"), r"\\\1l"),  # sized delimiters without a side
    (re.compile(r"\\([dt]?frac)\s*(\d)\s*(\d)"), r"\\\1{\2}{\3}"),
    (re.compile(r"\\([dt]?frac)\s*(\d)(?=\s*\{)"), r"\\\1{\2}"),
    (re.compile("°"), r"^\\circ "),
)


def respell(tree: nodes.document) -> None:
    """Put every formula of the tree into the converter's spelling."""
    for formula in list(tree.findall(is_formula)):
        text = spelt(formula.astext())
        formula.clear()
        formula += nodes.Text(text)


def spelt(latex: str) -> str:
    for pattern, spelling in _SPELLINGS:
        latex = pattern.sub(spelling, latex)
    return latex


def is_formula(node: nodes.Node) -> bool:
    return isinstance(node, (nodes.math, nodes.math_block))


def complaint(formula: nodes.Node) -> str:
    """Why the formula can't be shown; empty for one that can."""
    text = formula.astext().translate(unichar2tex.uni2tex_table)
    try:
        latex2mathml.tex2mathml(text, as_block=isinstance(formula, nodes.math_block))
    except MathError as error:
        return str(error)
    return ""
