"""Common Cartridges by software of others: `read FILE` says what it holds, `write FILE` makes one. Runs in an environment of its own.

botstash (PyPI) reads cartridges of any platform for search; collective.imstransport (PyPI, of Plone's eduCommons, for Python 2) reads
and writes Common Cartridge 1.0 and is brought to Python 3 by fissix as it stands.
"""

from __future__ import annotations

import json
import string
import sys
import sysconfig
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

from fissix.refactor import RefactoringTool, get_fixers_from_package

PLONE = Path(sysconfig.get_path("purelib"), "collective", "imstransport", "utilities", "imscc")


def plone(name: str) -> ModuleType:
    """A module of theirs. What it takes from Zope and from Python 2's library stands in here; it does no work on a cartridge."""
    if name in sys.modules:
        return sys.modules[name]
    source = (PLONE / f"{name}.py").read_text()
    made = sys.modules[name] = ModuleType(name)
    tool = RefactoringTool([each for each in get_fixers_from_package("fissix.fixes") if not each.endswith("fix_import")])
    exec(compile(str(tool.refactor_string(source, name)), f"{name}.py", "exec"), made.__dict__)
    return made


def stand_ins() -> None:
    string.join = lambda words, between: between.join(words)  # type: ignore[attr-defined]
    for name in ("md5", "collective.imstransport", "collective.imstransport.IMS_exceptions"):
        sys.modules[name] = ModuleType(name)
    sys.modules["collective.imstransport.IMS_exceptions"].ManifestError = ValueError  # type: ignore[attr-defined]
    plone("configcc")


def read(path: str) -> dict[str, Any]:
    from botstash.ingester.imscc import extract_imscc

    found = extract_imscc(Path(path))
    searched = [{"file": each.source_file, "title": each.title, "kind": each.file_type, "text": each.extracted_text} for each in found]
    return {"botstash": searched, "plone": read_by_plone(path)}


def read_by_plone(path: str) -> dict[str, Any]:
    """As its `IMSCCReader.readPackage` does, up to where Zope's objects are made."""
    reader = plone("ccreader").CCReader()
    with zipfile.ZipFile(path) as archive:
        manifest = reader.parseManifest(archive.read("imsmanifest.xml"))
        titles = {name: title for name, (_, title) in reader.readOrganizations(manifest).items()}
        resources = []
        for resource in reader.readResources(manifest):
            name, kind, href = reader.readResourceAttributes(resource)
            files = [file if isinstance(file, str) else str(file) for file in reader.readFiles(resource)]
            sizes = [archive.getinfo(file).file_size for file in files]
            resources.append({"name": name, "kind": kind, "href": href, "title": titles.get(name), "files": files, "sizes": sizes})
    return {"resources": resources}


PAGE = (
    "<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{words}</p>"
    '<p><a href="second.html">下一页</a></p></body></html>'
)


def write(path: str) -> None:
    """Two pages, a file and a link, by their writer, in the order in which its `IMSCCWriter.createPackage` calls it."""
    writer = plone("ccwriter").CCWriter()
    document = writer.createManifest("MAN1", "2009-01-01")
    writer.writeTopLevelMetadata(document, "course", "数值方法 Numerics", "https://plone.example", "zh", "一门短课", ["numerics"])
    items, resources = writer.createOrganizations(document, "ORG1", "SHL1"), writer.createResources(document)
    things = [("first", "first.html", "误差 Errors", "Page"), ("second", "second.html", "求和 Sums", "Page"),
              ("notes", "notes.pdf", "讲义", "File"), ("more", "more", "延伸阅读", "Link")]
    files = {}
    for name, place, title, kind in things:
        writer.writeItem(items, f"ITM{name}", f"RES{name}", title)
        node = writer.writeResource(resources, f"RES{name}", kind, place)
        about = writer.createResourceMetadata(node)
        writer.writeGeneralNode(about, name, title, "https://plone.example", "zh")
        writer.writeTechnicalNode(about, "text/html", "1", f"https://plone.example/{name}")
        writer.writeRightsNode(about, "yes", "CC BY", "zh")
        place = f"{place}.xml" if kind == "Link" else place
        files[place] = writer.getLinkXml(title, "https://example.org/more") if kind == "Link" else (
            b"%PDF-1.4" if kind == "File" else PAGE.format(title=title, words=f"{title} 的正文。").encode())
        writer.writeResourceFile(node, place)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("imsmanifest.xml", writer.getManifest(document))
        for place, content in files.items():
            archive.writestr(place, content)


if __name__ == "__main__":
    stand_ins()
    if sys.argv[1] == "read":
        print(json.dumps(read(sys.argv[2])))
    else:
        write(sys.argv[2])
