"""The badge as a picture: four strata of soil, a sprout, and what was achieved by whom."""

from __future__ import annotations

import unicodedata
import zlib
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt
import segno

from heitu.stages.credentials.badge.baking import PNG, chunk

PAPER, INK, MUTED, LINE = "#faf7f0", "#1c1814", "#6f675c", "#d9d2c5"
STRATA = ("#1f7a3f", "#c9952f", "#5a4a3c", "#241e19")
SERIF = "'Noto Serif CJK SC','Source Han Serif SC','Songti SC',serif"
SANS = "'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"
Image = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Face:
    """What is written on a badge. `day` is ISO, `address` where the credential is shown."""

    title: str
    second_title: str
    holder: str
    issuer: str
    day: str
    address: str


def svg(face: Face) -> str:
    """A square badge of 640 units that stands alone: no fonts, styles or pictures from elsewhere."""
    size = 40 if _fit(face.title, 28) == len(face.title) else 32
    title = _lines(face.title, 28 if size == 40 else 34)
    rows = [_row(line, 344 + place * (size + 10), size, INK, SERIF, 700) for place, line in enumerate(title)]
    below = 344 + len(title) * (size + 10)
    rows += [
        _row(line, below + place * 26, 19, MUTED, SANS, 400) for place, line in enumerate(_lines(face.second_title, 54))
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 640" width="640" height="640" role="img" '
        f'aria-label="{escape(face.title)} · {escape(face.holder)}"><title>{escape(face.title)} · {escape(face.holder)}'
        f'</title><rect width="640" height="640" rx="40" fill="{PAPER}"/>'
        f'<rect x="14" y="14" width="612" height="612" rx="30" fill="none" stroke="{LINE}" stroke-width="2"/>'
        f"{_mark(232, 72, 176)}{''.join(rows)}"
        f"{_row(face.holder, 530, 30, INK, SERIF, 600)}{_row(f'{face.issuer} · {face.day}', 572, 17, MUTED, SANS, 400)}"
        f'<path d="M60 486H580" stroke="{LINE}" stroke-width="2"/></svg>'
    )


def png(face: Face, size: int = 640) -> bytes:
    """The mark above a QR code of the credential's address, as an RGB PNG (letters need fonts; a code doesn't)."""
    image: Image = np.full((size, size, 3), _rgb(PAPER), dtype=np.uint8)
    _paint_mark(image, top=size // 16, left=size * 3 // 8, side=size // 4)
    matrix = np.array([list(row) for row in segno.make(face.address, error="m", micro=False).matrix], dtype=bool)
    scale = size * 9 // 16 // len(matrix)
    code = np.kron(matrix, np.ones((scale, scale), dtype=bool))
    top, left = size * 3 // 8, (size - len(code)) // 2
    image[top : top + len(code), left : left + len(code)][code] = _rgb(INK)
    return _encode(image)


def qr(address: str) -> str:
    """An inline SVG of the address, dark on light in either mode, for cameras."""
    drawn: str = segno.make(address, error="m", micro=False).svg_inline(
        scale=1, border=2, omitsize=True, svgclass="qr", lineclass=None, dark=INK, light=PAPER
    )
    return drawn


def _mark(left: float, top: float, side: float) -> str:
    """The house's mark: four strata in a square, here with a sprout on top."""
    band = side / 4
    bands = "".join(
        f'<rect x="{left:g}" y="{top + place * band:g}" width="{side:g}" height="{band + 0.5:g}" fill="{colour}"/>'
        for place, colour in enumerate(STRATA)
    )
    middle = left + side / 2
    leaves = (
        f'<path d="M{middle:g} {top + 4:g}v-22c-2-16-18-24-32-22c0 16 14 26 32 22M{middle:g} {top - 10:g}'
        f'c2-18 18-28 36-26c0 18-16 30-36 26" fill="{STRATA[0]}"/>'
    )
    clip = f'<clipPath id="m"><rect x="{left:g}" y="{top:g}" width="{side:g}" height="{side:g}" rx="{side / 9:g}"/>'
    return f'{clip}</clipPath>{leaves}<g clip-path="url(#m)">{bands}</g>'


def _row(text: str, y: float, size: int, colour: str, family: str, weight: int) -> str:
    return (
        f'<text x="320" y="{y:g}" text-anchor="middle" font-family="{family}" font-size="{size}" '
        f'font-weight="{weight}" fill="{colour}">{escape(text)}</text>'
    )


def _lines(text: str, columns: int) -> list[str]:
    """At most two lines of `columns` (a Chinese character takes two), the second cut with an ellipsis."""
    lines: list[str] = []
    rest = text.strip()
    while rest and len(lines) < 2:
        cut = _fit(rest, columns)
        if cut < len(rest) and " " in rest[:cut] and not _is_wide(rest[cut]):
            cut = rest[:cut].rindex(" ")
        lines.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    if rest and lines:
        lines[-1] = lines[-1][: _fit(lines[-1], columns - 2)] + "…"
    return lines


def _fit(text: str, columns: int) -> int:
    used = 0
    for place, letter in enumerate(text):
        used += 2 if _is_wide(letter) else 1
        if used > columns:
            return max(place, 1)
    return len(text)


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def _paint_mark(image: Image, *, top: int, left: int, side: int) -> None:
    """Four strata with rounded corners; a corner's edge is smoothed over one pixel."""
    ys, xs = np.mgrid[0:side, 0:side] + 0.5
    radius = side / 9
    dx = np.maximum(np.abs(xs - side / 2) - side / 2 + radius, 0)
    dy = np.maximum(np.abs(ys - side / 2) - side / 2 + radius, 0)
    cover = np.clip(radius - np.hypot(dx, dy) + 0.5, 0, 1)[..., None]
    bands = np.array([_rgb(colour) for colour in STRATA])[np.minimum((ys * 4 / side).astype(int), 3)]
    patch = image[top : top + side, left : left + side]
    patch[:] = np.round(bands * cover + patch * (1 - cover)).astype(np.uint8)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _encode(image: Image) -> bytes:
    """An 8-bit RGB PNG without filters."""
    height, width, _ = image.shape
    raw = np.zeros((height, width * 3 + 1), dtype=np.uint8)
    raw[:, 1:] = image.reshape(height, width * 3)
    header = b"".join(number.to_bytes(4, "big") for number in (width, height)) + b"\x08\x02\0\0\0"
    return PNG + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw.tobytes(), 9)) + chunk(b"IEND", b"")
