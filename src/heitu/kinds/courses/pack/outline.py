"""What names what in a course.yaml, right or wrong: read from plain data, so that one fault doesn't hide the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import Any

from heitu.engines.lifecycle.definitions import Path
from heitu.engines.lifecycle.faults import nearest
from heitu.engines.lifecycle.shapes import Found, unknown
from heitu.ground.core.text import Text
from heitu.kinds.courses.pack.manifest import ID, VERSION

# Of the course, in Chinese and in English: its title and summary stand in the call for those who may teach it.
MOST_LETTERS = {"title": (100, 140), "summary": (300, 400)}

Entry = tuple[Path, Mapping[str, Any]]


def entries(data: Any, key: str) -> list[Entry]:
    """The mappings listed under `key`, each with its path."""
    return [((key, index), each) for index, each in enumerate(_list(data, key)) if isinstance(each, Mapping)]


def ids(data: Any, key: str) -> list[str]:
    """The ids of what is listed under `key`, in order, as far as they are text."""
    return [each["id"] for _, each in entries(data, key) if isinstance(each.get("id"), str)]


def names(data: Any, key: str) -> list[str]:
    """The words listed under `key`."""
    return [each for each in _list(data, key) if isinstance(each, str)]


def faults_in(data: Any, skills: Collection[str] | None) -> Iterator[Found]:
    """Everything that the form alone can't see. `skills` None: skills aren't checked."""
    yield from _lengths(data)
    for key in ("units", "labs", "textbooks"):
        yield from _ids(data, key)
    yield from _versions(data)
    for path, tag in _tags(data):
        if skills is not None and tag not in skills:
            yield path, *unknown_skill(tag, skills)
    yield from _untaught(data)
    yield from _labs(data)
    yield from _readings(data)


def unknown_skill(tag: str, skills: Collection[str]) -> tuple[Text, str]:
    """Without the list of all skills, which is long."""
    return Text(zh=f"没有技能“{tag}”", en=f"there is no skill “{tag}”"), nearest(tag, skills)


def _list(data: Any, key: str) -> list[Any]:
    found = data.get(key) if isinstance(data, Mapping) else None
    return found if isinstance(found, list) else []


def _lengths(data: Any) -> Iterator[Found]:
    for key, bounds in MOST_LETTERS.items():
        said = data.get(key) if isinstance(data, Mapping) else None
        for language, most in zip(("zh", "en"), bounds, strict=True):
            words = said.get(language) if isinstance(said, Mapping) else None
            if isinstance(words, str) and len(words) > most:
                zh, en = f"有 {len(words)} 个字符，最多 {most} 个", f"has {len(words)} letters, {most} at most"
                yield (key, language), Text(zh=zh, en=en), ""


def _ids(data: Any, key: str) -> Iterator[Found]:
    counts = Counter(ids(data, key))
    for path, entry in entries(data, key):
        name = entry.get("id")
        if isinstance(name, str) and not ID.match(name):
            zh, en = f"“{name}”应为小写字母、数字和连字符", f"“{name}” should be of small letters, digits and hyphens"
            yield (*path, "id"), Text(zh=zh, en=en), ""
        if isinstance(name, str) and counts[name] > 1:
            yield (*path, "id"), Text(zh=f"“{name}”写了不止一次", en=f"“{name}” is here more than once"), ""


def _versions(data: Any) -> Iterator[Found]:
    version = data.get("version") if isinstance(data, Mapping) else None
    if isinstance(version, str) and not VERSION.match(version):
        yield ("version",), Text(zh=f"“{version}”应像 1.0.0", en=f"“{version}” should look like 1.0.0"), ""
    changes = [(path, str(each.get("version"))) for path, each in entries(data, "changelog")]
    if changes and isinstance(version, str) and changes[0][1] != version:
        zh, en = f"更新记录应以本版 {version} 开头", f"the changelog should begin with this version, {version}"
        yield (*changes[0][0], "version"), Text(zh=zh, en=en), version
    for (_, later), (path, earlier) in pairwise(changes):
        if VERSION.match(later) and VERSION.match(earlier) and _number(earlier) >= _number(later):
            zh, en = "更新记录应当新的在前", "the changelog should have the newest version first"
            yield (*path, "version"), Text(zh=zh, en=en), ""


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _tags(data: Any) -> Iterator[tuple[Path, str]]:
    """Every skill that is named anywhere, with its path."""
    for key in ("requires", "teaches"):
        yield from _tags_in(_list(data, key), (key,))
    for path, unit in entries(data, "units"):
        yield from _tags_in(_list(unit, "skills"), (*path, "skills"))
    for path, lab in entries(data, "labs"):
        for cell, tags in cells(lab).items():
            yield from _tags_in(tags, (*path, "skills", cell))


def cells(lab: Mapping[str, Any]) -> Mapping[str, Any]:
    """The graded cells that a lab's entry tags."""
    found = lab.get("skills")
    return found if isinstance(found, Mapping) else {}


def _tags_in(tags: Any, path: Path) -> Iterator[tuple[Path, str]]:
    for index, tag in enumerate(tags if isinstance(tags, list) else []):
        if isinstance(tag, Mapping) and isinstance(tag.get("skill"), str):
            yield (*path, index, "skill"), tag["skill"]


def _untaught(data: Any) -> Iterator[Found]:
    """Skills that the course says it teaches, and no unit does."""
    units = entries(data, "units")
    taught = {tag for path, unit in units for _, tag in _tags_in(_list(unit, "skills"), path)}
    for path, tag in _tags_in(_list(data, "teaches"), ("teaches",)):
        if units and tag not in taught:
            yield path, Text(zh=f"没有一个单元讲授“{tag}”", en=f"no unit is tagged with “{tag}”"), nearest(tag, taught)


def _labs(data: Any) -> Iterator[Found]:
    """Each lab belongs to one unit, and runs on a toolchain that the course names."""
    known, toolchains = ids(data, "labs"), names(data, "toolchains")
    named: Counter[str] = Counter()
    for path, unit in entries(data, "units"):
        for index, lab in enumerate(names(unit, "labs")):
            named[lab] += 1
            if lab not in known:
                yield (*path, "labs", index), *unknown("实验", "lab", lab, known)
            elif named[lab] > 1:
                zh, en = f"实验“{lab}”已属于别的单元", f"the lab “{lab}” belongs to another unit already"
                yield (*path, "labs", index), Text(zh=zh, en=en), ""
    for path, entry in entries(data, "labs"):
        name, toolchain = entry.get("id"), entry.get("toolchain")
        if isinstance(name, str) and not named[name]:
            zh, en = f"没有一个单元用到实验“{name}”", f"no unit names the lab “{name}”"
            yield (*path, "id"), Text(zh=zh, en=en), nearest(name, named)
        if isinstance(toolchain, str) and toolchain not in toolchains:
            zh, en = f"课程的 toolchains 里没有“{toolchain}”", f"the course's toolchains don't have “{toolchain}”"
            yield (*path, "toolchain"), Text(zh=zh, en=en), ""


def _readings(data: Any) -> Iterator[Found]:
    """Chapters are of textbooks and editions that are listed."""
    books = {each.get("id"): each for _, each in entries(data, "textbooks")}
    for path, unit in entries(data, "units"):
        for index, reading in entries(unit, "reads"):
            here = (*path, *index)
            book = books.get(reading.get("textbook"))
            if book is None:
                yield (*here, "textbook"), *unknown("教材", "textbook", str(reading.get("textbook")), [str(each) for each in books])
            elif reading.get("edition") not in [each.get("edition") for _, each in entries(book, "editions")]:
                zh, en = f"这本教材没有第 {reading.get('edition')} 版", f"the book has no edition {reading.get('edition')}"
                yield (*here, "edition"), Text(zh=zh, en=en), ""
