"""What the skills of a credential are called. The skill graph is a later stage, so it tells us and isn't asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from heitu.ground.core.text import Text

Namer = Callable[[Iterable[str]], Mapping[str, Text]]
_namers: list[Namer] = []


def named_by(namer: Namer) -> Namer:
    """Register who knows the titles of skills: slugs → title of each that is known."""
    _namers.append(namer)
    return namer


def titles(slugs: Iterable[str]) -> dict[str, Text]:
    """A title for every slug, in order; the slug itself where nobody knows better."""
    wanted = list(slugs)
    known: dict[str, Text] = {}
    for namer in _namers:
        known.update(namer(wanted))
    return {slug: known.get(slug) or Text(zh=slug, en=slug) for slug in wanted}
