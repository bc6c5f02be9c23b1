from __future__ import annotations

import pytest

from heitu.engines.lifecycle.models import DefinitionVersion
from heitu.stages.calls.models import Call
from tests import stages
from tests.factories import NOW
from tests.people import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(NOW)


@pytest.fixture
def definition(db: None) -> DefinitionVersion:
    return stages.load()


@pytest.fixture
def draft(cast: Cast, definition: DefinitionVersion) -> Call:
    return stages.a_draft(owner=cast.zhou, institution=cast.company, definition=definition)


@pytest.fixture
def open_call(cast: Cast, definition: DefinitionVersion) -> Call:
    return stages.an_open_call(cast, definition)
