from __future__ import annotations

import pytest

from heitu.ground.core import clock
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.reviews.models import Review
from tests import stages
from tests.factories import a_person
from tests.people import Cast, make_cast
from tests.road import walk


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(clock.now())


@pytest.fixture
def second(cast: Cast) -> Person:
    """Another expert without ties."""
    return a_person(role=Role.EXPERT, now=clock.now())


@pytest.fixture
def call(cast: Cast, second: Person) -> Call:
    now = clock.now()
    return stages.an_open_call(cast, stages.load(now=now), now=now)


@pytest.fixture
def reviewing(cast: Cast, call: Call) -> Application:
    draft = stages.a_draft_application(call, cast.dengta, cast.lin, now=clock.now())
    return walk(draft, "reviewing", cast=cast, now=clock.now())


@pytest.fixture
def review(cast: Cast, reviewing: Application) -> Review:
    return reviewing.reviews.get(reviewer=cast.wu)
