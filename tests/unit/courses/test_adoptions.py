"""Adopting a course, and taking up a newer version."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import Error, transaction

from heitu.engines.lifecycle.actions import move
from heitu.ground.audit.models import AuditEntry
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.people.actions import grant
from heitu.ground.people.enums import Role
from heitu.kinds.courses.actions.adoptions import end_adoption, open_adoption, take_up
from heitu.kinds.courses.actions.packs import load_course
from heitu.kinds.courses.models import Adoption, CourseVersion, Uptake
from heitu.kinds.courses.queries.courses import difference_between
from tests import courses
from tests.factories import a_team
from tests.people import Cast

pytestmark = pytest.mark.django_db
NOW = clock.now()


def newer(folder: Path, **changes: object) -> CourseVersion:
    return load_course(folder=courses.newer(folder, **changes), pack=folder.name, by=None, now=NOW)


def test_an_adoption_pins_the_version_of_its_day(adoption: Adoption, version: CourseVersion, cast: Cast, tmp_path: Path) -> None:
    second = newer(tmp_path)
    adoption.refresh_from_db()
    assert (adoption.version, adoption.institution, adoption.teacher) == (version, cast.university, cast.lin)
    take_up(adoption=adoption, version=second, by=cast.lin, now=NOW)
    adoption.refresh_from_db()
    assert adoption.version == second
    assert list(Uptake.objects.order_by("pk").values_list("version__version", flat=True)) == ["1.0.0", "1.1.0"]
    entry = AuditEntry.objects.get(action="adoption.upgraded")
    assert (entry.actor, entry.detail) == (cast.lin, {"from": "1.0.0", "to": "1.1.0"})


def test_only_newer_versions_are_taken_up(adoption: Adoption, version: CourseVersion, cast: Cast, tmp_path: Path) -> None:
    second = newer(tmp_path)
    take_up(adoption=adoption, version=second, by=cast.lin, now=NOW)
    for each in (version, second):
        with pytest.raises(Refused, match="not_newer"):
            take_up(adoption=adoption, version=each, by=cast.lin, now=NOW)
    end_adoption(adoption=adoption, reason="", by=cast.lin, now=NOW)
    with pytest.raises(Refused, match="adoption_ended"):
        take_up(adoption=adoption, version=second, by=cast.lin, now=NOW)


def test_the_difference_names_what_changed(version: CourseVersion, tmp_path: Path) -> None:
    given = courses.manifest()
    units, book = given["units"], given["textbooks"][0]
    units[0] |= {"hours": 3}
    second_edition = {"edition": 2, "year": 2026, "changes": {"zh": "新章。", "en": "A new chapter."}}
    texts = {**courses.UNITS, "errors": {**courses.UNITS["errors"], "en": courses.UNITS["errors"]["en"] + "\nMore.\n"}}
    second = newer(
        tmp_path, units=texts, teaches=[{"skill": "numpy-vectorisation", "level": 3}, {"skill": "numerical-stability", "level": 1}],
        textbooks=[book | {"editions": [*book["editions"], second_edition]}], lab=courses.notebook(),
    )
    found = difference_between(version, second)
    assert [(line.kind, line.title.en, [what.en for what in line.what]) for line in found.units] == [
        ("changed", "Errors", ["text"]),
    ]
    assert [(line.kind, [what.en for what in line.what]) for line in found.skills] == [("new", []), ("changed", ["level 2 → 3"])]
    assert [(line.kind, line.title.en, line.what[0].en) for line in found.editions] == [
        ("new", "Sums, edition 2 (2026)", "A new chapter.")
    ]
    assert found.labs == ()
    assert [change.version for change in found.changelog] == ["1.1.0"]
    assert difference_between(second, second).is_empty


def test_a_course_is_adopted_once_by_an_institution(adoption: Adoption, version: CourseVersion, cast: Cast) -> None:
    now = clock.now()
    team = a_team(institution=cast.university, lead=cast.gao, now=now)
    application = courses.an_application(version, cast, team=team, lead=cast.gao, now=now)
    with pytest.raises(Refused, match="teaches this course already"):
        move(case=application.case, event="submit", by=cast.gao, now=now)


def test_who_teaches_nowhere_can_not_ask(version: CourseVersion, cast: Cast) -> None:
    team = a_team(institution=cast.university, lead=cast.sun, now=NOW)
    application = courses.an_application(version, cast, team=team, lead=cast.sun, now=NOW)
    with pytest.raises(Refused, match="A verified teacher"):
        move(case=application.case, event="submit", by=cast.sun, now=NOW)


def test_the_lead_of_an_institution_adopts_at_once(version: CourseVersion, cast: Cast) -> None:
    grant(person=cast.lin, role=Role.LEAD, institution=cast.university, by=None, now=NOW)
    application = courses.an_application(version, cast, now=NOW)
    move(case=application.case, event="submit", by=cast.lin, now=NOW)
    assert (application.case.state, application.case.outcome) == ("adopted", "success")
    assert Adoption.objects.get().version == version


def test_a_course_is_opened_once(version: CourseVersion, adoption: Adoption, cast: Cast) -> None:
    with pytest.raises(Refused, match="adoption_open"):
        open_adoption(
            course=version.course, institution=cast.company, closes_at=NOW.replace(year=NOW.year + 1), by=cast.chen, now=NOW
        )


def test_what_was_pinned_is_never_rewritten(adoption: Adoption) -> None:
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        adoption.uptakes.all().delete()
