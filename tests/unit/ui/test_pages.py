from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.test import RequestFactory

from heitu.ui.pages import page_numbers, paginate


@pytest.mark.parametrize(
    ("asked", "number"), [("", 1), ("?page=2", 2), ("?page=99", 3), ("?page=x", 1), ("?page=-1", 3)]
)
def test_out_of_range_is_the_nearest(asked: str, number: int) -> None:
    assert paginate(RequestFactory().get(f"/{asked}"), range(60)).number == number


def test_no_rows_is_one_empty_page() -> None:
    page = paginate(RequestFactory().get("/"), [])
    assert (list(page), page.shown) == ([], [1])


@pytest.mark.parametrize(
    ("current", "last", "shown"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 20, [1, 2, None, 20]),
        (4, 20, [1, 2, 3, 4, 5, None, 20]),
        (10, 20, [1, None, 9, 10, 11, None, 20]),
        (20, 20, [1, None, 19, 20]),
    ],
)
def test_numbers(current: int, last: int, shown: list[int | None]) -> None:
    assert page_numbers(current, last) == shown


def test_only_the_rows_of_the_page_are_brought() -> None:
    brought: list[list[int]] = []

    def load(keys: Sequence[int]) -> list[str]:
        brought.append(list(keys))
        return [f"row {key}" for key in keys]

    page = paginate(RequestFactory().get("/?page=2"), range(60), 25, load)
    assert (page.number, page.paginator.count, next(iter(page)), len(page)) == (2, 60, "row 25", 25)
    assert brought == [list(range(25, 50))]
