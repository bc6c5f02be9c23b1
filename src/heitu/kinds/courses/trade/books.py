"""Jupyter Books and MyST sites read: `_toc.yml` (Jupyter Book 1) or `myst.yml` gives the order, each page becomes a unit."""

from __future__ import annotations

import fnmatch
import json
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from heitu.engines.grading.reading import joined
from heitu.kinds.courses.trade import dialect, markup, yamls
from heitu.kinds.courses.trade.cartridges import taken_figure
from heitu.kinds.courses.trade.found import Found, Page, language_of, slug, split_name, unit_key

_ENDINGS = (".md", ".ipynb")
_FIRST = ("index", "intro", "readme")
DEEPEST = 30


@dataclass
class Book:
    """`paths` in order; `ids` of their units, both languages of a page sharing one; `titles` as the toc has them."""

    files: Mapping[str, bytes]
    found: Found
    paths: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)


def read(files: Mapping[str, bytes]) -> Found:
    """Faults and what was left out are in what is returned."""
    book = Book(files, Found())
    for name in ("_config.yml", "myst.yml"):
        _about(_yaml(name, book), book.found)
    _listed(book)
    if not book.paths and not book.found.faults:
        book.found.fault("_toc.yml", "没有列出任何页面", "no page is listed")
    _name(book)
    for path in book.paths:
        if page := _page(path, book):
            book.found.pages.append(page)
    return book.found


def _yaml(name: str, book: Book) -> Mapping[str, Any]:
    if name not in book.files:
        return {}
    try:
        found = yamls.parsed(book.files[name])
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        book.found.fault(name, f"不是可用的 YAML：{error}", f"this is not sound YAML: {error}", mark.line + 1 if mark else 0)
        return {}
    return found if isinstance(found, dict) else {}


def _about(config: Mapping[str, Any], found: Found) -> None:
    given = config.get("project", config)
    about = given if isinstance(given, dict) else {}
    if title := str(about.get("title") or ""):
        found.titles[language_of(title)] = title
    if summary := str(about.get("description") or ""):
        found.summary[language_of(summary)] = summary
    authors = about.get("authors") or ([about["author"]] if about.get("author") else [])
    found.authors += [str(each.get("name", "") if isinstance(each, dict) else each) for each in authors if each]
    licence = about.get("license")
    found.licence = found.licence or str((licence.get("content") if isinstance(licence, dict) else licence) or "")


# The order


def _listed(book: Book) -> None:
    project = _yaml("myst.yml", book).get("project")
    toc: Any = _yaml("_toc.yml", book)
    where = "_toc.yml"
    if not toc:
        toc, where = (project.get("toc") if isinstance(project, dict) else None), "myst.yml"
    if toc:
        _walk(toc, where, book, 0)
        return
    pages = [name for name in book.files if name.endswith(_ENDINGS)]
    book.paths += sorted(pages, key=lambda name: (split_name(name)[0].lower() not in _FIRST, name))


def _walk(entry: Any, where: str, book: Book, depth: int) -> None:
    """An entry's own page, then those in it."""
    if depth > DEEPEST:
        book.found.fault(where, "目录的层次太深", "the table of contents is nested too deep")
    elif isinstance(entry, list):
        for each in entry:
            _walk(each, where, book, depth + 1)
    elif isinstance(entry, dict):
        for path in _paths(entry, where, book):
            if path not in book.paths:
                book.paths.append(path)
                book.titles[path] = str(entry.get("title") or "")
        for key in ("parts", "chapters", "sections", "subtrees", "entries", "children"):
            _walk(entry.get(key), where, book, depth + 1)


def _paths(entry: Mapping[str, Any], where: str, book: Book) -> Iterator[str]:
    if "url" in entry:
        book.found.leave_out(where, f"外部链接 {entry['url']} 不是页面", f"the outside link {entry['url']} is no page")
    pattern = entry.get("glob") or entry.get("pattern")
    if isinstance(pattern, str):
        yield from sorted(name for name in book.files if name.endswith(_ENDINGS) and fnmatch.fnmatch(name, pattern))
    given = entry.get("root") or entry.get("file")
    if not isinstance(given, str):
        return
    path = posixpath.normpath(given)
    found = next((each for each in (path, *(path + ending for ending in _ENDINGS)) if each in book.files), None)
    if found is None or not found.endswith(_ENDINGS):
        zh, en = f"目录里的“{given}”不是包里的 .md 或 .ipynb", f"“{given}” in the contents is no .md or .ipynb here"
        book.found.fault(where, zh, en)
    else:
        yield found


def _name(book: Book) -> None:
    stems: dict[str, str] = {}
    for path in book.paths:
        stem, _ = split_name(path)
        words = posixpath.basename(posixpath.dirname(path)) if stem.lower() in _FIRST and posixpath.dirname(path) else stem
        book.ids[path] = stems.setdefault(unit_key(path), slug(words, stems.values(), f"unit-{len(stems) + 1}"))


# Pages


def _page(path: str, book: Book) -> Page | None:
    text = _source(path, book)
    if text is None:
        return None
    made = dialect.adapted(text, dialect.Adapter(
        tools=_tools(path, book), titled=lambda href: _titled(href, path, book),
        leave_out=lambda line, zh, en: book.found.leave_out(f"{path}:{line}", zh, en),
    ))
    title = book.titles.get(path) or made.title or split_name(path)[0]
    return Page(path, title, made.text, split_name(path)[1] or language_of(f"{title} {made.text}"), book.ids[path])


def _source(path: str, book: Book) -> str | None:
    try:
        text = book.files[path].decode("utf-8-sig")
        return _of_notebook(path, text, book) if path.endswith(".ipynb") else text
    except UnicodeDecodeError:
        book.found.fault(path, "文件不是 UTF-8 编码", "the file is not UTF-8")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        book.found.fault(path, f"不是 Jupyter 笔记本：{error}", f"this is not a Jupyter notebook: {error}")
    return None


def _of_notebook(path: str, text: str, book: Book) -> str:
    """Its text, and its code as code. Outputs stay behind: a unit isn't run."""
    parts = []
    for cell in json.loads(text)["cells"]:
        source = joined(cell.get("source", "")).strip("\n")
        if source and cell["cell_type"] == "code":
            parts.append(markup.fenced(source, "python"))
        elif source and cell["cell_type"] == "markdown":
            parts.append(source)
        if cell.get("outputs"):
            book.found.leave_out(path, "笔记本的输出", "outputs of the notebook")
    return "\n\n".join(parts)


def _tools(path: str, book: Book) -> markup.Tools:
    return markup.Tools(
        link=lambda href: _target(href, path, book),
        figure=lambda source: taken_figure(source, book.files.get(_beside(source, path)), path, book.found),
        leave_out=lambda zh, en: book.found.leave_out(path, zh, en),
    )


def _beside(href: str, path: str) -> str:
    """Where a relative address leads; one from the root of the site as well."""
    given = unquote(urlsplit(href).path)
    start = "" if given.startswith("/") else posixpath.dirname(path)
    return posixpath.normpath(posixpath.join(start, given.lstrip("/")))


def _target(href: str, path: str, book: Book) -> str | None:
    if urlsplit(href).scheme in ("http", "https", "mailto"):
        return href
    found = _other(href, path, book)
    if found is None:
        book.found.leave_out(path, f"链接“{href}”所指不在单元里，只留文字", f"the link “{href}” leads to no unit: only its words are kept")
        return None
    return book.ids[found]


def _other(href: str, path: str, book: Book) -> str | None:
    place = _beside(href, path)
    stem = place.removesuffix(".html")
    return next((each for each in (place, *(stem + ending for ending in _ENDINGS)) if each in book.ids), None)


def _titled(href: str, path: str, book: Book) -> str:
    """What a link without words says: the title of where it leads."""
    found = _other(href, path, book)
    if found is None:
        return href
    return dialect.title_of(book.files[found].decode("utf-8", "replace")) or book.ids[found]
