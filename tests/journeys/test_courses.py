"""A university adopts a course, gets compute, teaches a class and takes up the next version: on the pack's definitions."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from heitu.engines.ledger.queries import balance_at
from heitu.engines.lifecycle.actions import load_programme
from heitu.engines.lifecycle.models import Case
from heitu.engines.lifecycle.queries import current_version
from heitu.engines.lifecycle.tasks import sweep_deadlines
from heitu.ground.core.errors import Refused
from heitu.ground.core.text import Text
from heitu.kinds.courses.actions import compute
from heitu.kinds.courses.actions.adoptions import open_adoption, take_up
from heitu.kinds.courses.actions.packs import load_course
from heitu.kinds.courses.models import Adoption, ComputeAward, CourseVersion, Offering
from heitu.stages.calls.actions import create_call
from heitu.stages.calls.models import Call
from tests import courses, stages
from tests.journeys.story import Story

pytestmark = pytest.mark.django_db(transaction=True)
PLAN = {"setting": "人工智能专业三年级的必修课，替换原有实践环节。", "term": "2026 秋", "students": 60}
NEED = {"course": "求和入门", "students": 2, "minutes_each": 100, "why": "两个班的实验，每人约十次批改。"}


@pytest.fixture
def story() -> Story:
    """The programmes of the pack; its crowd plan lends the story its fund."""
    story = Story("crowd-operators")
    for name in ("course-adoption", "lab-compute"):
        load_programme(path=stages.PROGRAMMES / f"{name}.yaml", by=None, now=story.now)
    return story


@pytest.fixture
def version(story: Story, tmp_path: Path) -> CourseVersion:
    return courses.loaded(tmp_path, now=story.now)


@pytest.fixture
def call(story: Story, version: CourseVersion) -> Call:
    return open_adoption(
        course=version.course, institution=story.cast.company, closes_at=story.now + timedelta(days=200),
        by=story.cast.chen, now=story.now,
    )


def adopted(story: Story, call: Call) -> Adoption:
    case = story.application(call, PLAN).case
    story.move(case, "submit", story.cast.lin)
    assert case.state == "deciding"
    story.move(case, "adopt", story.cast.chen)
    assert (case.state, case.outcome) == ("adopted", "success")
    return Adoption.objects.get(application__case=case)


def test_a_course_is_asked_for_sent_back_granted_and_upgraded(
    story: Story, call: Call, version: CourseVersion, tmp_path: Path
) -> None:
    cast = story.cast
    case = story.application(call, PLAN).case
    story.move(case, "submit", cast.lin)
    story.move(case, "send_back", cast.chen, reason="请说明与现有课程的衔接")
    story.move(case, "submit", cast.lin)
    story.move(case, "adopt", cast.chen)
    adoption = Adoption.objects.get()
    assert (case.outcome, adoption.version) == ("success", version)
    newer = load_course(folder=courses.newer(tmp_path), pack=tmp_path.name, by=None, now=story.later(days=90))
    take_up(adoption=adoption, version=newer, by=cast.lin, now=story.now)
    offering = courses.an_offering(Adoption.objects.get(), cast, now=story.now)
    assert offering.version == newer


def test_the_next_course_of_the_same_university_needs_nobodys_leave(story: Story, call: Call, tmp_path: Path) -> None:
    adopted(story, call)
    other = courses.write(tmp_path).rename(tmp_path / "courses" / "adding-more")
    second = load_course(folder=other, pack=tmp_path.name, by=None, now=story.now)
    again = open_adoption(
        course=second.course, institution=story.cast.company, closes_at=story.now + timedelta(days=99), by=story.cast.chen,
        now=story.now,
    )
    case = story.application(again, PLAN).case
    story.move(case, "submit", story.cast.lin)
    assert (case.state, Adoption.objects.count()) == ("adopted", 2)


def test_an_adoption_that_is_refused_or_left_lying(story: Story, call: Call) -> None:
    case = story.application(call, PLAN).case
    story.move(case, "submit", story.cast.lin)
    story.move(case, "refuse", story.cast.chen, reason="没有任课教师")
    team, lead = story.team("second")
    lying = story.application(call, PLAN, team, lead).case
    sweep_deadlines(story.later(days=201))
    assert Case.objects.get(pk=lying.pk).state == "lapsed"
    assert Call.objects.get(pk=call.pk).case.state == "closing"
    story.move(Call.objects.get(pk=call.pk).case, "conclude", story.cast.chen)
    assert not Adoption.objects.exists()


def compute_call(story: Story) -> Call:
    terms = stages.terms(
        story.now, title=Text(zh="春季教学算力", en="Lab compute for spring"), task="", prize=0, skills=(), licence="CC-BY-4.0"
    )
    call = create_call(
        definition=current_version("lab-compute"), terms=terms, owner=story.cast.chen, institution=story.cast.company,
        by=story.cast.chen, now=story.now,
    )
    story.move(call.case, "open", story.cast.chen)
    return Call.objects.get(pk=call.pk)


def minutes(code: str) -> int:
    found = balance_at(code)
    return found.available if found else 0


def test_compute_is_granted_taught_with_spent_and_refilled(story: Story, call: Call) -> None:
    cast, asked = story.cast, compute_call(story)
    early = story.application(asked, NEED).case
    with pytest.raises(Refused, match="teaches no course yet"):
        story.move(early, "submit", cast.lin)
    offering = courses.an_offering(adopted(story, call), cast, now=story.now)
    student = courses.a_student(offering, cast.sun, now=story.now)
    story.move(early, "submit", cast.lin)
    story.move(early, "grant", cast.chen, data={"minutes": 150})
    award = ComputeAward.objects.get()
    compute.draw(offering=offering, award=award, minutes=150, by=cast.lin, now=story.now, key="once")
    compute.set_rule(offering=Offering.objects.get(), minutes=60, days=7, by=cast.lin, now=story.now)
    compute.charge(enrolment=student, minutes=30, reason="lab", by=None, now=story.later(days=1), key="run")
    assert minutes(student.account_code) == 30
    assert compute.refill_due(now=story.later(days=7)) == 1
    assert (minutes(student.account_code), minutes(offering.account_code)) == (60, 60)
    assert early.outcome == "success"


@pytest.mark.parametrize(("event", "by", "outcome"), [("refuse", "chen", "refused"), ("withdraw", "lin", "withdrawn")])
def test_compute_that_is_not_granted_moves_nothing(story: Story, call: Call, event: str, by: str, outcome: str) -> None:
    adopted(story, call)
    case = story.application(compute_call(story), NEED).case
    story.move(case, "submit", story.cast.lin)
    story.move(case, event, getattr(story.cast, by), reason="预算不足")
    assert case.outcome == outcome
    assert minutes(compute.SOURCE) == 0
