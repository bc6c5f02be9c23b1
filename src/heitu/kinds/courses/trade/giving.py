"""A course as an IMS Common Cartridge 1.3 for any learning platform: a zip with imsmanifest.xml.

Units are web pages in both languages with their figures; labs are the students' notebooks and links to where they are
handed in; textbooks are links. Formulas are TeX between `\\( \\)` and `\\[ \\]`, as platforms typeset it.
The format: 1EdTech, Common Cartridge 1.3, Implementation (imsglobal.org/cc/ccv1p3), content packaging and web links.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from docutils import nodes

from heitu.engines.grading import Assignment
from heitu.ground.core.text import Language, Text
from heitu.kinds.courses.pack.manifest import Lab, Manifest, Textbook, Unit
from heitu.kinds.courses.pack.reading import LANGUAGES, CourseFolder
from heitu.kinds.courses.pack.rendering import Translator, without_figures
from heitu.kinds.courses.pack.units import LAB

_EARLY = (1980, 1, 1, 0, 0, 0)  # the same course gives the same bytes
_CODES: dict[Language, str] = {"zh": "zh-Hans", "en": "en"}
_FIGURE = re.compile(r'src="\.\./figures/([^"]+)"')
_SPACES = {
    "xmlns": "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1", "xmlns:lomimscc": "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": (
        "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1 http://www.imsglobal.org/profile/cc/ccv1p3/ccv1p3_imscp_v1p2_v1p0.xsd "
        "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest http://www.imsglobal.org/profile/cc/ccv1p3/LOM/ccv1p3_lommanifest_v1p0.xsd"
    ),
}
_LINK = "http://www.imsglobal.org/xsd/imsccv1p3/imswl_v1p3"


@dataclass(frozen=True)
class Place:
    """Where the course is served: the site's address, empty for no links; of a class, its number."""

    site: str = ""
    offering: int | None = None

    def lab(self, course: CourseFolder, lab: Lab) -> str:
        if self.offering is not None:
            return f"{self.site}/classes/{self.offering}/labs/{lab.id}/"
        return f"{self.site}/courses/{course.slug}/versions/{course.manifest.version}/labs/{lab.id}/"

    def textbook(self, course: CourseFolder, book: Textbook) -> str:
        return f"{self.site}/courses/{course.slug}/textbooks/{book.id}/"


@dataclass
class Packing:
    """`items` and `resources` are XML of the manifest, `files` what lies beside it."""

    files: dict[str, bytes] = field(default_factory=dict)
    items: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)


def cartridge(course: CourseFolder, place: Place) -> bytes:
    """The zip. The course is a sound one."""
    packing = Packing()
    for unit in course.manifest.units:
        packing.items.append(_module(course, unit, place, packing))
    packing.items += _beside(course, place, packing)
    for name, content in course.files.items():
        if name.startswith("figures/"):
            packing.files[name] = content
            packing.resources.append(_resource(_figure_id(name.removeprefix("figures/")), "webcontent", name))
    return _zipped({"imsmanifest.xml": _manifest(course, packing).encode()} | packing.files)


def _zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            about = zipfile.ZipInfo(name, _EARLY)
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(about, content)
    return made.getvalue()


def _tag(name: str, inside: Sequence[str] | str = (), **attributes: str) -> str:
    """XML. What is in `inside` is XML already; a single string is text."""
    given = "".join(f' {key.replace("__", ":")}="{escape(value)}"' for key, value in attributes.items())
    body = escape(inside) if isinstance(inside, str) else "".join(inside)
    return f"<{name}{given}>{body}</{name}>"


# Units


def _module(course: CourseFolder, unit: Unit, place: Place, packing: Packing) -> str:
    """A unit: one page in each language."""
    pages = [_page(course, unit, language, place, packing) for language in LANGUAGES]
    return _tag("item", [_tag("title", _both(unit.title)), *pages], identifier=f"unit-{unit.id}")


def _page(course: CourseFolder, unit: Unit, language: Language, place: Place, packing: Packing) -> str:
    title, href = unit.title.in_(language), f"units/{unit.id}.{language}.html"
    html, _ = without_figures(
        course.files[f"units/{unit.id}.{language}.md"].decode(), language=language, translate=_Portable,
        link_to=lambda target: _address(course, target, language, place),
    )
    packing.files[href] = _document(title, html, language).encode()
    name = f"page-{unit.id}-{language}"
    needed = sorted({_figure_id(found[1]) for found in _FIGURE.finditer(html)})
    packing.resources.append(_resource(f"{name}-file", "webcontent", href, needed))
    return _item(name, title)


def _document(title: str, html: str, language: Language) -> str:
    head = f'<head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    body = f"<body>\n<h1>{escape(title)}</h1>\n{html}\n</body>"
    return f'<!DOCTYPE html>\n<html lang="{_CODES[language]}">\n{head}\n{body}\n</html>\n'


class _Portable(Translator):
    """Formulas as TeX, which platforms typeset and an import finds again."""

    def visit_math(self, node: nodes.math, math_env: str = "") -> None:
        self.body.append(f"\\({escape(node.astext(), quote=False)}\\)")
        raise nodes.SkipNode

    def visit_math_block(self, node: nodes.math_block) -> None:
        self.body.append(f'<div class="math">\\[{escape(node.astext(), quote=False)}\\]</div>')
        raise nodes.SkipNode


def _address(course: CourseFolder, target: str, language: Language, place: Place) -> str:
    """A page beside, or a lab: on the site, or where there is none the notebook beside."""
    if not target.startswith(LAB):
        return f"{target}.{language}.html"
    lab = course.manifest.lab(target.removeprefix(LAB))
    assert lab is not None  # or the course would not be sound
    return place.lab(course, lab) if place.site else f"../labs/{lab.id}.ipynb"


# Labs and textbooks


def _beside(course: CourseFolder, place: Place, packing: Packing) -> Iterator[str]:
    """A last module with links and notebooks: what stands among the units are their pages only."""
    manifest = course.manifest
    items = [_notebook(course, lab, packing) for lab in manifest.labs]
    if place.site:
        links = [(f"lab-{lab.id}", lab.title, place.lab(course, lab)) for lab in manifest.labs]
        links += [(f"book-{book.id}", book.title, place.textbook(course, book)) for book in manifest.textbooks]
        items += [_web_link(name, _both(title), address, packing) for name, title, address in links]
    if items:
        yield _tag("item", [_tag("title", "实验与教材 · Labs and textbooks"), *items], identifier="beside")


def _notebook(course: CourseFolder, lab: Lab, packing: Packing) -> str:
    href = f"labs/{lab.id}.ipynb"
    packing.files[href] = Assignment.from_source(course.files[f"labs/{lab.id}/{lab.id}.ipynb"], lab.id).release()
    packing.resources.append(_resource(f"notebook-{lab.id}-file", "webcontent", href))
    return _item(f"notebook-{lab.id}", f"{_both(lab.title)} (.ipynb)")


def _both(title: Text) -> str:
    return title.zh if title.zh == title.en else f"{title.zh} · {title.en}"


def _web_link(name: str, title: str, address: str, packing: Packing) -> str:
    href = f"links/{name}.xml"
    body = _tag("webLink", [_tag("title", title), _tag("url", href=address, target="_blank")], xmlns=_LINK)
    packing.files[href] = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()
    packing.resources.append(_tag("resource", [_tag("file", href=href)], identifier=f"{name}-file", type="imswl_xmlv1p3"))
    return _item(name, title)


def _item(name: str, title: str) -> str:
    return _tag("item", [_tag("title", title)], identifier=name, identifierref=f"{name}-file")


def _figure_id(name: str) -> str:
    return f"figure-{re.sub(r'[^A-Za-z0-9_.-]', lambda found: f'_{ord(found[0]):x}_', name)}"


def _resource(name: str, kind: str, href: str, needed: Sequence[str] = ()) -> str:
    inside = [_tag("file", href=href), *(_tag("dependency", identifierref=each) for each in needed)]
    return _tag("resource", inside, identifier=name, type=kind, href=href)


# The manifest


def _manifest(course: CourseFolder, packing: Packing) -> str:
    root = _tag("item", packing.items, identifier="root")
    organisation = _tag("organization", [root], identifier="units", structure="rooted-hierarchy")
    body = [_metadata(course.manifest), _tag("organizations", [organisation]), _tag("resources", packing.resources)]
    attributes = "".join(f' {key}="{value}"' for key, value in _SPACES.items())
    name = f"heitu-{course.slug}-{course.manifest.version}"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest identifier="{name}"{attributes}>{"".join(body)}</manifest>\n'


def _metadata(manifest: Manifest) -> str:
    general = [
        _tag(f"lomimscc:{name}", [_tag("lomimscc:string", text.in_(language), language=language) for language in LANGUAGES])
        for name, text in (("title", manifest.title), ("description", manifest.summary))
    ]
    rights = [
        _tag("lomimscc:copyrightAndOtherRestrictions", [_tag("lomimscc:value", "yes")]),
        _tag("lomimscc:description", [_tag("lomimscc:string", manifest.licence, language="en")]),
    ]
    lom = _tag("lomimscc:lom", [_tag("lomimscc:general", general), _tag("lomimscc:rights", rights)])
    return _tag("metadata", [_tag("schema", "IMS Common Cartridge"), _tag("schemaversion", "1.3.0"), lom])
