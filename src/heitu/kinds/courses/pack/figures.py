"""Figures: SVG that can be put into a page. Only shapes and text, no script, no style, nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.parsers import expat

from heitu.ground.core.text import Text

SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = {
    "svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
    "tspan", "marker", "linearGradient", "radialGradient", "stop", "clipPath", "pattern", "use", "symbol",
}
_ATTRIBUTES = {
    "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "d", "points", "dx", "dy",
    "transform", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray",
    "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "opacity", "color", "id", "class",
    "font-size", "font-family", "font-weight", "font-style", "text-anchor", "dominant-baseline", "alignment-baseline",
    "letter-spacing", "textLength", "lengthAdjust", "rotate", "writing-mode", "baseline-shift",
    "marker-start", "marker-mid", "marker-end", "markerWidth", "markerHeight", "markerUnits", "refX", "refY", "orient",
    "preserveAspectRatio", "offset", "stop-color", "stop-opacity", "gradientUnits", "gradientTransform", "spreadMethod",
    "fx", "fy", "clip-path", "clip-rule", "clipPathUnits", "patternUnits", "patternTransform", "patternContentUnits",
    "href", "role", "aria-label", "aria-labelledby", "aria-hidden", "lang", "version", "vector-effect", "shape-rendering",
    "paint-order", "visibility", "display", "pathLength", "text-rendering", "font-variant", "text-decoration",
}
_LOCAL = re.compile(r"^#[\w-]+$")
_REFERENCE = re.compile(r"url\(\s*['\"]?(.*?)['\"]?\s*\)")
_NAMES = {"{http://www.w3.org/1999/xlink}href": "href", "{http://www.w3.org/XML/1998/namespace}lang": "lang"}
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"  # says nothing to a browser any more


def faults_in(text: str) -> list[tuple[int, Text]]:
    """(line, message) for everything that a figure may not have."""
    found: list[tuple[int, Text]] = []
    parser = expat.ParserCreate(namespace_separator="}")

    def refuse(zh: str, en: str) -> None:
        found.append((parser.CurrentLineNumber, Text(zh=zh, en=en)))

    def start(name: str, attributes: dict[str, str]) -> None:
        for zh, en in _faults_of(_full(name), {_full(key): value for key, value in attributes.items()}):
            refuse(zh, en)

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = lambda *_: refuse("不能有 DOCTYPE", "a DOCTYPE is not allowed")
    parser.ProcessingInstructionHandler = lambda *_: refuse("不能有处理指令", "processing instructions are not allowed")
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        zh, en = f"不是正确的 XML：{expat.ErrorString(error.code)}", f"this is not XML: {expat.ErrorString(error.code)}"
        found.append((error.lineno, Text(zh=zh, en=en)))
    return found or _about_root(text)


def inline(text: str, *, name: str, label: str) -> str:
    """A sound figure as an element of a page, whose ids are its own among several figures."""
    root = ElementTree.fromstring(text)
    prefix = f"{name.removesuffix('.svg')}-"
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{SVG}}}")
        element.attrib = {
            _NAMES.get(key, key): _prefixed(_NAMES.get(key, key), value, prefix)
            for key, value in element.attrib.items() if key != _SPACE
        }
    root.attrib |= {"role": "img", "aria-label": label, "class": "figure"}
    return ElementTree.tostring(root, encoding="unicode")


def _full(name: str) -> str:
    return f"{{{name}" if "}" in name else name


def _faults_of(name: str, attributes: dict[str, str]) -> Iterator[tuple[str, str]]:
    element = name.removeprefix(f"{{{SVG}}}")
    if element not in _ELEMENTS:
        yield f"图里不能有 <{element}>", f"a figure may not have <{element}>"
    for key, value in attributes.items():
        attribute = _NAMES.get(key, key)
        if attribute not in _ATTRIBUTES and key != _SPACE:
            yield f"图里不能有属性 {attribute}", f"a figure may not have the attribute {attribute}"
        elif attribute == "href" and not _LOCAL.match(value):
            yield f"图里不能引用 {value}", f"a figure may not refer to {value}"
        for target in _REFERENCE.findall(value):
            if not _LOCAL.match(target):
                yield f"图里不能引用 {target}", f"a figure may not refer to {target}"


def _about_root(text: str) -> list[tuple[int, Text]]:
    root = ElementTree.fromstring(text)
    if root.tag != f"{{{SVG}}}svg":
        return [(1, Text(zh="根元素应为 svg", en="the root should be an svg element"))]
    if "viewBox" not in root.attrib:
        return [(1, Text(zh="svg 应有 viewBox，图才能随页面缩放", en="the svg needs a viewBox to fit the page"))]
    return []


def _prefixed(key: str, value: str, prefix: str) -> str:
    if key == "id":
        return prefix + value
    if key == "href":
        return f"#{prefix}{value[1:]}"
    if key == "aria-labelledby":
        return " ".join(prefix + each for each in value.split())
    return _REFERENCE.sub(lambda found: f"url(#{prefix}{found[1][1:]})", value)
