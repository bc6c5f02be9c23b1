"""IMS Common Cartridge 1.0–1.3 read: its organisation in order, HTML pages as units, web links as lists of links.

The format: 1EdTech, Common Cartridge 1.3 (imsglobal.org/cc/ccv1p3); the packages of common platforms name the root of
web content `$IMS-CC-FILEBASE$` and keep it under `web_resources/`. Canvas names its pages `$WIKI_REFERENCE$/pages/NAME`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from heitu.kinds.courses.pack import figures
from heitu.kinds.courses.trade import html, markup, xml
from heitu.kinds.courses.trade.found import Found, Page, language_of, slug, split_name, unit_key

MANIFEST = "imsmanifest.xml"
DEEPEST = 30
_VERSION = re.compile(r"^1\.[0-3](\.\d+)?$")
_BASE = re.compile(r"^(?:\$|%24)IMS[-_]CC[-_]FILEBASE(?:\$|%24)/?", re.I)
_WIKI = re.compile(r"^(?:\$|%24)(?:WIKI|CANVAS_OBJECT)_REFERENCE(?:\$|%24)/pages/", re.I)
_PAGES = (".html", ".htm", ".xhtml")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"  # as Plone's eduCommons writes it, beside the format's `language`
# What a unit can't hold, by the beginning of the resource's type.
_LEFT_OUT = {
    "imsqti": ("测验（QTI）：请改成带测试的实验", "a quiz (QTI): make it a lab with tests"),
    "imsdt": ("讨论：黑土的课程包里没有讨论区", "a discussion: courses have no forum"),
    "imsbasiclti": ("外部工具（LTI）链接：由学校的教学平台配置", "a link to an external tool (LTI): that is set up in the platform"),
    "assignment": ("作业：没有测试可自动批改，请改成实验", "an assignment: it has no tests; make it a lab"),
    "associatedcontent": ("平台自己的附加内容", "content that only its own platform reads"),
}


@dataclass(frozen=True)
class Link:
    title: str
    address: str


@dataclass
class Reading:
    """A cartridge while it is read. `resources` by identifier; `ids` of units by the path of their page; `seen` are resources
    that the organisation lists, `taken` pages that became units."""

    files: Mapping[str, bytes]
    resources: dict[str, Element]
    found: Found
    ids: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)


def read(files: Mapping[str, bytes]) -> Found:
    """Everything that the organisation lists; faults and what was left out are in what is returned."""
    found = Found()
    try:
        root = xml.parsed(files[MANIFEST])
    except xml.BadXml as error:
        found.fault(MANIFEST, f"不是可用的 XML：{error}", f"this is not sound XML: {error}", error.line)
        return found
    _about(root, found)
    resources = {each.get("identifier", ""): each for each in xml.children(xml.child(root, "resources"), "resource")}
    reading = Reading(files, resources, found)
    organisation = xml.child(root, "organizations", "organization")
    if organisation is None or xml.child(organisation, "item") is None:
        found.fault(MANIFEST, "没有组织结构（organization），不知道页面的次序", "there is no organization, so the pages have no order")
        return found
    _name_pages(organisation, reading)
    for item in _tops(organisation):
        _module(item, reading)
    _tell_unused(reading)
    return found


def _about(root: Element, found: Found) -> None:
    version = xml.words_of(xml.child(root, "metadata", "schemaversion"))
    if not _VERSION.match(version):
        found.fault(MANIFEST, f"schemaversion 是“{version}”，可读 1.0–1.3", f"the schemaversion is “{version}”; 1.0 to 1.3 are read")
    general = xml.child(root, "metadata", "lom", "general")
    for name, kept in (("title", found.titles), ("description", found.summary)):
        for element in xml.children(general, name):
            for string in xml.children(element, "string"):
                words = xml.words_of(string)
                given = (string.get("language") or string.get(_XML_LANG) or "").lower()[:2]
                kept[given if given in ("zh", "en") else language_of(words)] = words  # type: ignore[index]
    found.licence = xml.words_of(xml.child(root, "metadata", "lom", "rights", "description", "string"))


def _tops(organisation: Element) -> list[Element]:
    """Modules: in most cartridges one item without a title holds them all."""
    items = list(xml.children(organisation, "item"))
    if len(items) == 1 and not items[0].get("identifierref"):
        return list(xml.children(items[0], "item"))
    return items


def _items(item: Element, depth: int = 0) -> Iterator[tuple[Element, int]]:
    """The item itself and those in it, in their order."""
    yield item, depth
    for inner in xml.children(item, "item"):
        yield from _items(inner, depth + 1) if depth < DEEPEST else ()


def _name_pages(organisation: Element, reading: Reading) -> None:
    """Every page gets its unit's id first: pages link to later ones. Both languages of a page share one."""
    stems: dict[str, str] = {}
    for top in _tops(organisation):
        for item, _ in _items(top):
            path = _path_of(item, reading)
            if path and path.lower().endswith(_PAGES) and path not in reading.ids:
                name = slug(split_name(path)[0], stems.values(), f"unit-{len(stems) + 1}")
                reading.ids[path] = stems.setdefault(unit_key(path), name)


def _path_of(item: Element, reading: Reading) -> str:
    resource = reading.resources.get(item.get("identifierref", ""))
    if resource is None:
        return ""
    first = xml.child(resource, "file")
    href = resource.get("href") or (first.get("href", "") if first is not None else "")
    return posixpath.normpath(unquote(href)) if href else ""


def _module(top: Element, reading: Reading) -> None:
    """Its pages in order; its web links at the end of the last page, or as a page of their own."""
    pages: list[Page] = []
    links: list[Link] = []
    title = xml.words_of(xml.child(top, "title"))
    for item, depth in _items(top):
        if depth >= DEEPEST:
            reading.found.fault(MANIFEST, f"“{title}”里的层次太深", f"the items in “{title}” are nested too deep")
            return
        if item.get("identifierref"):
            made = _item(item, reading)
            pages += [made] if isinstance(made, Page) else []
            links += [made] if isinstance(made, Link) else []
    reading.found.pages += _with_links(title, pages, links, reading)


def _with_links(title: str, pages: list[Page], links: list[Link], reading: Reading) -> list[Page]:
    if not links:
        return pages
    lines = "\n".join(f"- [{_said(link.title)}](<{link.address}>)" for link in links) + "\n"
    if not pages:
        name = slug(title, [*reading.ids.values(), *(page.unit for page in reading.found.pages)], "links")
        return [Page(title, title, lines, language_of(title), name)]
    last = pages[-1]
    return [*pages[:-1], replace(last, text=f"{last.text}\n{lines}".lstrip())]


def _said(words: str) -> str:
    return re.sub(r"([\\`*_\[\]<>$&{}])", r"\\\1", words)


def _item(item: Element, reading: Reading) -> Page | Link | None:
    named, title = item.get("identifierref", ""), xml.words_of(xml.child(item, "title"))
    resource = reading.resources.get(named)
    if resource is None:
        reading.found.fault(MANIFEST, f"“{title}”指向的资源 {named} 不存在", f"“{title}” refers to a resource {named} that isn't there")
        return None
    reading.seen.add(named)
    kind, path = resource.get("type", ""), _path_of(item, reading)
    if why := _kind_left_out(kind):
        reading.found.leave_out(path or named, *why)
        return None
    if path not in reading.files:
        zh, en = f"“{title}”的文件“{path}”不在包里", f"the file of “{title}”, “{path}”, is not in the cartridge"
        reading.found.fault(MANIFEST, zh, en)
        return None
    if kind.startswith("imswl"):
        return _web_link(title, path, reading)
    return _page(title, path, reading)


def _kind_left_out(kind: str) -> tuple[str, str] | None:
    """Whether its file is there or not."""
    known = next((words for start, words in _LEFT_OUT.items() if kind.startswith(start)), None)
    if known or kind.startswith(("imswl", "webcontent")):
        return known
    return f"这种内容（{kind}）课程包里没有", f"a course has no such thing as {kind or 'a resource without a type'}"


def _web_link(title: str, path: str, reading: Reading) -> Link | None:
    try:
        root = xml.parsed(reading.files[path])
    except xml.BadXml as error:
        reading.found.fault(path, f"不是可用的 XML：{error}", f"this is not sound XML: {error}", error.line)
        return None
    address = xml.child(root, "url")
    href = address.get("href", "") if address is not None else ""
    if urlsplit(href).scheme not in ("http", "https"):
        reading.found.leave_out(path, f"链接“{href}”不是网址", f"the link “{href}” is no web address")
        return None
    return Link(title or xml.words_of(xml.child(root, "title")) or href, href)


def _page(title: str, path: str, reading: Reading) -> Page | None:
    if not path.lower().endswith(_PAGES):
        reading.found.leave_out(path, "附件不是网页，课程包里没有它的位置", "an attachment that is no page: a course has no place for it")
        return None
    if path in reading.taken:
        reading.found.leave_out(path, f"“{title}”是前面已有的页面", f"“{title}” is a page that stands further up already")
        return None
    reading.taken.add(path)
    try:
        document = html.read(reading.files[path].decode())
    except UnicodeDecodeError:
        reading.found.fault(path, "网页不是 UTF-8 编码", "the page is not UTF-8")
        return None
    for tag in document.active:
        reading.found.leave_out(path, f"单元里不能有 <{tag}>", f"a unit can't have <{tag}>")
    name = title or document.title or reading.ids[path]
    text = markup.myst(document.body, _tools(path, reading), title=name)
    _, said = split_name(path)
    told = document.language[:2]
    language = said or ("zh" if told == "zh" else "en" if told == "en" else language_of(f"{name} {document.body.text}"))
    return Page(path, name, text, language, reading.ids[path])


def _tools(path: str, reading: Reading) -> markup.Tools:
    return markup.Tools(
        link=lambda href: _target(href, path, reading), figure=lambda source: _figure(source, path, reading),
        leave_out=lambda zh, en: reading.found.leave_out(path, zh, en),
    )


def _target(href: str, path: str, reading: Reading) -> str | None:
    """A page's unit, or an address elsewhere."""
    if urlsplit(href).scheme in ("http", "https", "mailto"):
        return href
    for place in _places(href, path):
        if place in reading.ids:
            return reading.ids[place]
    reading.found.leave_out(path, f"链接“{href}”所指不在单元里，只留文字", f"the link “{href}” leads to no unit: only its words are kept")
    return None


def _places(href: str, path: str) -> list[str]:
    """Where in the cartridge a relative address may lead."""
    plain = unquote(re.split(r"[?#]", href)[0])
    if _WIKI.match(href):
        return [f"wiki_content/{_WIKI.sub('', plain)}.html"]
    if _BASE.match(href):
        given = _BASE.sub("", plain)
        return [posixpath.normpath(given), posixpath.normpath(f"web_resources/{given}")]
    return [posixpath.normpath(posixpath.join(posixpath.dirname(path), plain))]


def _figure(source: str, path: str, reading: Reading) -> str | None:
    place = next((each for each in _places(source, path) if each in reading.files), None)
    return taken_figure(source, reading.files.get(place, b"") if place else None, path, reading.found)


def taken_figure(source: str, content: bytes | None, path: str, found: Found) -> str | None:
    """The figure's name in the course. Only sound SVG is taken; everything else is told."""
    if content is None:
        found.leave_out(path, f"图 {source} 不在包里", f"the picture {source} is not in the source")
        return None
    if not source.lower().split("?")[0].endswith(".svg"):
        found.leave_out(path, f"图 {source} 不是 SVG：请改画成 SVG", f"the picture {source} is no SVG: draw it as SVG")
        return None
    wrong = figures.faults_in(content.decode("utf-8", "replace"))
    if wrong:
        found.leave_out(path, f"图 {source}：{wrong[0][1].zh}", f"the picture {source}: {wrong[0][1].en}")
        return None
    same = next((name for name, kept in found.figures.items() if kept == content), None)
    stem = posixpath.basename(unquote(source)).rpartition(".")[0]
    name = same or f"{slug(stem, [each.removesuffix('.svg') for each in found.figures], f'figure-{len(found.figures) + 1}')}.svg"
    found.figures[name] = content
    return name


def _tell_unused(reading: Reading) -> None:
    """Pages, tests and the like that the organisation doesn't list."""
    for name, resource in reading.resources.items():
        kind, href = resource.get("type", ""), resource.get("href") or name
        why = next((words for start, words in _LEFT_OUT.items() if kind.startswith(start)), None)
        if kind == "webcontent" and href.lower().endswith(_PAGES):
            why = ("页面不在组织结构里：先放进一个模块", "the organization doesn't list this page: put it into a module")
        if why and name not in reading.seen and "associatedcontent" not in kind:
            reading.found.leave_out(href, *why)
