"""Readings say what the ORM says."""

from __future__ import annotations

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from heitu.ground.core.statements import Reading
from heitu.ground.people.models import TeamMember
from heitu.stages.applications.models import Application
from tests.people import Cast

pytestmark = pytest.mark.django_db
READING = Reading(Application, "call", "team", "award", by="case")


def values(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_and_its_relations_are_as_the_orm_reads_them(offered: Application) -> None:
    expected = Application.objects.select_related("call", "team", "award").get(pk=offered.pk)
    with CaptureQueriesContext(connection) as queries:
        found = READING.get(offered.case_id)
        pairs = [(found, expected), (found.call, expected.call), (found.team, expected.team), (found.award, expected.award)]
        assert found.award.application is found
    assert len(queries) == 1
    for ours, theirs in pairs:
        assert ours == theirs
        assert values(ours) == values(theirs)
        assert not ours._state.adding


def test_a_relation_that_is_not_there_is_none(draft: Application) -> None:
    found = READING.get(draft.case_id)
    with CaptureQueriesContext(connection) as queries:
        assert getattr(found, "award", None) is None
    assert len(queries) == 0


def test_all_rows_of_a_column(cast: Cast) -> None:
    found = Reading(TeamMember, "person", by="team").find_all(cast.dengta.pk)
    assert {place.person for place in found} == {place.person for place in cast.dengta.members.select_related("person")}


def test_what_is_not_there(db: None) -> None:
    assert READING.find(0) is None
    with pytest.raises(ObjectDoesNotExist):
        READING.get(0)
