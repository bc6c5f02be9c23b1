from __future__ import annotations

import pytest

from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from tests import stages
from tests.factories import NOW
from tests.people import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(NOW)


@pytest.fixture
def call(cast: Cast) -> Call:
    return stages.an_open_call(cast)


@pytest.fixture
def draft(cast: Cast, call: Call) -> Application:
    return stages.a_draft_application(call, cast.dengta, cast.lin)


@pytest.fixture
def submitted(cast: Cast, call: Call) -> Application:
    return stages.an_application(call, cast.dengta, cast.lin)
