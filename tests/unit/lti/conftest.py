from __future__ import annotations

import pytest

from heitu.ground.core import clock
from tests.people import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(clock.now())
