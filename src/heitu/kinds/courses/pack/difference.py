"""What a newer version of a course brings to a teacher of an older one: units, labs, skills and textbook editions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from heitu.ground.core.text import Text
from heitu.kinds.courses.pack.manifest import Change, Lab, Manifest, SkillTag, Unit

Kind = Literal["new", "gone", "changed"]


@dataclass(frozen=True)
class Line:
    """One thing that differs: what it is called, and in what it differs where it is in both versions."""

    kind: Kind
    title: Text
    what: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Difference:
    units: tuple[Line, ...]
    labs: tuple[Line, ...]
    skills: tuple[Line, ...]
    editions: tuple[Line, ...]
    changelog: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.units or self.labs or self.skills or self.editions)


def difference(
    old: Manifest, new: Manifest, *, changed: Collection[str], titles: Mapping[str, Text]
) -> Difference:
    """`changed` are the paths of files that are in both and differ; `titles` those of skills by slug."""
    return Difference(
        tuple(_units(old, new, changed)), tuple(_labs(old, new, changed)), tuple(_skills(old, new, titles)),
        tuple(_editions(old, new)), tuple(_since(old.version, new.changelog)),
    )


def _since(version: str, changelog: Iterable[Change]) -> Iterator[Change]:
    """What was written about the versions after `version`."""
    for change in changelog:
        if change.version == version:
            return
        yield change


def _units(old: Manifest, new: Manifest, changed: Collection[str]) -> Iterator[Line]:
    before, after = {unit.id: unit for unit in old.units}, {unit.id: unit for unit in new.units}
    yield from _come_and_gone({id: unit.title for id, unit in before.items()}, {id: unit.title for id, unit in after.items()})
    for id, unit in after.items():
        what = tuple(_in_unit(before[id], unit, changed)) if id in before else ()
        if what:
            yield Line("changed", unit.title, what)


def _in_unit(old: Unit, new: Unit, changed: Collection[str]) -> Iterator[Text]:
    if any(f"units/{new.id}.{language}.md" in changed for language in ("zh", "en")):
        yield Text(zh="正文", en="text")
    if old.title != new.title:
        yield Text(zh=f"原名“{old.title.zh}”", en=f"was called “{old.title.en}”")
    if old.hours != new.hours:
        yield Text(zh=f"学时 {old.hours:g} → {new.hours:g}", en=f"hours {old.hours:g} → {new.hours:g}")
    if old.skills != new.skills:
        yield Text(zh="技能标注", en="skill tags")
    if old.labs != new.labs:
        yield Text(zh="所配实验", en="its labs")
    if old.reads != new.reads:
        yield Text(zh="教材章节", en="reading")


def _labs(old: Manifest, new: Manifest, changed: Collection[str]) -> Iterator[Line]:
    before, after = {lab.id: lab for lab in old.labs}, {lab.id: lab for lab in new.labs}
    yield from _come_and_gone({id: lab.title for id, lab in before.items()}, {id: lab.title for id, lab in after.items()})
    for id, lab in after.items():
        what = tuple(_in_lab(before[id], lab, changed)) if id in before else ()
        if what:
            yield Line("changed", lab.title, what)


def _in_lab(old: Lab, new: Lab, changed: Collection[str]) -> Iterator[Text]:
    if f"labs/{new.id}/{new.id}.ipynb" in changed:
        yield Text(zh="笔记本", en="notebook")
    if old.toolchain != new.toolchain:
        yield Text(zh=f"工具链 {old.toolchain} → {new.toolchain}", en=f"toolchain {old.toolchain} → {new.toolchain}")
    if old.voucher_minutes != new.voucher_minutes:
        cost = f"{old.voucher_minutes} → {new.voucher_minutes}"
        yield Text(zh=f"每次批改耗算力券 {cost} 分钟", en=f"minutes of compute for a graded run {cost}")
    if old.skills != new.skills:
        yield Text(zh="计分项的技能", en="skills of its graded items")


def _skills(old: Manifest, new: Manifest, titles: Mapping[str, Text]) -> Iterator[Line]:
    before, after = _levels(old.teaches), _levels(new.teaches)
    names = {slug: titles.get(slug, Text(zh=slug, en=slug)) for slug in before | after}
    yield from _come_and_gone({slug: names[slug] for slug in before}, {slug: names[slug] for slug in after})
    for slug in after:
        if slug in before and before[slug] != after[slug]:
            step = f"{before[slug]} → {after[slug]}"
            yield Line("changed", names[slug], (Text(zh=f"等级 {step}", en=f"level {step}"),))


def _levels(tags: Iterable[SkillTag]) -> dict[str, int]:
    return {tag.skill: tag.level for tag in tags}


def _editions(old: Manifest, new: Manifest) -> Iterator[Line]:
    before, after = _listed_editions(old), _listed_editions(new)
    for key, (title, changes) in after.items():
        if key not in before:
            yield Line("new", title, (changes,))
    for key, (title, _) in before.items():
        if key not in after:
            yield Line("gone", title)


def _listed_editions(manifest: Manifest) -> dict[tuple[str, int], tuple[Text, Text]]:
    """(textbook, edition) → what it is called, and what is new in it."""
    return {
        (book.id, each.edition): (
            Text(
                zh=f"《{book.title.zh}》第 {each.edition} 版（{each.year}）",
                en=f"{book.title.en}, edition {each.edition} ({each.year})",
            ),
            each.changes,
        )
        for book in manifest.textbooks for each in book.editions
    }


def _come_and_gone(before: Mapping[str, Text], after: Mapping[str, Text]) -> Iterator[Line]:
    for key, title in after.items():
        if key not in before:
            yield Line("new", title)
    for key, title in before.items():
        if key not in after:
            yield Line("gone", title)
