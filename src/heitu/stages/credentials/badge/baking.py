"""A credential inside its own picture (Open Badges 3.0, section 5.3): SVG element or PNG text chunk."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from html import escape
from xml.parsers import expat

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
KEYWORD = b"openbadgecredential"
PNG = b"\x89PNG\r\n\x1a\n"
MOST_BYTES = 1 << 18


class NotBaked(ValueError):
    """The picture holds no credential that can be read."""


def bake_svg(svg: str, document: str) -> str:
    """The drawing with the JSON document as text of an `openbadges:credential` element, before its end."""
    head, end, tail = svg.rpartition("</svg>")
    inside = f'<openbadges:credential xmlns:openbadges="{NAMESPACE}">{escape(document, quote=False)}'
    return f"{head}{inside}</openbadges:credential>{end}{tail}"


def bake_png(png: bytes, document: str) -> bytes:
    """The picture with an uncompressed iTXt chunk before its last one."""
    content = KEYWORD + b"\0\0\0\0\0" + document.encode()
    return png[:-12] + chunk(b"iTXt", content) + png[-12:]


def chunk(kind: bytes, content: bytes) -> bytes:
    """One PNG chunk: length, kind, content, CRC-32."""
    return struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))


def extract(content: bytes) -> str:
    """The credential in a picture: a JSON document or a compact token. Raises NotBaked."""
    return _from_png(content) if content.startswith(PNG) else _from_svg(content)


def _from_png(content: bytes) -> str:
    for kind, data in _chunks(content):
        keyword, _, rest = data.partition(b"\0")
        if kind == b"iTXt" and keyword == KEYWORD and len(rest) > 2:
            text = rest[2:].split(b"\0", 2)[-1]
            return _decode(_inflate(text) if rest[0] else text)
    raise NotBaked("no credential in this PNG")


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(PNG)
    while place + 12 <= len(content):
        (length,) = struct.unpack("!I", content[place : place + 4])
        yield content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        place += length + 12


def _inflate(packed: bytes) -> bytes:
    inflator = zlib.decompressobj()
    try:
        text = inflator.decompress(packed, MOST_BYTES)
    except zlib.error as error:
        raise NotBaked("the text in this PNG is damaged") from error
    if not inflator.eof:
        raise NotBaked("the text in this PNG is too large or cut off")
    return text


def _from_svg(content: bytes) -> str:
    """Read with a bare expat that refuses document types, and so entities of any kind."""
    token: list[str] = []
    text: list[str] = []
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        inside = name == f"{NAMESPACE} credential"
        if inside and "verify" in attributes:
            token.append(attributes["verify"])

    def end(name: str) -> None:
        nonlocal inside
        inside = False

    def characters(data: str) -> None:
        if inside:
            text.append(data)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise NotBaked(f"not a readable SVG: {error}") from error
    found = token[0] if token else "".join(text).strip()
    if not found:
        raise NotBaked("no credential in this SVG")
    return found


def _refuse_doctype(*arguments: object) -> None:
    raise NotBaked("a document type is not allowed")


def _decode(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise NotBaked("the text in this PNG is not UTF-8") from error
