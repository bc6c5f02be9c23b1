"""The one way in which the product says no."""

from __future__ import annotations

from collections.abc import Mapping

from heitu.ground.core.text import Text


class Refused(Exception):
    """A rule of the domain forbids what was asked; the person can read why and what to do.

    `code` is stable and machine-readable, `message` is bilingual, `field` names the form
    field or parameter at fault where there is one, `details` holds plain JSON data
    (a limit, the state that a case is in now).
    """

    def __init__(
        self,
        code: str,
        message: Text,
        *,
        field: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message.en}")
        self.code = code
        self.message = message
        self.field = field
        self.details = dict(details or {})


def refuse(code: str, zh: str, en: str, *, field: str | None = None, **details: object) -> Refused:
    """Build a `Refused` in one line: `raise refuse("call_closed", "…", "…", closed_at=…)`."""
    return Refused(code, Text(zh=zh, en=en), field=field, details=details)
