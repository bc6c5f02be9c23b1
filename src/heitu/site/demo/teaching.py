"""Teaching in the demo world: a course that is adopted, a class under way with marks and vouchers, another course to adopt."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from heitu.engines.grading.regions import SOLUTION
from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.queries import current_version
from heitu.ground.core.text import Text
from heitu.kinds.courses.actions import compute
from heitu.kinds.courses.actions.adoptions import open_adoption
from heitu.kinds.courses.actions.classes import Plan, extend, open_offering, set_deadlines
from heitu.kinds.courses.actions.enrolments import change_code, enrol, import_roster
from heitu.kinds.courses.actions.grades import add_item, set_grade
from heitu.kinds.courses.actions.labs import submit
from heitu.kinds.courses.actions.marking import add_item as add_rubric_item
from heitu.kinds.courses.actions.marking import keep_snippet
from heitu.kinds.courses.enums import Entry
from heitu.kinds.courses.models import Adoption, ComputeAward, Course, Offering
from heitu.kinds.courses.pack.manifest import Lab
from heitu.kinds.courses.queries import labs
from heitu.kinds.courses.queries.marking import manual_cells
from heitu.site.demo.cast import Cast
from heitu.site.demo.platform import connect_platform
from heitu.stages.applications import actions as applications
from heitu.stages.applications.queries import DECLARATIONS
from heitu.stages.calls.actions import create_call
from heitu.stages.calls.models import Call
from heitu.stages.calls.terms import Terms

CLASS_SIZE = 36
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
    """The first lab of everybody but Sun and a few, handed in; an attendance that the teacher marks; one extension."""
    draw, at = random.Random(7), now - timedelta(days=9)
    attendance = add_item(
        offering=offering, title=Text(zh="平时表现", en="Class work"), maximum=Decimal(100), by=cast.lin, now=now
    )
    students = list(offering.enrolments.select_related("person").order_by("pk"))
    given = offering.version.manifest.labs
    for place, enrolment in enumerate(students):
        if given and place % 9 and enrolment.person_id != cast.sun.pk:
            when = at + timedelta(hours=draw.randint(0, 60))
            submit(enrolment=enrolment, lab=given[0].id, data=_answered(offering, given[0], draw), by=enrolment.person, now=when)
        points = Decimal(draw.randint(70, 98))
        set_grade(enrolment=enrolment, item=attendance, points=points, by=cast.lin, now=now - timedelta(hours=2))
    if len(given) > 1:
        due = now + timedelta(days=10)
        extend(enrolment=students[3], lab=given[1].id, due_at=due, reason="参加竞赛，请假一周。", by=cast.lin, now=now)


def _rubrics(offering: Offering, cast: Cast, now: datetime) -> None:
    """What the written answers of every lab are looked at for, and a phrase to use again."""
    for lab in offering.version.manifest.labs:
        for cell, points in manual_cells(offering, lab.id):
            for text, share in ((REASONED, Decimal("0.75")), (MEASURED, Decimal("0.25"))):
                worth = Decimal(str(points)) * share
                add_rubric_item(offering=offering, lab=lab.id, cell=cell, text=text, points=worth, by=cast.lin, now=now)
        keep_snippet(offering=offering, lab=lab.id, text="结论对，请补上您的测量数据。", by=cast.lin, now=now)


def _answered(offering: Offering, lab: Lab, draw: random.Random) -> bytes:
    """The students' notebook with most of its answers filled in, which the worker grades once it runs."""
    solved = json.loads(offering.version.files.get(path=f"labs/{lab.id}/{lab.id}.ipynb").text)
    answers = {name: _unmarked(cell["source"]) for cell in solved["cells"] if (name := _answer_in(cell))}
    notebook = json.loads(labs.release(offering.version_id, lab.id))
    for cell in notebook["cells"]:
        if (name := _answer_in(cell)) and draw.random() < 0.85:
            cell["source"] = answers[name]
    return json.dumps(notebook, ensure_ascii=False).encode()


def _answer_in(cell: dict[str, Any]) -> str:
    """The grade_id of a cell that students fill in, else nothing."""
    marks = cell["metadata"].get("nbgrader", {})
    return str(marks["grade_id"]) if marks.get("solution") else ""


def _unmarked(source: str | list[str]) -> str:
    lines = "".join(source).splitlines(keepends=True)
    return "".join(line for line in lines if SOLUTION.begin not in line and SOLUTION.end not in line)
