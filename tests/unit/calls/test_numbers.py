"""Numbers of calls under concurrency: no number twice, none left out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from heitu.stages.calls.actions import next_number
from tests.factories import NOW


def _take(_: int) -> str:
    try:
        with transaction.atomic():
            return next_number(now=NOW)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_numbers_without_gaps() -> None:
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(_take, range(24)))
    assert sorted(numbers) == [f"ZZ-2026-{n:04d}" for n in range(1, 25)]
