"""The stylesheet, and the gallery of every component in every state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from heitu.ground.core.errors import refuse
from heitu.ui import shelf
from heitu.ui.gallery import board, case, parts, plots

Context = Callable[[HttpRequest], dict[str, Any]]


@require_safe
def stylesheet(request: HttpRequest, digest: str) -> HttpResponse:
    """All css in one answer; kept for a year under its own digest, never under a stale one."""
    current, content = shelf.stylesheet()
    answer = HttpResponse(content, content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=31536000, immutable" if digest == current else "no-cache"
    return answer


@require_safe
def gallery(request: HttpRequest, section: str = "parts") -> HttpResponse:
    """One section of the gallery; the sections are its tabs, and the pages shown when something is wrong."""
    if section not in SECTIONS:
        raise Http404
    template, context = SECTIONS[section]
    tabs = [{**tab, "current": tab["key"] == section} for tab in parts.TABS]
    return render(request, template, {"tabs": tabs, **context(request)})


@require_safe
def progress(request: HttpRequest, done: int) -> HttpResponse:
    """The live progress of the gallery: one step further at each question."""
    return render(request, "ui/gallery/progress.html", {"done": min(done + 3, 42), "of": 42})


def _refused(request: HttpRequest) -> dict[str, Any]:
    return {
        "refused": refuse(
            "call_closed",
            "申报已于 3月9日 18:00 截止，不能再提交。",
            "Applications closed on 9 March at 18:00.",
            closed_at="2026-03-09 18:00",
        )
    }


def _nothing(request: HttpRequest) -> dict[str, Any]:
    return {}


SECTIONS: dict[str, tuple[str, Context]] = {
    "parts": ("ui/gallery/parts.html", parts.parts),
    "forms": ("ui/gallery/forms.html", parts.forms),
    "charts": ("ui/gallery/charts.html", lambda request: plots.context()),
    "case": ("ui/gallery/case.html", lambda request: case.context()),
    "board": ("ui/gallery/board.html", lambda request: board.context()),
    "refused": ("refused.html", _refused),
    "missing": ("404.html", _nothing),
    "forbidden": ("403.html", _nothing),
    "expired": ("403_csrf.html", _nothing),
    "broken": ("500.html", _nothing),
}
