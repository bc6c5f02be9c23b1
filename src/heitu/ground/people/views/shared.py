"""What every view of this package needs: who asks, forms that may be refused, pages of a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from heitu.ground.core.errors import Refused
from heitu.ground.people.forms import tell
from heitu.ground.people.queries import signed_in as signed_in

Done = TypeVar("Done")


def attempt(form: forms.Form, act: Callable[[], Done]) -> Done | None:
    """Run `act` if the form is well-formed; a refusal goes into the form. None means: show the form again."""
    if not form.is_valid():
        return None
    try:
        return act()
    except Refused as refused:
        tell(form, refused)
        return None


def status_of(*given: forms.Form) -> int:
    """409 if one of the forms was filled in and didn't get through."""
    return 409 if any(form.is_bound and form.errors for form in given) else 200


def paginate(request: HttpRequest, rows: QuerySet[Any], per_page: int = 25) -> Page[Any]:
    """The page that `?page=` names, the nearest if there is none such; `.shown` are the numbers to print, 0 a gap."""
    pages = Paginator(rows, per_page)
    page = pages.get_page(request.GET.get("page"))
    page.shown = [n if isinstance(n, int) else 0 for n in pages.get_elided_page_range(page.number)]  # type: ignore[attr-defined]
    return page


def csv_file(name: str, content: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
