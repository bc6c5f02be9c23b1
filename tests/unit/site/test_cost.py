"""What a move costs: everybody waits for it, and a simulation makes fifty thousand."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heitu.engines.lifecycle.actions import move
from heitu.ground.core import clock
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from tests.people import Cast
from tests.road import walk

pytestmark = pytest.mark.django_db


def cost(application: Application, event: str, by: Person, **given: object) -> int:
    """Statements of the move itself, with guards and effects: what is told comes after the commit."""
    fresh, person = Application.objects.get(pk=application.pk), Person.objects.get(pk=by.pk)
    with CaptureQueriesContext(connection) as queries:
        move(case=fresh.case, event=event, by=person, now=clock.now(), **given)  # type: ignore[arg-type]
    return sum("SAVEPOINT" not in each["sql"] for each in queries.captured_queries)


@pytest.mark.parametrize(("state", "event", "role", "most"), [
    ("screening", "send_back", "officer", 6),
    ("screening", "pass", "officer", 12),
    ("deciding", "award", "officer", 14),
    ("offered", "accept", "lead", 21),
    ("paying_design", "approve", "finance", 33),
])
def test_a_move_takes_few_statements(
    cast: Cast, draft: Application, state: str, event: str, role: str, most: int
) -> None:
    application = walk(draft, state, cast=cast, now=clock.now())
    by = {"officer": cast.chen, "lead": cast.lin, "finance": cast.ma}[role]
    given = {"reason": "so"} if event == "send_back" else {}
    assert cost(application, event, by, **given) <= most
