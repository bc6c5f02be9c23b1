"""A class hands in at once, endless loops among it: nobody else waits for those, and in the end all are graded."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from heitu.ground.core import clock
from heitu.kinds.courses import tasks
from heitu.kinds.courses.actions import labs
from heitu.kinds.courses.enums import Entry, Grading
from heitu.kinds.courses.models import Enrolment, LabSubmission, Offering
from heitu.kinds.courses.queries import labs as looking
from heitu.kinds.courses.tasks import grade_lab, grade_slow
from tests import courses
from tests.factories import a_person
from tests.grading.conftest import desks
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("desks")]
__all__ = ["desks"]
SOURCES = {
    "right": "def total(x):\n    return sum(x)", "wrong": "def total(x):\n    raise ValueError(x)", "empty": "",
    "loop": "def total(x):\n    while True: pass",
}


@pytest.fixture
def offering(tmp_path: Path, cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Offering:
    """A class whose lab gives a cell one second."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    monkeypatch.setattr(tasks, "CELL_SECONDS", 1.0)
    lab = courses.manifest()["labs"][0] | {"seconds": 1}
    adoption = courses.an_adoption(courses.loaded(tmp_path, now=clock.now(), labs=[lab]), cast, now=clock.now())
    return courses.an_offering(adoption, cast, now=clock.now())


def hand_in(offering: Offering, kind: str) -> LabSubmission:
    student = Enrolment.objects.create(offering=offering, person=a_person(), entry=Entry.HAND, joined_at=clock.now())
    notebook = json.loads(looking.release(offering.version_id, "add-up"))
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "total":
            cell["source"] = SOURCES[kind]
    data = json.dumps(notebook).encode()
    return labs.submit(enrolment=student, lab="add-up", data=data, by=student.person, now=clock.now())


def states(offering: Offering) -> Counter[tuple[str, bool]]:
    return Counter(LabSubmission.objects.filter(enrolment__offering=offering).values_list("grading", "is_slow"))


def test_thirty_at_once_with_loops_first_and_nobody_waits_for_them(offering: Offering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labs, "LINGER", 0.0)
    kinds = ["loop", "loop", *["right", "wrong", "empty", "right"] * 7]
    made = [hand_in(offering, kind) for kind in kinds]
    places = [looking.place_of(each) for each in made]
    assert [place.ahead for place in places if place] == list(range(30))
    begun = time.process_time()
    monkeypatch.setattr(tasks, "CELL_SECONDS", 600.0)  # whoever waited for a loop would wait ten minutes
    assert grade_lab(offering.version_id, "add-up") == 28
    assert states(offering) == {(Grading.DONE, False): 28, (Grading.QUEUED, True): 2} or states(offering) == {
        (Grading.WAITING, False): 28, (Grading.QUEUED, True): 2
    }
    assert time.process_time() - begun < 30
    first, second = (looking.place_of(LabSubmission.objects.get(pk=each.pk)) for each in made[:2])
    assert (first.ahead, first.is_slow, second.ahead) == (0, True, 1)  # type: ignore[union-attr]
    earned = [looking.shown(LabSubmission.objects.get(pk=each.pk)).questions[0].earned for each in made[2:6]]
    assert earned == [3, 0, 0, 3]

    monkeypatch.setattr(tasks, "CELL_SECONDS", 1.0)
    assert grade_lab(offering.version_id, "add-up") == 0
    assert grade_slow(offering.version_id, "add-up") == 2
    loop = looking.shown(LabSubmission.objects.get(pk=made[0].pk)).questions[0]
    assert (loop.earned, loop.why.en) == (0, "ran longer than a cell may, and was interrupted")
    assert grade_slow(offering.version_id, "add-up") == 0


def test_in_a_rush_the_worker_stays_for_those_who_come_late(offering: Offering, monkeypatch: pytest.MonkeyPatch) -> None:
    made = iter([hand_in(offering, "right") for _ in range(8)])
    monkeypatch.setattr(labs, "RUSH", 8)
    tests = looking.class_source(offering, "add-up")
    taken = labs.taken(tests, is_slow=False)
    assert [next(taken).student for _ in range(8)] == [str(each.pk) for each in made]  # type: ignore[union-attr]
    assert next(taken) is None
    late = hand_in(offering, "right")
    assert next(taken).student == str(late.pk)  # type: ignore[union-attr]
    monkeypatch.setattr(labs, "LINGER", 0.0)
    assert list(taken) == []
