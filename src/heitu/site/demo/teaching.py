"""Teaching in the demo world: a course that is adopted, a class under way with marks and vouchers, another course to adopt."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.queries import current_version
from heitu.ground.core.queue import job
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.kinds.courses.actions import compute, likenesses, regrades
from heitu.kinds.courses.actions.adoptions import open_adoption
from heitu.kinds.courses.actions.classes import Plan, extend, open_offering, set_deadlines
from heitu.kinds.courses.actions.enrolments import change_code, enrol, import_roster
from heitu.kinds.courses.actions.grades import add_item, set_grade
from heitu.kinds.courses.actions.labs import IN_HAND, submit
from heitu.kinds.courses.actions.marking import add_item as add_rubric_item
from heitu.kinds.courses.actions.marking import keep_snippet, mark
from heitu.kinds.courses.enums import Entry
from heitu.kinds.courses.models import Adoption, ComputeAward, Course, Deadline, LabSubmission, Offering
from heitu.kinds.courses.queries.marking import items_of, manual_cells, pile
from heitu.site.demo.cast import Cast
from heitu.site.demo.notebooks import handed_in, mended
from heitu.site.demo.platform import connect_platform
from heitu.stages.applications import actions as applications
from heitu.stages.applications.queries import DECLARATIONS
from heitu.stages.calls.actions import create_call
from heitu.stages.calls.models import Call
from heitu.stages.calls.terms import Terms

CLASS_SIZE = 36
EARLY, BEGUN = 9, 3  # who hand in the second lab already, and whose answers the teacher has marked
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "一二子文雨思明佳宇浩梓欣然诗涵博睿晨"
REASONED, MEASURED = Text(zh="说明了原因", en="Says why"), Text(zh="有自己的测量作依据", en="Rests on measurements of one's own")
PLAN = {
    "setting": "人工智能专业三年级的必修实践课，替换原有的框架实验环节，与“数值方法”衔接。", "term": "本学期", "students": CLASS_SIZE,
    "needs": "希望安排一次助教培训。",
}
NEED = {"students": 60, "minutes_each": 120, "why": "两个班的实验，每人每个实验约十次批改，另留两成余量。"}


def teach(cast: Cast, now: datetime) -> None:
    """Nothing where the packs hold no course."""
    courses = list(Course.objects.filter(current__isnull=False).select_related("current").order_by("slug"))
    if not courses:
        return
    for course in courses:
        _open(course, cast, now - timedelta(days=60))
    adoption = _adopted(courses[0], cast, now - timedelta(days=50))
    offering = _class(adoption, cast, now)
    _compute(offering, courses[0], cast, now)
    _marks(offering, cast, now)
    connect_platform(offering, cast, now)
    _rubrics(offering, cast, now)


def _open(course: Course, cast: Cast, at: datetime) -> Call:
    return open_adoption(course=course, institution=cast.company, closes_at=at + timedelta(days=365), by=cast.chen, now=at)


def _adopted(course: Course, cast: Cast, at: datetime) -> Adoption:
    call = Call.objects.get(course_call__course=course)
    application = applications.start(call=call, team=cast.dengta, by=cast.lin, now=at)
    applications.change_answers(
        application=application, answers=PLAN, declarations=dict.fromkeys(DECLARATIONS, True), by=cast.lin, now=at
    )
    move(case=application.case, event="submit", by=cast.lin, now=at)
    move(case=application.case, event="adopt", by=cast.chen, now=at + timedelta(days=2))
    return Adoption.objects.select_related("course", "version", "institution").get(application=application)


def _class(adoption: Adoption, cast: Cast, now: datetime) -> Offering:
    """Under way since a month: the first lab is over, the second is open, the rest come."""
    at = now - timedelta(days=30)
    plan = Plan(
        title="人工智能 2301 班", term="本学期", starts_on=at.date(), ends_on=(now + timedelta(days=90)).date(), late_percent=10
    )
    offering = open_offering(adoption=adoption, plan=plan, by=cast.lin, now=at)
    change_code(offering=offering, code="HEITU230", by=cast.lin, now=at)
    import_roster(offering=offering, file_name="名单.csv", data=_roster().encode("gbk"), by=cast.lin, now=at)
    enrol(offering=offering, person=cast.sun, entry=Entry.CODE, student_number="23010099", by=cast.sun, now=at)
    dates = {
        lab.id: (now + timedelta(days=14 * place - 24), now + timedelta(days=14 * place - 8))
        for place, lab in enumerate(adoption.version.manifest.labs)
    }
    set_deadlines(offering=offering, deadlines=dates, by=cast.lin, now=at)
    return offering


def _roster() -> str:
    draw = random.Random(2301)
    lines = [
        f"student{number}@yunling.edu.example,{draw.choice(SURNAMES)}{''.join(draw.sample(GIVEN, 2))},230100{number:02d}"
        for number in range(1, CLASS_SIZE + 1)
    ]
    return "\n".join(["邮箱,姓名,学号", *lines]) + "\n"


def _compute(offering: Offering, course: Course, cast: Cast, now: datetime) -> None:
    """Granted, moved into the class, filled weekly."""
    at = now - timedelta(days=28)
    terms = Terms(
        title=Text(zh="本学期教学算力", en="Lab compute for this term"),
        summary=Text(zh="为采用中的课程申请。", en="For courses that you teach."), statement=Text(), task="",
        prize=0, seats=200, opens_at=at, closes_at=now + timedelta(days=60), delivery_days=1,
        licence="CC-BY-4.0", skills=(),
    )
    call = create_call(
        definition=current_version("lab-compute"), terms=terms, owner=cast.chen, institution=cast.company, by=cast.chen, now=at
    )
    move(case=call.case, event="open", by=cast.chen, now=at)
    application = applications.start(call=Call.objects.get(pk=call.pk), team=cast.dengta, by=cast.lin, now=at)
    assert course.current is not None
    answers = NEED | {"course": course.current.title.zh}
    applications.change_answers(
        application=application, answers=answers, declarations=dict.fromkeys(DECLARATIONS, True), by=cast.lin, now=at
    )
    move(case=application.case, event="submit", by=cast.lin, now=at)
    move(case=application.case, event="grant", by=cast.chen, now=at + timedelta(days=1), data={"minutes": 6000})
    award = ComputeAward.objects.get(application=application)
    compute.draw(offering=offering, award=award, minutes=5000, by=cast.lin, now=at + timedelta(days=2), key="demo")
    compute.set_rule(offering=offering, minutes=60, days=7, by=cast.lin, now=at + timedelta(days=2))


def _marks(offering: Offering, cast: Cast, now: datetime) -> None:
    """Labs handed in, which the workers grade once they run; an attendance that the teacher marks; one extension."""
    draw = random.Random(7)
    attendance = add_item(
        offering=offering, title=Text(zh="平时表现", en="Class work"), maximum=Decimal(100), by=cast.lin, now=now
    )
    students = list(offering.enrolments.select_related("person").order_by("pk"))
    for enrolment in students:
        points = Decimal(draw.randint(70, 98))
        set_grade(enrolment=enrolment, item=attendance, points=points, by=cast.lin, now=now - timedelta(hours=2))
    given = offering.version.manifest.labs
    if len(given) > 1:
        due = now + timedelta(days=10)
        extend(enrolment=students[3], lab=given[1].id, due_at=due, reason="参加竞赛，请假一周。", by=cast.lin, now=now)
    at_work = [(place, each) for place, each in enumerate(students) if place % 9 and each.person_id != cast.sun.pk]
    for lab, some in zip(given, (at_work, at_work[:EARLY]), strict=False):
        for place, enrolment in some:
            when = _handed_in_at(offering.deadlines.get(lab=lab.id), now, draw)
            submit(enrolment=enrolment, lab=lab.id, data=handed_in(offering, lab.id, place), by=enrolment.person, now=when)
    job("demo.go_on").defer(offering_id=offering.pk)


def _handed_in_at(deadline: Deadline, now: datetime, draw: random.Random) -> datetime:
    """Most shortly before it is due, one in five late; of an open lab, before now."""
    if deadline.due_at < now:
        return deadline.due_at + timedelta(hours=draw.triangular(-150, 44, -6))
    return now - timedelta(hours=draw.uniform(1, 60))


def _rubrics(offering: Offering, cast: Cast, now: datetime) -> None:
    """What the written answers of every lab are looked at for, and a phrase to use again."""
    for lab in offering.version.manifest.labs:
        for cell, points in manual_cells(offering, lab.id):
            for text, share in ((REASONED, Decimal("0.75")), (MEASURED, Decimal("0.25"))):
                worth = Decimal(str(points)) * share
                add_rubric_item(offering=offering, lab=lab.id, cell=cell, text=text, points=worth, by=cast.lin, now=now)
        keep_snippet(offering=offering, lab=lab.id, text="结论对，请补上您的测量数据。", by=cast.lin, now=now)


# Once the workers have graded


def is_graded(offering: Offering) -> bool:
    """All of the first lab, and of the others what doesn't take long."""
    first = offering.version.manifest.labs[0].id
    waiting = LabSubmission.objects.filter(enrolment__offering=offering, grading__in=IN_HAND)
    return not waiting.exclude(~Q(lab=first), is_slow=True).exists()


def go_on(offering: Offering, now: datetime) -> None:
    """What waits for a person is begun, a test is mended and tried, and likenesses are looked for; the teacher decides."""
    lin, given = offering.teachers.get(), offering.version.manifest.labs
    if offering.revisions.exists():
        return
    likenesses.ask(offering=offering, lab=given[0].id, by=lin, now=now)
    if (better := mended(offering, given[0].id)) is not None:
        regrades.upload(offering=offering, lab=given[0].id, data=better.data, reason=better.reason, by=lin, now=now)
    for lab in given[1:2]:
        for pk, _ in pile(offering, lab.id).answers[:BEGUN]:
            _mark(LabSubmission.objects.get(pk=pk), lin, now)


def _mark(made: LabSubmission, by: Person, now: datetime) -> None:
    """By the first item of each question's rubric."""
    items = {item.cell: item.pk for item in reversed(list(items_of(made.enrolment.offering, made.lab)))}
    ticked = {cell: [item] for cell, item in items.items()}
    mark(submission=made, points=dict.fromkeys(items), ticked=ticked, comment="结论对，请补上您的测量数据。", by=by, now=now)
