"""Common Cartridges for tests: built by hand as other platforms write them, and judged by the rules of the format."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Mapping
from xml.etree import ElementTree

LOM = "http://ltsc.ieee.org/xsd/imsccv1p{minor}/LOM/manifest"
SPACE = "http://www.imsglobal.org/xsd/imsccv1p{minor}/imscp_v1p1"
PAGE = "<!DOCTYPE html><html lang='{language}'><head><title>{title}</title></head><body>{body}</body></html>"


def packed(files: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def manifest(items: str, resources: str, *, minor: int = 1, title: str = "A course") -> str:
    space, lom = SPACE.format(minor=minor), LOM.format(minor=minor)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest identifier="m" xmlns="{space}" xmlns:l="{lom}"><metadata>'
        f"<schema>IMS Common Cartridge</schema><schemaversion>1.{minor}.0</schemaversion><l:lom><l:general><l:title>"
        f"<l:string>{title}</l:string></l:title></l:general></l:lom></metadata><organizations>"
        f'<organization identifier="o" structure="rooted-hierarchy"><item identifier="r">{items}</item></organization>'
        f"</organizations><resources>{resources}</resources></manifest>"
    )


def item(name: str, title: str, resource: str = "", inside: str = "") -> str:
    refers = f' identifierref="{resource}"' if resource else ""
    return f'<item identifier="{name}"{refers}><title>{title}</title>{inside}</item>'


def resource(name: str, href: str, kind: str = "webcontent") -> str:
    return f'<resource identifier="{name}" type="{kind}" href="{href}"><file href="{href}"/></resource>'


def breaches(content: bytes) -> list[str]:
    """Against Common Cartridge 1.3's rules on packages (Implementation, "Content Packaging" and "Web Links")."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        root = ElementTree.fromstring(archive.read("imsmanifest.xml"))
        links = {name: archive.read(name) for name in names if name.startswith("links/")}
    space = f"{{{SPACE.format(minor=3)}}}"
    found = [] if root.tag == f"{space}manifest" else [f"the root is {root.tag}"]
    found += [] if [each.tag.rpartition("}")[2] for each in root] == ["metadata", "organizations", "resources"] else ["order"]
    about = {each.tag.rpartition("}")[2]: each.text for each in root[0]}
    found += [] if (about["schema"], about["schemaversion"]) == ("IMS Common Cartridge", "1.3.0") else [f"schema {about}"]
    ids = Counter(each.get("identifier") for each in root.iter() if each.get("identifier"))
    found += [f"id {name} is used {count} times" for name, count in ids.items() if count > 1]
    organisations = root.findall(f"{space}organizations/{space}organization")
    found += [] if [each.get("structure") for each in organisations] == ["rooted-hierarchy"] else ["one rooted hierarchy"]
    tops = organisations[0].findall(f"{space}item")
    found += [] if len(tops) == 1 and tops[0].find(f"{space}title") is None else ["one root item without a title"]
    resources = {each.get("identifier"): each for each in root.findall(f"{space}resources/{space}resource")}
    for each in tops[0].iter(f"{space}item"):
        refers, inner = each.get("identifierref"), each.findall(f"{space}item")
        found += [f"{each.get('identifier')} is a leaf without a resource"] if not inner and not refers else []
        found += [f"{each.get('identifier')} refers and holds"] if inner and refers else []
        found += [f"{refers} is no resource"] if refers and refers not in resources else []
    listed = set()
    for name, each in resources.items():
        files = [file.get("href") for file in each.findall(f"{space}file")]
        listed |= set(files)
        found += [f"{href} of {name} isn't there" for href in (each.get("href"), *files) if href and href not in names]
        needed = [dependency.get("identifierref") for dependency in each.findall(f"{space}dependency")]
        found += [f"{name} depends on {one}, which isn't there" for one in needed if one not in resources]
        if each.get("type") == "webcontent":
            found += [] if each.get("href") in files else [f"{name} doesn't list its own file"]
        elif each.get("type") == "imswl_xmlv1p3":
            link = ElementTree.fromstring(links[files[0]])
            wanted = "{http://www.imsglobal.org/xsd/imsccv1p3/imswl_v1p3}"
            found += [] if link.tag == f"{wanted}webLink" and link.find(f"{wanted}title") is not None else [f"{name} is no web link"]
            found += [] if (link.find(f"{wanted}url").get("href") or "").startswith("http") else [f"{name} has no address"]  # type: ignore[union-attr]
        else:
            found.append(f"{name} is of the type {each.get('type')}")
    return found + [f"{name} is listed nowhere" for name in names - listed - {"imsmanifest.xml"}]
