"""What definitions may say about courses: adopting one, and compute for teaching labs."""

from __future__ import annotations

from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.registry import Context, effect, guard
from heitu.ground.core.text import Text
from heitu.kinds.courses.actions import adoptions, compute
from heitu.kinds.courses.queries.adoptions import course_of_call, is_adopted, is_vouched, live_adoptions
from heitu.kinds.courses.rules import can_teach_at
from heitu.stages.applications.sights import also_load

also_load("adoption")
also_load("compute_award")


@guard("names_a_course", title=Text(zh="说明了是哪门课程", en="It is about a course"))
def names_a_course(context: Context) -> Text | None:
    if course_of_call(context.case.call) is not None:
        return None
    return Text(zh="请从课程页开放采用。", en="Open a course for adoption from its own page.")


@guard("teaches_there", title=Text(zh="申请人是本校教师", en="The applicant teaches at the institution"))
def teaches_there(context: Context) -> Text | None:
    institution = context.case.application.team.institution
    if can_teach_at(context.by, institution):
        return None
    return Text(
        zh=f"须由“{institution.name.zh}”已核验的教师提出。",
        en=f"A verified teacher of {institution.name.in_('en')} has to ask.",
    )


@guard("not_adopted_yet", title=Text(zh="本校尚未采用这门课", en="The institution doesn't teach it yet"))
def not_adopted_yet(context: Context) -> Text | None:
    application = context.case.application
    course = course_of_call(application.call)
    if course is None:
        return Text(zh="这个任务没有指明课程。", en="The call names no course.")
    if not is_adopted(course, application.team.institution):
        return None
    return Text(zh="本校已经采用这门课程。", en="The institution teaches this course already.")


@guard("adopts_a_course", title=Text(zh="本校采用了课程", en="The institution teaches a course"))
def adopts_a_course(context: Context) -> Text | None:
    if live_adoptions(context.case.application.team.institution).exists():
        return None
    return Text(zh="本校还没有采用课程，请先申请采用。", en="The institution teaches no course yet: adopt one first.")


@effect("adopt_if_vouched", title=Text(zh="有担保的当即采用", en="Adopt at once where somebody vouches"))
def adopt_if_vouched(context: Context) -> None:
    """The institution's own lead asks, or it teaches another course of ours: nobody has to decide."""
    application = context.case.application
    if context.by is not None and is_vouched(application.team.institution, context.by):
        move(case=context.case, event="adopt", by=None, now=context.now)


@effect("adopt_course", title=Text(zh="采用课程并固定版本", en="Adopt the course and pin its version"))
def adopt_course(context: Context) -> None:
    adoptions.adopt(application=context.case.application, by=context.by, now=context.now)


@effect("grant_compute", title=Text(zh="发放教学算力", en="Grant compute for teaching labs"))
def grant_compute(context: Context) -> None:
    compute.grant(
        application=context.case.application, minutes=int(context.data["minutes"]), by=context.by, now=context.now
    )
