"""A class and the learning platform from which it is opened: connected, entered, its members read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.transactions import atomic
from heitu.ground.lti import messages, services
from heitu.ground.lti.actions.launches import enter_members
from heitu.ground.lti.actions.scores import drop
from heitu.ground.lti.messages import Message
from heitu.ground.lti.models import Account, Context, Launch, Link
from heitu.ground.lti.services import Member
from heitu.ground.people.models import Person
from heitu.kinds.courses import rules
from heitu.kinds.courses.actions import enrolments
from heitu.kinds.courses.actions.passback import catch_up
from heitu.kinds.courses.enums import Entry
from heitu.kinds.courses.models import LmsClass, LmsLab, Offering, RosterRun

LONGEST_SUB = 255  # LTI 1.3 core, 5.3.6.1


@atomic
def connect(*, context: Context, offering: Offering, by: Person, now: datetime) -> LmsClass:
    """The platform's course is this class. Raises Refused `not_your_class`, `other_institution`, `connected_already`."""
    if not rules.can_teach(by, offering):
        raise refuse("not_your_class", "只有本班教师可以连接。", "Only a teacher of the class can connect it.")
    if context.deployment.platform.institution_id != offering.institution_id:
        raise refuse("other_institution", "这个平台属于另一所院校。", "The platform is another institution's.")
    known = LmsClass.objects.select_for_update().filter(context=context).first()
    if known is not None and known.offering_id != offering.pk:
        raise refuse("connected_already", "平台上的这门课已连接到另一个课程班。", "That course is connected to another class.")
    if known is not None:
        return known
    made = LmsClass.objects.create(context=context, offering=offering, by=by, at=now)
    record(action="offering.lms_connected", by=by, now=now, subject=offering, detail={"context": context.pk})
    return made


@atomic
def disconnect(*, connection: LmsClass, by: Person, now: datetime) -> None:
    """From there nobody comes in any more, and no marks go back; students and marks stay."""
    drop(links=connection.context.links.all())
    LmsLab.objects.filter(link__context=connection.context, offering=connection.offering).delete()
    detail = {"context": connection.context_id}
    record(action="offering.lms_disconnected", by=by, now=now, subject=connection.offering, detail=detail)
    connection.delete()


@atomic
def assign(*, link: Link, offering: Offering, lab: str, now: datetime) -> LmsLab:
    """What the link opens from now on. Raises Refused `lab_unknown`."""
    if lab and offering.version.manifest.lab(lab) is None:
        raise refuse("lab_unknown", f"课程里没有实验“{lab}”。", f"The course has no lab “{lab}”.")
    bound, _ = LmsLab.objects.update_or_create(link=link, defaults={"offering": offering, "lab": lab})
    return bound


@atomic
def come_in(*, launch: Launch, offering: Offering, person: Person, now: datetime) -> None:
    """As student or teacher, by what the platform says somebody is in its course. Raises Refused `role_unknown`."""
    message = messages.read(launch.claims or {})
    if not (message.is_teacher or message.is_student):
        raise refuse(
            "role_unknown", "您在平台这门课里既不是教师也不是学生。", "In that course you are neither a teacher nor a student.",
        )
    if rules.can_teach(person, offering):
        return
    if message.is_teacher:
        _let_teach(offering, person, now)
    elif not rules.is_enrolled(person, offering):
        enrolments.enrol(offering=offering, person=person, entry=Entry.LTI, by=None, now=now)


def _let_teach(offering: Offering, person: Person, now: datetime) -> None:
    """The institution's own platform vouches for it, in a course that a teacher of the class has connected."""
    if rules.is_enrolled(person, offering):
        raise refuse("is_student", "您是本班学生，不能同时是教师。", "You are a student of this class, so you can't teach it.")
    offering.teachers.add(person)
    offering.__dict__.pop("teacher_ids", None)
    record(action="offering.teacher_added", by=None, now=now, subject=offering, detail={"person": person.pk, "entry": Entry.LTI.value})


@atomic
def follow(*, link: Link, offering: Offering, lab: str, account: Account | None, now: datetime) -> None:
    """Remember what the link opens, and send what its person has earned there so far."""
    assign(link=link, offering=offering, lab=lab, now=now)
    if account is not None:
        catch_up(link=link, account=account, now=now)


# The platform's list of members


def sync(*, offering: Offering, by: Person, now: datetime, tell: Callable[[int], object] = int) -> RosterRun:
    """Read the members of every connected course, then enrol who is new and take out who is gone; nothing half done.

    `tell` hears of how many are listed after each page. Raises Refused `not_connected`, `list_empty`, or what
    `services.members` raises.
    """
    connected = connections(offering)
    lists = [(each.context, services.members(each.context, now, tell)) for each in connected]
    _insist_on_students(lists)
    return _taken_over(offering, lists, by, now)


def connections(offering: Offering) -> list[LmsClass]:
    """Raises Refused `not_connected`."""
    found = list(offering.lms_classes.select_related("context__deployment__platform"))
    if not found:
        raise refuse("not_connected", "这个课程班还没有连接教学平台。", "The class isn't connected to a learning platform.")
    return found


def _insist_on_students(lists: Sequence[tuple[Context, Sequence[Member]]]) -> None:
    """A list without anybody is rather a fault than a course that all have left."""
    empty = [str(context) for context, members in lists if not any(_learns(member) for member in members)]
    if empty:
        names = "、".join(empty), ", ".join(empty)
        raise refuse(
            "list_empty", f"平台上“{names[0]}”的名单里没有学生，没有改动；若那门课已停用，请先断开它。",
            f"The platform lists no student of {names[1]}: nothing was changed. If that course is over, disconnect it first.",
        )


@atomic
def _taken_over(
    offering: Offering, lists: Sequence[tuple[Context, Sequence[Member]]], by: Person, now: datetime
) -> RosterRun:
    Offering.objects.select_for_update().get(pk=offering.pk)
    lines, present = _told_of(offering, lists, by, now)
    created, changed = enrolments.enter(offering, dict.fromkeys(present, ""), Entry.LTI, by=by, now=now)
    gone = _gone(offering, present, [context for context, _ in lists], by, now)
    lines += [{"row": len(lines) + place, "name": name, "what": "left"} for place, name in enumerate(gone, start=1)]
    run = RosterRun.objects.create(
        offering=offering, by=by, at=now, file_name=_named(lists), rows=sum(len(members) for _, members in lists),
        created=created, changed=changed, left=len(gone), lines=lines,
    )
    detail = {"rows": run.rows, "created": created, "changed": changed, "left": len(gone)}
    record(action="offering.roster", by=by, now=now, subject=offering, detail=detail)
    return run


def _told_of(
    offering: Offering, lists: Sequence[tuple[Context, Sequence[Member]]], by: Person, now: datetime
) -> tuple[list[dict[str, object]], set[int]]:
    """What becomes of each row, and who shall be in the class."""
    teachers = set(offering.teachers.values_list("pk", flat=True))
    before = set(offering.enrolments.filter(left_at__isnull=True).values_list("person", flat=True))
    lines: list[dict[str, object]] = []
    present: set[int] = set()
    for context, members in lists:
        learning = [each for each in members if _learns(each)]
        accounts, _ = enter_members(platform=context.platform, members=learning, by=by, now=now)
        for member in members:
            person = accounts[member.sub].person_id if _learns(member) else 0
            what = "twice" if person in present else _what(member, person, teachers, before)
            lines.append({"row": len(lines) + 1, "name": member.name, "what": what})
            present |= {person} - teachers - {0}
    return lines, present


def _learns(member: Member) -> bool:
    return 0 < len(member.sub) <= LONGEST_SUB and member.is_active and Message.model_construct(roles=list(member.roles)).is_student


def _what(member: Member, person: int, teachers: set[int], there: set[int]) -> str:
    if not 0 < len(member.sub) <= LONGEST_SUB:
        return "nobody"
    if not person:
        return "skipped" if member.is_active else "inactive"
    if person in teachers:
        return "teacher"
    return "same" if person in there else "new"


def _gone(offering: Offering, present: set[int], contexts: Sequence[Context], by: Person, now: datetime) -> list[str]:
    """Those who came by the platform and aren't on its list any more; their marks stay and come back with them."""
    platforms = [context.deployment.platform_id for context in contexts]
    known = Account.objects.filter(platform__in=platforms).values("person")
    rows = offering.enrolments.filter(entry=Entry.LTI, left_at__isnull=True, person__in=known).exclude(person__in=present)
    names = []
    for enrolment in rows.select_related("person"):
        enrolments.leave(enrolment=enrolment, reason="lms", by=by, now=now)
        names.append(enrolment.person.name)
    return names


def _named(lists: Sequence[tuple[Context, Sequence[Member]]]) -> str:
    return "、".join(f"{context.platform.name} · {context}" for context, _ in lists)[:200]
