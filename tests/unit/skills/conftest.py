from __future__ import annotations

import pytest

from heitu.stages.applications.models import Application
from tests.factories import NOW
from tests.people import Cast, make_cast
from tests.unit.credentials import library


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(NOW)


@pytest.fixture
def application(cast: Cast) -> Application:
    return library.an_application(cast, now=NOW)
