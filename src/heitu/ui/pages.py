"""Cutting long lists into pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

if TYPE_CHECKING:
    AnyPage = Page[Any]
    AnyPaginator = Paginator[Any]
else:  # Django's own classes take no parameters at run time
    AnyPage, AnyPaginator = Page, Paginator


class ShownPage(AnyPage):
    """A page that knows which page numbers to print; None stands for what is skipped."""

    @property
    def shown(self) -> list[int | None]:
        return page_numbers(self.number, self.paginator.num_pages)


class _Paginator(AnyPaginator):
    def _get_page(self, *args: Any, **kwargs: Any) -> ShownPage:
        return ShownPage(*args, **kwargs)


def paginate(
    request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], per_page: int = 25,
    load: Callable[[Sequence[Any]], Sequence[Any]] | None = None,
) -> ShownPage:
    """The page that the address asks for (`?page=`); the nearest existing one if it is out of range or no number.

    With `load`, only the keys of a query's `rows` are asked for, and it brings all that the page shows of those on it.
    """
    keys = rows.values_list("pk", flat=True) if load and isinstance(rows, QuerySet) else rows
    page = _Paginator(keys, per_page).get_page(request.GET.get("page"))
    assert isinstance(page, ShownPage)
    if load:
        page.object_list = load(list(page.object_list))
    return page


def page_numbers(current: int, last: int) -> list[int | None]:
    """The first, the last and those around the current page: 1 … 4 5 6 … 20."""
    near = sorted({1, last, *range(max(current - 1, 1), min(current + 1, last) + 1)})
    shown: list[int | None] = []
    for number in near:
        before = shown[-1] if shown else None
        if before is not None and number - before == 2:
            shown.append(number - 1)
        elif before is not None and number - before > 2:
            shown.append(None)
        shown.append(number)
    return shown
