"""A prepared question answers what the plain queryset answers, whatever the values and however often it is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Count, QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from heitu.ground.core.prepared import prepared
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Membership, Person
from tests.factories import a_person

NOW = datetime(2026, 9, 1, tzinfo=UTC)


@prepared(role=str, before=datetime, person=int)
def _held(role: str, before: datetime, person: int) -> QuerySet[Membership]:
    """Constants of its own beside its arguments, joined tables, an order and a limit."""
    held = Membership.objects.filter(role=role, since__lt=before, person__pk__gte=person, person__is_active=True)
    return held.select_related("person", "institution").order_by("-pk")[:3]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    role=st.sampled_from([*Role, "nobody", "it's % odd"]), days=st.integers(-3, 8), above=st.integers(0, 2**31 - 1) | st.just(0)
)
@pytest.mark.usefixtures("four_people")
def test_answers_what_the_queryset_answers(db: None, role: str, days: int, above: int) -> None:
    before = NOW + timedelta(days=days)
    plain = Membership.objects.filter(role=role, since__lt=before, person__pk__gte=above, person__is_active=True)
    expected = plain.select_related("person", "institution").order_by("-pk")[:3]
    found = _held(role=role, before=before, person=above)
    assert [each.pk for each in found] == [each.pk for each in expected]
    assert [each.person.name for each in found] == [each.person.name for each in expected]


@pytest.fixture
def four_people(db: None) -> None:
    for number, role in enumerate((Role.OFFICER, Role.OFFICER, Role.EXPERT, Role.FINANCE)):
        a_person(role=role, now=NOW + timedelta(days=number))


@pytest.mark.usefixtures("four_people")
def test_joined_rows_come_in_the_same_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert all(held.person.name for held in _held(role=Role.OFFICER, before=NOW + timedelta(days=9), person=0))


@pytest.mark.usefixtures("four_people")
def test_values_and_annotations_are_kept() -> None:
    counted = prepared(role=str)(
        lambda role: Membership.objects.filter(role=role).values_list("role").annotate(number=Count("pk")).order_by()
    )
    annotated = prepared(pk=int)(lambda pk: Person.objects.filter(pk=pk).annotate(roles=Count("memberships")))
    assert [tuple(row) for row in counted(role=Role.OFFICER)] == [(Role.OFFICER, 2)]
    person = Person.objects.order_by("pk")[0]
    found = annotated.first(pk=person.pk)
    assert found == person
    assert getattr(found, "roles", None) == 1


def test_nothing_found_is_none(db: None) -> None:
    assert _held.first(role="officer", before=NOW, person=0) is None


def test_an_argument_that_is_not_a_parameter_as_it_stands_is_refused(db: None) -> None:
    searched = prepared(words=str)(lambda words: Person.objects.filter(name__icontains=words))
    with pytest.raises(ValueError, match="doesn't hold words"):
        searched(words="林")


@prepared(pks=list[int])
def _people(pks: list[int]) -> QuerySet[Person]:
    return Person.objects.filter(pk__one_of=pks, is_active=True)


@pytest.mark.usefixtures("four_people")
def test_rows_come_in_the_order_of_the_keys_and_without_those_gone(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first, second, third, fourth = Person.objects.order_by("pk").values_list("pk", flat=True)
    for wanted in ([third, first], [second], [fourth, 2**31 - 1, first, third], [2**33]):
        with django_assert_num_queries(1):
            found = _people.in_order(wanted)
        assert [each.pk for each in found] == [pk for pk in wanted if pk <= fourth]
    with django_assert_num_queries(0):
        assert _people.in_order([]) == []
