"""Notebooks that look alike: a renamed copy is found among sixty, what everybody was given never is."""

from __future__ import annotations

import json
import random
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from heitu.ground.audit.models import AuditEntry
from heitu.ground.core import clock
from heitu.kinds.courses.actions import labs, likenesses
from heitu.kinds.courses.enums import Entry
from heitu.kinds.courses.models import Comparison, Enrolment, Grade, LabSubmission, Offering
from heitu.kinds.courses.queries import labs as looking
from heitu.kinds.courses.queries import likenesses as asking
from heitu.kinds.courses.tasks import compare_notebooks
from tests import courses
from tests.factories import a_person
from tests.people import Cast, client_of

pytestmark = pytest.mark.django_db
CALLS = ("np.sqrt", "np.abs", "np.cumsum", "np.where", "np.clip", "np.dot", "sorted", "max", "min", "len", "sum", "zip")


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


def a_program(seed: int, *, names: str = "abcdefgh", lines: int = 40) -> str:
    """Code of its own shape for each seed; other names change nothing but the names."""
    draw = random.Random(seed)
    made = [f"def total({names[0]}):"]
    for _ in range(lines):
        head = draw.choice(["    {} = {}", "    {} += {}", "    for {} in {}: pass", "    if {} < {}: pass", "    {}.append({})"])
        made.append(head.format(names[draw.randrange(8)], a_term(draw, names, 3)))
    return "\n".join([*made, f"    return {names[1]}"])


def a_term(draw: random.Random, names: str, depth: int) -> str:
    if depth == 0 or draw.random() < 0.2:
        return draw.choice([names[draw.randrange(8)], str(draw.randrange(9))])
    one, two = (a_term(draw, names, depth - 1) for _ in range(2))
    return draw.choice([f"{draw.choice(CALLS)}({one}, {two})", f"({one} {draw.choice('+-*/%')} {two})", f"{one}[{two}:]"])


def hand_in(student: Enrolment, source: str | None) -> LabSubmission:
    """`source` in the place of the solution; None leaves the students' notebook as it was given."""
    notebook = json.loads(looking.release(student.offering.version_id, "add-up"))
    for cell in notebook["cells"]:
        if source is not None and cell["metadata"].get("nbgrader", {}).get("grade_id") == "total":
            cell["source"] = source
    notebook["metadata"]["who"] = student.pk
    data = json.dumps(notebook).encode()
    return labs.submit(enrolment=student, lab="add-up", data=data, by=student.person, now=clock.now())


@pytest.fixture
def copied(offering: Offering) -> tuple[int, int]:
    """Sixty notebooks: one is another's with other names, comments and an order of its own; two are untouched."""
    programs: list[str | None] = [a_program(seed) for seed in range(57)]
    copy = "# mine\n%matplotlib inline\n" + a_program(3, names="pqrstuvw").replace("    return", "    # the end\n\n    return")
    made = []
    for source in [*programs, copy, None, None]:
        student = Enrolment.objects.create(offering=offering, person=a_person(), entry=Entry.HAND, joined_at=clock.now())
        made.append(hand_in(student, source))
    return made[3].pk, made[57].pk


def test_one_renamed_copy_among_sixty_in_a_second(offering: Offering, cast: Cast, copied: tuple[int, int]) -> None:
    asked = likenesses.ask(offering=offering, lab="add-up", by=cast.lin, now=clock.now())
    assert likenesses.ask(offering=offering, lab="add-up", by=cast.lin, now=clock.now()) == asked
    begun = time.process_time()
    assert compare_notebooks(asked.pk) == 1
    assert time.process_time() - begun < 5
    asked.refresh_from_db()
    ((one, other, score, *_),) = asked.pairs
    assert {one, other} == set(copied)
    assert score > 0.9
    assert asked.compared == 60
    assert AuditEntry.objects.filter(action="lab.compared").count() == 1
    assert not Grade.objects.exists()

    client, door = client_of(cast, "lin"), f"/classes/{offering.pk}/labs/add-up/likenesses/"
    page = client.get(door).content.decode()
    assert "不是抄袭的证明" in page
    facing = client.get(f"{door}{one}/{other}/").content.decode()
    assert facing.count('class="is-match"') > 60
    assert "total([1])" not in facing  # a locked test, which nobody wrote
    hand_in(Enrolment.objects.get(submissions=one), a_program(99))
    assert "比较之后又交了 1 份" in client.get(door).content.decode()
    for path in ("", f"{one}/{other}/"):
        assert client_of(cast, "sun").get(door + path).status_code == 404


def test_what_everybody_was_given_is_never_alike(offering: Offering, cast: Cast, student: Enrolment) -> None:
    for each in (student, courses.a_student(offering, cast.zhou)):
        hand_in(each, None)
    client, door = client_of(cast, "lin"), f"/classes/{offering.pk}/labs/add-up/likenesses/"
    assert "还没有比较过" in client.get(door).content.decode()
    assert client.post(door).status_code == 302
    assert "正在比较" in client.get(door).content.decode()
    compare_notebooks(Comparison.objects.get().pk)
    assert "没有需要看的" in client.get(door).content.decode()
    assert asking.latest(offering, "add-up").pairs == []  # type: ignore[union-attr]


def test_a_comparison_whose_job_was_lost_is_asked_for_again(offering: Offering, cast: Cast) -> None:
    def ask(minutes: int) -> int:
        likenesses.ask(offering=offering, lab="add-up", by=cast.lin, now=clock.now() + timedelta(minutes=minutes))
        return ProcrastinateJob.objects.filter(task_name="courses.compare_notebooks").count()

    assert [ask(0), ask(1), ask(11), ask(12)] == [1, 1, 2, 2]


def test_the_same_over_the_api(offering: Offering, cast: Cast, student: Enrolment) -> None:
    made = [hand_in(each, a_program(1)) for each in (student, courses.a_student(offering, cast.zhou))]
    client, door = client_of(cast, "lin"), f"/api/v1/classes/{offering.pk}/labs/add-up/likenesses"
    assert client.get(door).json() == {"done_at": None, "compared": 0, "pairs": []}
    assert client.post(door).status_code == 202
    compare_notebooks(Comparison.objects.get().pk)
    (pair,) = client.get(door).json()["pairs"]
    assert ({pair["one"], pair["other"]}, pair["score"]) == ({each.pk for each in made}, 1.0)
    assert client_of(cast, "sun").get(door).status_code == 404
