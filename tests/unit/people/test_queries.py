"""Who asks: one question for what every page needs of a person."""

from __future__ import annotations

from typing import Any

import pytest

from heitu.ground.people import queries
from heitu.ground.people.models import Institution, memberships_in_force
from tests.people import Cast


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["lin", "zhou", "chen", "he"])
def test_who_asks_comes_with_what_the_plain_questions_say(cast: Cast, name: str, django_assert_num_queries: Any) -> None:
    person = getattr(cast, name)
    plain = memberships_in_force(person=person.pk)
    with django_assert_num_queries(1):
        asking = queries.person_asking(person.pk)
        assert asking
        quick = asking.current_memberships
    assert [_all_of(each) for each in quick] == [_all_of(each) for each in plain]
    assert all(each.person == person for each in quick)


def _all_of(held: Any) -> list[dict[str, Any]]:
    rows = [held, held.institution or Institution()]
    return [{field.name: getattr(row, field.name) for field in row._meta.concrete_fields} for row in rows]


@pytest.mark.django_db
def test_nobody_asks_where_there_is_no_such_person() -> None:
    assert queries.person_asking(0) is None
