"""Templates are compiled once for each language, so that most of `{% t %}` is plain text by the time a page renders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.template.base import Template
from django.template.loaders import cached
from django.utils.translation import get_language

from heitu.ground.core.text import Language, language_of

_language: ContextVar[Language | None] = ContextVar("language", default=None)


def compiling_for() -> Language | None:
    """The language that the template now being compiled will only be rendered in; None where it may be any."""
    return _language.get()


@contextmanager
def _compiling(language: Language) -> Iterator[None]:
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


class Loader(cached.Loader):
    """Django's caching loader with the language as part of the key."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        language = language_of(get_language())
        found = self.get_template_cache.get(f"{language} {template_name}") if skip is None else None
        if isinstance(found, Template):  # forty times on a page
            return found
        with _compiling(language):
            return super().get_template(template_name, skip)

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        return f"{language_of(get_language())} {super().cache_key(template_name, skip)}"
