"""Renders template source the way files are rendered: through cotton's compiler."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

Render = Callable[..., str]


@pytest.fixture
def render() -> Render:
    def render(source: str, *, language: str = "zh-hans", path: str = "/", **context: object) -> str:
        request = RequestFactory().get(path)
        request.user = AnonymousUser()
        template = engines["django"].from_string(CottonCompiler().process(source))
        with translation.override(language):
            return template.render(context, request).strip()

    return render
