from __future__ import annotations

import pytest

from tests.factories import NOW
from tests.people import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(NOW)
