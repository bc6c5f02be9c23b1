"""Puts the hand-written css files together into one stylesheet when the server starts; there is no build step."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse

FOLDER = Path(__file__).parent / "static" / "ui" / "css"
FIRST = ("layers.css", "reset.css", "tokens.css", "base.css", "layout.css")
LAST = ("pages.css", "print.css", "utilities.css")


def files() -> list[Path]:
    """Every css file in the order of the layers; components and pages by name."""
    components, pages = (sorted((FOLDER / folder).glob("*.css")) for folder in ("components", "pages"))
    return [FOLDER / name for name in FIRST] + components + pages + [FOLDER / name for name in LAST]


@lru_cache(maxsize=1)
def _bound() -> tuple[str, bytes, str]:
    content = b"\n".join(path.read_bytes() for path in files())
    digest = hashlib.sha256(content).hexdigest()[:12]
    return digest, content, reverse("ui:stylesheet", args=[digest])


def stylesheet() -> tuple[str, bytes]:
    """Return (digest, content)."""
    return _fresh()[:2]


def address() -> str:
    """The stylesheet's URL; the digest in it lets browsers keep it for good."""
    return _fresh()[2]


def _fresh() -> tuple[str, bytes, str]:
    """While developing, files are read anew each time."""
    if settings.DEBUG:
        _bound.cache_clear()
    return _bound()
