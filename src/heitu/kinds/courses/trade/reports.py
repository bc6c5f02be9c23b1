"""What an import tells its author: what became units and labs, what was left out and why, and what is still to be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from heitu.ground.core.text import Language, Text
from heitu.kinds.courses.trade.folders import Imported

_TODO = (
    Text(
        zh="course.yaml：摘要、对象、作者、许可、学时、各单元和计分格的技能",
        en="course.yaml: summary, audience, authors, licence, hours, the skills of units and graded cells",
    ),
    Text(
        zh="course.yaml：各实验的 seconds 与 voucher_minutes，先是占位的数",
        en="course.yaml: seconds and voucher_minutes of the labs, which are placeholders",
    ),
)


def report(imported: Imported, language: Language) -> str:
    return "\n".join(text.in_(language) for text in _lines(imported))


def _lines(imported: Imported) -> Iterator[Text]:
    units, labs, found = imported.units, imported.course.manifest.labs, imported.found
    zh = f"✓ {len(units)} 个单元，{len(labs)} 个实验，{len(found.figures)} 张图"
    yield Text(zh=zh, en=f"✓ {len(units)} unit(s), {len(labs)} lab(s), {len(found.figures)} figure(s)")
    lost = Counter((each.place, each.why.zh, each.why.en) for each in found.left_out)
    if lost:
        yield Text(zh=f"略去 {lost.total()} 处：", en=f"Left out, {lost.total()}:")
    for (place, zh, en), times in lost.items():
        count = f"（{times} 次）" if times > 1 else "", f" ({times} times)" if times > 1 else ""
        yield Text(zh=f"  {place}：{zh}{count[0]}", en=f"  {place}: {en}{count[1]}")
    yield Text(zh="还要做的：", en="Still to be done:")
    for text in (*_untranslated(imported), *(_TODO[:1] if not labs else _TODO)):
        yield Text(zh=f"  {text.zh}", en=f"  {text.en}")


def _untranslated(imported: Imported) -> Iterator[Text]:
    for unit in imported.units:
        if missing := unit.missing:
            yield Text(zh=f"翻译 units/{unit.id}.{missing}.md", en=f"translate units/{unit.id}.{missing}.md")
    for lab in imported.found.labs:
        path = f"labs/{lab.id}/{lab.id}.ipynb"
        yield Text(zh=f"翻译 {path} 里缺的一种语言", en=f"translate {path} into the other language")
