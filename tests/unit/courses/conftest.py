from __future__ import annotations

from pathlib import Path

import pytest

from heitu.ground.core import clock
from heitu.kinds.courses.models import Adoption, CourseVersion, Enrolment, Offering
from tests import courses
from tests.people import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(clock.now())


@pytest.fixture
def version(db: None, tmp_path: Path) -> CourseVersion:
    return courses.loaded(tmp_path, now=clock.now())


@pytest.fixture
def adoption(version: CourseVersion, cast: Cast) -> Adoption:
    return courses.an_adoption(version, cast, now=clock.now())


@pytest.fixture
def offering(adoption: Adoption, cast: Cast) -> Offering:
    return courses.an_offering(adoption, cast, now=clock.now())


@pytest.fixture
def student(offering: Offering, cast: Cast) -> Enrolment:
    return courses.a_student(offering, cast.sun, number="2301", now=clock.now())
