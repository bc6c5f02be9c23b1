"""What a learning platform may open here: a class, or a lab of one. Registered with ground/lti."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.urls import Resolver404, resolve, reverse

from heitu.ground.core.errors import refuse
from heitu.ground.lti import addresses, doors, messages
from heitu.ground.lti.models import Launch
from heitu.ground.people.models import Person
from heitu.kinds.courses.actions import lms
from heitu.kinds.courses.models import LmsClass, LmsLab, Offering


class Place(NamedTuple):
    """A class (0: whichever is connected) and a lab (empty: the class's own page)."""

    offering: int = 0
    lab: str = ""


ANYWHERE = ("lti_start", "lti_launch")  # addresses that name the tool as a whole


def place_of(path: str) -> Place | None:
    try:
        found = resolve(path)
    except Resolver404:
        return None
    if found.url_name in ANYWHERE:
        return Place()
    if found.url_name not in ("offering_detail", "class_lab"):
        return None
    return Place(found.kwargs["pk"], found.kwargs.get("lab", ""))


def address_of(offering: Offering, lab: str) -> str:
    """The whole address, as a platform keeps it."""
    return addresses.ours("class_lab", offering.pk, lab) if lab else addresses.ours("offering_detail", offering.pk)


def enter(launch: Launch, person: Person, now: datetime) -> str:
    """Let in as student or teacher. A teacher whose course isn't connected yet is asked which class it is.

    Raises Refused `class_not_connected`, `other_class`, `lab_unknown`, `role_unknown`.
    """
    connected = LmsClass.objects.filter(context=launch.context).select_related("offering__version").first()
    is_teacher = messages.read(launch.claims or {}).is_teacher
    if connected is None and is_teacher:
        return reverse("lms_binding")
    if connected is None:
        raise refuse(
            "class_not_connected", "教师还没有把这门课连接到黑土的课程班，请告诉教师。",
            "Your teacher has not connected this course to a class yet: please tell them.",
        )
    offering, place = connected.offering, _place(launch)
    if place.offering not in (0, offering.pk):
        raise refuse(
            "other_class", "这个链接属于另一个课程班；请教师在平台里重新选择内容。",
            "This link belongs to another class: your teacher may choose its content anew on the platform.",
        )
    lms.come_in(launch=launch, offering=offering, person=person, now=now)
    if is_teacher and place == Place() and not _is_assigned(launch):
        return reverse("lms_binding")
    if launch.link is not None:
        lms.follow(link=launch.link, offering=offering, lab=place.lab, account=launch.account, now=now)
    return reverse("class_lab", args=[offering.pk, place.lab]) if place.lab else offering.get_absolute_url()


def _place(launch: Launch) -> Place:
    """What the link's address names; where it names nothing, what its teacher chose."""
    named = place_of(launch.target) or Place()
    if named != Place() or launch.link is None:
        return named
    chosen = LmsLab.objects.filter(link=launch.link).first()
    return Place(chosen.offering_id, chosen.lab) if chosen else named


def _is_assigned(launch: Launch) -> bool:
    return launch.link is None or LmsLab.objects.filter(link=launch.link).exists()


def choose(launch: Launch) -> str:
    return reverse("lms_choice")


doors.register(doors.Doors(fits=lambda path: place_of(path) is not None, enter=enter, choose=choose))
