"""Actions that call one another: one whole, unless somebody says otherwise."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Institution

pytestmark = pytest.mark.django_db


@atomic
def enter(slug: str) -> None:
    Institution.objects.create(slug=slug, kind="university")
    if slug == "full":
        raise refuse("full", "满了。", "It is full.")


@atomic
def enter_both(first: str, second: str) -> None:
    enter(first)
    enter(second)


@atomic
def enter_or_go_on(slug: str, *, apart: bool) -> None:
    Institution.objects.create(slug="before", kind="university")
    try:
        if apart:
            with transaction.atomic():
                enter(slug)
        else:
            enter(slug)
    except Refused:
        pass
    Institution.objects.create(slug="after", kind="university")


def slugs() -> set[str]:
    return set(Institution.objects.values_list("slug", flat=True))


def test_what_an_inner_action_refuses_undoes_the_outer_one() -> None:
    with pytest.raises(Refused):
        enter_both("one", "full")
    assert slugs() == set()


def test_only_the_outermost_action_has_a_savepoint() -> None:
    with CaptureQueriesContext(connection) as queries:
        enter_both("one", "two")
    assert len([each for each in queries.captured_queries if "SAVEPOINT" in each["sql"]]) == 2  # set and released
    assert slugs() == {"one", "two"}


def test_whoever_goes_on_after_a_refusal_asks_apart() -> None:
    enter_or_go_on("full", apart=True)
    assert slugs() == {"before", "after"}


def test_nothing_is_written_after_a_refusal_that_was_swallowed() -> None:
    with pytest.raises(TransactionManagementError):
        enter_or_go_on("full", apart=False)
    assert slugs() == set()
