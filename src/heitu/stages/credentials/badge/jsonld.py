"""What a JSON-LD document says, as the bytes that a signature covers. Contexts are bundled; nothing is fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
FILES = {
    CREDENTIALS: "credentials-v2.json",
    OPEN_BADGES: "open-badges-3.0.3.json",
    "https://w3id.org/security/multikey/v1": "multikey-v1.json",
    "https://www.w3.org/ns/did/v1": "did-v1.json",
}
RELATIVE = "relative://here/"
MOST_DEPTH = 24
MOST_OBJECTS = 300
MOST_WORK = 2000
MOST_ALIKE = 6


class Unusable(ValueError):
    """The document can't be read as JSON-LD, or would take unreasonable work to."""


@cache
def context(address: str) -> dict[str, Any]:
    """The bundled context of this address. Raises Unusable for any other: an unknown context is an unknown meaning."""
    if address not in FILES:
        raise Unusable(f"context {address} is not known here")
    document: dict[str, Any] = json.loads((Path(__file__).parent / "contexts" / FILES[address]).read_text())
    return document


def expand(document: dict[str, Any]) -> tuple[list[Any], list[str]]:
    """The document in full addresses, and the names that were lost on the way. Raises Unusable.

    What the contexts don't define pyld drops in silence, so no signature covers it. Types and references that are no
    absolute addresses it takes relative to some base, which means nothing elsewhere, so they count as lost too.
    """
    from pyld import jsonld  # an HTTP client and more come with it, which no page needs

    dropped: list[str] = []
    try:
        options = {"documentLoader": _load, "base": RELATIVE}
        expanded: list[Any] = jsonld.expand(document, options, on_property_dropped=dropped.append)
    except _trouble() as error:
        raise Unusable(_first_line(error)) from error
    relative = [word.removeprefix(RELATIVE) for word in _references(expanded) if word.startswith(RELATIVE)]
    return expanded, sorted({*map(str, dropped), *relative})


def canonical(document: dict[str, Any] | list[Any]) -> str:
    """The statements of a document, expanded or not, as sorted N-Quads (RDFC-1.0, which pyld calls URDNA2015).

    Raises Unusable where pyld can't read it, or where telling its blank nodes apart is too much work:
    that is factorial in look-alike nodes, and documents come from strangers.
    """
    from pyld import jsonld
    from pyld.canon import URDNA2015

    try:
        dataset = jsonld.to_rdf(document, {"documentLoader": _load})
        text: str = _metered(URDNA2015()).main(dataset, {"format": "application/n-quads"})
    except Unusable:
        raise
    except _trouble() as error:
        raise Unusable(_first_line(error)) from error
    return text


def _trouble() -> tuple[type[Exception], ...]:
    """pyld meets malformed documents with whatever Python error comes first."""
    from pyld.jsonld import JsonLdError

    return (JsonLdError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


def misspelled(document: dict[str, Any]) -> str | None:
    """Why the JSON may say something else than the statements that are signed; None where it can't.

    JSON-LD has many spellings for one statement, and a reader of the JSON sees only the plain one. So: keywords and
    addresses as names, nested lists, and a thing described in two places are refused, and sizes are bounded.
    """
    described: set[str] = set()
    for objects, (item, depth) in enumerate(_objects(document, 1), start=1):
        if depth > MOST_DEPTH or objects > MOST_OBJECTS:
            return f"more than {MOST_DEPTH} levels or {MOST_OBJECTS} objects"
        odd = [key for key in item if (key.startswith("@") or ":" in key) and not (key == "@context" and depth == 1)]
        if odd:
            return f"{odd[0]!r} as a name"
        identity = item.get("id")
        if isinstance(identity, str) and len(item) > 1:
            if identity in described or identity.startswith("_:"):
                return f"{identity!r} described twice"
            described.add(identity)
    return "a list in a list" if _has_nested_list(document) else None


def _objects(value: Any, depth: int) -> Iterator[tuple[dict[str, Any], int]]:
    """Every JSON object with the number of objects and lists that it stands in, never far beyond the limit."""
    if isinstance(value, dict):
        yield value, depth
    if depth > MOST_DEPTH:
        yield {}, depth
        return
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inner, depth + 1)


def _has_nested_list(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_nested_list(inner) for inner in value.values())
    if isinstance(value, list):
        return any(isinstance(inner, list) or _has_nested_list(inner) for inner in value)
    return False


def _references(expanded: Any) -> Iterator[str]:
    """Every type and identifier of an expanded document."""
    if isinstance(expanded, list):
        for item in expanded:
            yield from _references(item)
    elif isinstance(expanded, dict):
        for key, value in expanded.items():
            if key in ("@id", "@type"):
                yield from (str(word) for word in (value if isinstance(value, list) else [value]))
            else:
                yield from _references(value)


def _metered(algorithm: Any) -> Any:
    """Stop the canonicalisation before it explodes: few steps, and few look-alike neighbours for one node."""
    hash_n_degree, related = algorithm.hash_n_degree_quads, algorithm.create_hash_to_related
    steps = 0

    def hash_n_degree_quads(node: str, issuer: Any) -> Any:
        nonlocal steps
        steps += 1
        if steps > MOST_WORK:
            raise Unusable("too many look-alike parts without an id")
        return hash_n_degree(node, issuer)

    def create_hash_to_related(node: str, issuer: Any) -> Any:
        groups = related(node, issuer)
        if any(len(alike) > MOST_ALIKE for alike in groups.values()):
            raise Unusable("too many look-alike parts without an id")
        return groups

    algorithm.hash_n_degree_quads = hash_n_degree_quads
    algorithm.create_hash_to_related = create_hash_to_related
    return algorithm


def _load(address: str, options: Any = None) -> dict[str, Any]:
    found = context(address)
    return {
        "contentType": "application/ld+json", "contextUrl": None, "documentUrl": address,
        "document": found, "tag": "static",
    }


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
