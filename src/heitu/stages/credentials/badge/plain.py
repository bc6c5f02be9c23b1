"""JSON from strangers: no name twice in one object, no NaN, no bottomless nesting."""

from __future__ import annotations

import json
from typing import Any


def loads(content: bytes | str) -> Any:
    """Parse JSON strictly. Raises ValueError with a reason."""
    try:
        value = json.loads(content, object_pairs_hook=_object, parse_constant=_refuse)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair has no bytes to sign
        return value
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except UnicodeError:
        raise ValueError("not UTF-8") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
