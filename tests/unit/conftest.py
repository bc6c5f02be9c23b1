"""A case of the crowd plan's operator track, led to each of its states: what tests of a stage start from."""

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
    """The cast, and a second expert without ties, since an application needs two reviews."""
    cast = make_cast(clock.now())
    a_person(role=Role.EXPERT, now=clock.now())
    return cast


@pytest.fixture
def call(cast: Cast) -> Call:
    now = clock.now()
    return stages.an_open_call(cast, stages.load(now=now), now=now)


@pytest.fixture
def draft(cast: Cast, call: Call) -> Application:
    return stages.a_draft_application(call, cast.dengta, cast.lin, now=clock.now())


@pytest.fixture
def reviewing(cast: Cast, draft: Application) -> Application:
    return walk(draft, "reviewing", cast=cast, now=clock.now())


@pytest.fixture
def offered(cast: Cast, draft: Application) -> Application:
    return walk(draft, "offered", cast=cast, now=clock.now())


@pytest.fixture
def designing(cast: Cast, draft: Application) -> Application:
    return walk(draft, "designing", cast=cast, now=clock.now())


@pytest.fixture
def paying_design(cast: Cast, draft: Application) -> Application:
    """The design was accepted, its payment waits for finance."""
    return walk(draft, "paying_design", cast=cast, now=clock.now())


@pytest.fixture
def delivering(cast: Cast, draft: Application) -> Application:
    """Where versions are handed in and judged; nothing is handed in yet."""
    return walk(draft, "delivering", cast=cast, now=clock.now())


@pytest.fixture
def accepting(cast: Cast, draft: Application) -> Application:
    """The delivery passed the judge; the task owner is to accept it."""
    return walk(draft, "accepting", cast=cast, now=clock.now())
