"""From what an import found to a course's folder that `heitu check` passes, or to every fault at once; nothing half done.

Every text of a course is in two languages. Where the source has one, it stands in both, and a note at its top says in
the other language that the translation is still to be made.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from heitu.engines.lifecycle.faults import DefinitionError, Fault, in_order, nearest
from heitu.engines.lifecycle.packs import skills_of
from heitu.ground.core.text import Language, Text
from heitu.kinds.courses.pack.manifest import HIGHEST, ID
from heitu.kinds.courses.pack.reading import LANGUAGES, MANIFEST, CourseFolder, read_course
from heitu.kinds.courses.trade.found import Found, Page
from heitu.kinds.courses.trade.labs import UNTRANSLATED

NOTE = "```{warning}\n%s\n```"
LAB_HOURS = LAB_SECONDS = 1
TO_WRITE = {"zh": "（待写）", "en": "(to be written)"}


@dataclass(frozen=True)
class Wishes:
    """What no source says: which skills the course teaches (slug → level), under which licence, and what its labs run on."""

    skills: Mapping[str, int]
    licence: str = ""
    toolchain: str = "numpy"
    today: date = date(1970, 1, 1)


@dataclass(frozen=True)
class Unit:
    """A page in both languages, or one that stands for both."""

    id: str
    pages: Mapping[Language, Page]

    @property
    def missing(self) -> Language | None:
        return next((language for language in LANGUAGES if language not in self.pages), None)

    def page(self, language: Language) -> Page:
        return self.pages.get(language) or next(iter(self.pages.values()))


@dataclass(frozen=True)
class Imported:
    course: CourseFolder
    units: Sequence[Unit]
    found: Found


def write(found: Found, folder: Path, wishes: Wishes) -> Imported:
    """The course in `folder`, which isn't there yet. Raises DefinitionError with every fault; nothing is written then."""
    units = paired(found)
    known = skills_of(folder.absolute().parent.parent)
    faults = [*found.faults, *_about_folder(folder), *_about_wishes(folder, wishes, known)]
    if not units and not found.faults:
        faults.append(Fault(str(folder), 0, Text(zh="没有找到任何页面或实验", en="there is no page and no lab")))
    if faults:
        raise DefinitionError(in_order(faults))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".import-", dir=folder.parent) as workshop:
        made = Path(workshop) / folder.name
        for name, content in files_of(found, units, wishes).items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(content)
        course = _checked(made, units, known or frozenset(wishes.skills))
        shutil.move(made, folder)
    return Imported(course, units, found)


def _checked(made: Path, units: Iterable[Unit], known: Collection[str]) -> CourseFolder:
    """Raises DefinitionError that names the source's files, with the line as it was made of them."""
    try:
        return read_course(made, skills=known)
    except DefinitionError as error:
        sources = {f"units/{unit.id}.{language}.md": unit.page(language).path for unit in units for language in LANGUAGES}
        raise DefinitionError(in_order(_of_source(fault, made, sources) for fault in error.faults)) from None


def _of_source(fault: Fault, made: Path, sources: Mapping[str, str]) -> Fault:
    name = Path(fault.file).relative_to(made).as_posix()
    lines = (made / name).read_text(encoding="utf-8").split("\n") if (made / name).is_file() else []
    line = lines[fault.line - 1].strip()[:80] if 0 < fault.line <= len(lines) else ""
    place = f" [{name}:{fault.line} {line}]" if line else ""
    return Fault(sources.get(name, name), 0, Text(zh=fault.message.zh + place, en=fault.message.en + place), fault.suggestion)


def _about_folder(folder: Path) -> Iterable[Fault]:
    if not ID.match(folder.name) or len(folder.name) > 60:
        zh, en = "文件夹名应为小写字母、数字和连字符", "the folder's name should be of small letters, digits and hyphens"
        yield Fault(str(folder), 0, Text(zh=zh, en=en))
    if folder.exists():
        yield Fault(str(folder), 0, Text(zh="已经存在：请另起一个名字", en="it is there already: choose another name"))


def _about_wishes(folder: Path, wishes: Wishes, known: Collection[str] | None) -> Iterable[Fault]:
    if not wishes.skills:
        zh, en = "请用 --skill 写明这门课教什么技能", "say with --skill which skill the course teaches"
        yield Fault(str(folder), 0, Text(zh=zh, en=en))
    for name, level in wishes.skills.items():
        if known is not None and name not in known:
            yield Fault("--skill", 0, Text(zh=f"没有技能“{name}”", en=f"there is no skill “{name}”"), nearest(name, known))
        if not 1 <= level <= HIGHEST:
            yield Fault("--skill", 0, Text(zh=f"等级应为 1 到 {HIGHEST}", en=f"a level is 1 to {HIGHEST}"))


def paired(found: Found) -> list[Unit]:
    """Pages as units in their order. A page that the source lists twice is one unit all the same."""
    together: dict[str, dict[Language, Page]] = {}
    for page in found.pages:
        together.setdefault(page.unit, {}).setdefault(page.language, page)
    return [Unit(id, pages) for id, pages in together.items()]


def files_of(found: Found, units: Sequence[Unit], wishes: Wishes) -> dict[str, bytes]:
    """Every file of the course by its path."""
    text = yaml.dump(_manifest(found, units, wishes), Dumper=_Plain, allow_unicode=True, sort_keys=False, width=120)
    files = {MANIFEST: text.encode()}
    for unit in units:
        for language in LANGUAGES:
            files[f"units/{unit.id}.{language}.md"] = _text(unit, language).encode()
    for lab in found.labs:
        files[f"labs/{lab.id}/{lab.id}.ipynb"] = (json.dumps(lab.notebook, ensure_ascii=False, indent=1) + "\n").encode()
    return files | {f"figures/{name}": content for name, content in found.figures.items()}


class _Plain(yaml.SafeDumper):
    """Everything written out: a course.yaml has no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(unit: Unit, language: Language) -> str:
    page = unit.page(language)
    note = f"{NOTE % UNTRANSLATED[language]}\n\n" if unit.missing == language else ""
    return f"# {_escaped(page.title)}\n\n{note}{page.text}"


def _escaped(title: str) -> str:
    for character in "\\`*_[]<>$":
        title = title.replace(character, f"\\{character}")
    return title


def _manifest(found: Found, units: Sequence[Unit], wishes: Wishes) -> dict[str, Any]:
    tags = [{"skill": skill, "level": level} for skill, level in wishes.skills.items()]
    imported = {"version": "1.0.0", "date": wishes.today.isoformat(), "zh": "由导入得来。", "en": "Imported."}
    return {
        "title": _in_both(found.titles or {units[0].page("zh").language: units[0].page("zh").title}),
        "summary": _in_both(found.summary) if found.summary else TO_WRITE,
        "audience": TO_WRITE, "authors": found.authors or [TO_WRITE],
        "licence": wishes.licence or found.licence or TO_WRITE["zh"], "version": "1.0.0", "changelog": [imported],
        "toolchains": [wishes.toolchain] if found.labs else [],
        "hours": {"lectures": len(units), "labs": LAB_HOURS * len(found.labs)}, "teaches": tags,
        "units": [_unit(unit, tags) for unit in units],
        "labs": [
            {
                "id": lab.id, "title": {"zh": lab.title, "en": lab.title}, "hours": LAB_HOURS, "toolchain": wishes.toolchain,
                "seconds": LAB_SECONDS, "voucher_minutes": 0, "skills": dict.fromkeys(lab.cells, tags),
            }
            for lab in found.labs
        ],
    }


def _unit(unit: Unit, tags: list[dict[str, Any]]) -> dict[str, Any]:
    titles = {language: unit.page(language).title for language in LANGUAGES}
    labs = [lab for page in unit.pages.values() for lab in page.labs]
    return {"id": unit.id, "title": titles, "summary": titles, "hours": 1, "skills": tags, "labs": labs, "reads": []}


def _in_both(said: Mapping[Language, str]) -> dict[str, str]:
    first = next(iter(said.values()))
    return {language: said.get(language, first) for language in LANGUAGES}
