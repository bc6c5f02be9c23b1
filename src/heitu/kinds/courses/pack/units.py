"""Whether a unit's text is sound: its links and figures lead somewhere, and both languages are built alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from docutils import nodes

from heitu.engines.lifecycle.faults import nearest
from heitu.ground.core.text import Text
from heitu.kinds.courses.pack import myst
from heitu.kinds.courses.pack.myst import Said, line_of

FIGURES = "../figures/"
LAB = "lab:"
_ELSEWHERE = ("https://", "http://", "mailto:")
# What both languages have as many of, in words.
KINDS = {
    "heading": Text(zh="标题", en="headings"), "figure": Text(zh="图", en="figures"), "code": Text(zh="代码块", en="code blocks"),
    "exercise": Text(zh="练习", en="exercises"), "solution": Text(zh="解答", en="solutions"), "table": Text(zh="表格", en="tables"),
    "formula": Text(zh="独立公式", en="displayed formulas"),
}


@dataclass(frozen=True)
class Known:
    """What a unit may point to: ids of units and labs, names of figures."""

    units: list[str]
    labs: list[str]
    figures: list[str]


def read(text: str) -> myst.Document:
    return myst.parse(text)


def faults_in(unit: myst.Document, known: Known) -> Iterator[Said]:
    yield from unit.said
    for link in unit.tree.findall(nodes.reference):
        yield from _link(link, known)
    for image in unit.tree.findall(nodes.image):
        yield from _figure(image, known)
    for block in unit.tree.findall(nodes.literal_block):
        if set(block["classes"]) <= {"code"}:
            yield line_of(block), Text(zh="代码块要写明语言", en="a code block needs its language"), ""
    yield from _exercises(unit.tree)


def title_faults(unit: myst.Document, wanted: object) -> Iterator[Said]:
    """A unit begins with its title, the same as in course.yaml; sections stand below it."""
    first = next(iter(unit.tree.children), None)
    title = first[0].astext() if isinstance(first, nodes.section) else None
    if title is None:
        yield 1, Text(zh="单元应以“# 标题”开头", en="a unit begins with “# Title”"), ""
    elif isinstance(wanted, str) and title != wanted:
        zh, en = f"标题与 course.yaml 的“{wanted}”不一致", f"the title isn't “{wanted}” as in course.yaml"
        yield 1, Text(zh=zh, en=en), wanted
    if len(unit.tree.children) > 1:
        zh, en = "只能有一个一级标题，其余用“##”", "there is one “# Title”; sections have “##”"
        yield line_of(unit.tree.children[1]), Text(zh=zh, en=en), ""


def differences(zh: myst.Document, en: myst.Document) -> Iterator[tuple[int, Text]]:
    """Of what the two languages don't have the same number."""
    counts = [Counter(_kinds(document.tree)) for document in (zh, en)]
    for kind, words in KINDS.items():
        here, there = (count[kind] for count in counts)
        if here != there:
            message = Text(zh=f"{words.zh}：中文 {here}，英文 {there}", en=f"{words.en}: {here} in Chinese, {there} in English")
            yield 1, message


def _kinds(tree: nodes.document) -> Iterator[str]:
    for node in tree.findall(nodes.Element):
        classes = node.get("classes", [])
        if isinstance(node, nodes.section):
            yield "heading"
        elif isinstance(node, nodes.literal_block):
            yield "code"
        elif isinstance(node, nodes.math_block):
            yield "formula"
        elif isinstance(node, (nodes.figure, nodes.table)):
            yield type(node).__name__
        yield from (kind for kind in ("exercise", "solution") if kind in classes)


def _link(link: nodes.reference, known: Known) -> Iterator[Said]:
    target = str(link.get("refuri", ""))
    if target.startswith(LAB):
        if target.removeprefix(LAB) not in known.labs:
            yield line_of(link), *_nowhere(target, [LAB + lab for lab in known.labs])
    elif not target.startswith(_ELSEWHERE) and target not in known.units:
        yield line_of(link), *_nowhere(target, known.units)


def _nowhere(target: str, known: list[str]) -> tuple[Text, str]:
    return Text(zh=f"链接“{target}”无处可去", en=f"the link “{target}” leads nowhere"), nearest(target, known)


def _figure(image: nodes.image, known: Known) -> Iterator[Said]:
    target = str(image["uri"])
    if target.removeprefix(FIGURES) not in known.figures or not target.startswith(FIGURES):
        yield line_of(image), *_missing(target, known.figures)
    if not image.get("alt"):
        yield line_of(image), Text(zh="图要有 :alt: 说明", en="a figure needs its :alt: text"), ""


def _missing(target: str, known: list[str]) -> tuple[Text, str]:
    return Text(zh=f"没有图“{target}”", en=f"there is no figure “{target}”"), nearest(target, [FIGURES + name for name in known])


def _exercises(tree: nodes.document) -> Iterator[Said]:
    """A solution follows its exercise."""
    for solution in tree.findall(nodes.container):
        siblings = solution.parent.children
        place = siblings.index(solution)
        before = siblings[place - 1] if place else None
        if "solution" in solution["classes"] and "exercise" not in getattr(before, "attributes", {}).get("classes", []):
            yield line_of(solution), Text(zh="解答前面应是它的练习", en="a solution follows its exercise"), ""
