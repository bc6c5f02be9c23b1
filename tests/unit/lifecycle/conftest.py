from __future__ import annotations

from collections.abc import Iterator

import pytest

from heitu.ground.people.models import Person
from tests.unit.lifecycle import library


@pytest.fixture(autouse=True)
def fresh_library() -> Iterator[None]:
    library.reset()
    yield
    library.reset()


@pytest.fixture
def reader(db: None) -> Person:
    return library.person("reader")


@pytest.fixture
def librarian(db: None) -> Person:
    return library.person("librarian")
