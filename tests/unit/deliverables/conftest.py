from __future__ import annotations

import pytest

from heitu.ground.core import clock
from heitu.ground.people.enums import Role
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from tests import stages
from tests.factories import a_person
from tests.people import Cast, make_cast
from tests.road import walk


@pytest.fixture
def cast(db: None) -> Cast:
    cast = make_cast(clock.now())
    a_person(role=Role.EXPERT, now=clock.now())  # the second review
    return cast


@pytest.fixture
def call(cast: Cast) -> Call:
    now = clock.now()
    return stages.an_open_call(cast, stages.load(now=now), now=now)


@pytest.fixture
def draft(cast: Cast, call: Call) -> Application:
    return stages.a_draft_application(call, cast.dengta, cast.lin, now=clock.now())


@pytest.fixture
def delivering(cast: Cast, draft: Application) -> Application:
    """Where versions are handed in and judged; nothing is handed in yet."""
    return walk(draft, "delivering", cast=cast, now=clock.now())
