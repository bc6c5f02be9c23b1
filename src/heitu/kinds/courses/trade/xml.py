"""XML of strangers: no DOCTYPE, so no entities that grow or fetch; names without their namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers import expat


class BadXml(Exception):
    """Not sound XML, or with a DOCTYPE; `line` counts from 1."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line


def parsed(data: bytes) -> Element:
    """Raises BadXml."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise BadXml(parser.CurrentLineNumber, "a DOCTYPE is not allowed")

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
        return ElementTree.fromstring(data)
    except expat.ExpatError as error:
        raise BadXml(error.lineno, expat.ErrorString(error.code)) from None
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise BadXml(1, str(error)) from None


def name_of(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def children(element: Element | None, name: str) -> Iterator[Element]:
    """Direct children of that name, whatever their namespace."""
    yield from (each for each in (element if element is not None else ()) if name_of(each) == name)


def child(element: Element | None, *names: str) -> Element | None:
    """The first child of the first name, its first child of the next, and so on."""
    for name in names:
        element = next(children(element, name), None)
    return element


def words_of(element: Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
