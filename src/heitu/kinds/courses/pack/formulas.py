"""A unit's formulas: spelt as docutils' converter to MathML understands them, or told where it can't."""

from __future__ import annotations

from docutils import nodes
from docutils.utils.math import MathError, latex2mathml, unichar2tex

from heitu.engines.grading.formulas import spelt


def respell(tree: nodes.document) -> None:
    """Put every formula of the tree into the converter's spelling."""
    for formula in list(tree.findall(is_formula)):
        text = spelt(formula.astext())
        formula.clear()
        formula += nodes.Text(text)


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
