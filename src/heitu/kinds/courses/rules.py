"""Who may, as pairs of a predicate on one object and the scope of objects for which it holds. None is a visitor.

Courses, units and what labs ask are for everybody. A lab's own notebook, with solutions and hidden tests, is for those
who teach it.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from heitu.ground.people.enums import Role
from heitu.ground.people.models import Institution, Person
from heitu.ground.people.rules import has_role, is_officer, own_institutions, sees_everything
from heitu.kinds.courses.models import Adoption, Course, Enrolment, Offering

TEACHING = (Role.TEACHER, Role.LEAD)


def can_open_adoption(person: Person | None) -> bool:
    """Officers say of which courses institutions may ask for adoption."""
    return is_officer(person)


def can_teach_at(person: Person | None, institution: Institution) -> bool:
    """A verified teacher or lead of the institution."""
    return any(has_role(person, role, institution) for role in TEACHING)


def teaching_institutions(person: Person | None) -> list[int]:
    """Ids of the institutions where the person teaches."""
    return [each.pk for each in own_institutions(person) if can_teach_at(person, each)]


def can_see_source(person: Person | None, course: Course) -> bool:
    """Solutions and hidden tests: teachers where the course is adopted, officers and auditors."""
    return sees_everything(person) or courses_with_visible_source(person).filter(pk=course.pk).exists()


def courses_with_visible_source(person: Person | None) -> QuerySet[Course]:
    if sees_everything(person):
        return Course.objects.all()
    taught = Adoption.objects.filter(institution__in=teaching_institutions(person), ended_at__isnull=True)
    return Course.objects.filter(pk__in=taught.values("course"))


def can_see_adoption(person: Person | None, adoption: Adoption) -> bool:
    """Those who belong to the institution, officers and auditors."""
    return sees_everything(person) or adoption.institution_id in {each.pk for each in own_institutions(person)}


def visible_adoptions(person: Person | None) -> QuerySet[Adoption]:
    if sees_everything(person):
        return Adoption.objects.all()
    return Adoption.objects.filter(institution__in=[each.pk for each in own_institutions(person)])


def can_manage_adoption(person: Person | None, adoption: Adoption) -> bool:
    """The institution's teachers take up versions and open classes."""
    return adoption.institution_id in teaching_institutions(person)


def managed_adoptions(person: Person | None) -> QuerySet[Adoption]:
    return Adoption.objects.filter(institution__in=teaching_institutions(person))


def can_teach(person: Person | None, offering: Offering) -> bool:
    """Its teachers run the class and mark it; so may the lead of the institution."""
    if person is None or not person.is_active:
        return False
    is_lead = any(has_role(person, Role.LEAD, each) for each in own_institutions(person) if each.pk == offering.institution_id)
    return is_lead or person.pk in offering.teacher_ids


def taught_offerings(person: Person | None) -> QuerySet[Offering]:
    if person is None or not person.is_active:
        return Offering.objects.none()
    led = [each.pk for each in own_institutions(person) if has_role(person, Role.LEAD, each)]
    own = Offering.teachers.through.objects.filter(person=person).values("offering")
    return Offering.objects.filter(Q(pk__in=own) | Q(institution__in=led))


def can_see_class(person: Person | None, offering: Offering) -> bool:
    """The whole class with everybody's marks: those who teach it, officers and auditors."""
    return sees_everything(person) or can_teach(person, offering)


def visible_classes(person: Person | None) -> QuerySet[Offering]:
    return Offering.objects.all() if sees_everything(person) else taught_offerings(person)


def can_see_offering(person: Person | None, offering: Offering) -> bool:
    """As `can_see_class`, and its students, who see what is their own."""
    return can_see_class(person, offering) or is_enrolled(person, offering)


def visible_offerings(person: Person | None) -> QuerySet[Offering]:
    if person is None or not person.is_active or sees_everything(person):
        return visible_classes(person)
    mine = Enrolment.objects.filter(person=person, left_at__isnull=True).values("offering")
    return Offering.objects.filter(Q(pk__in=taught_offerings(person).values("pk")) | Q(pk__in=mine))


def is_enrolled(person: Person | None, offering: Offering) -> bool:
    if person is None or not person.is_active:
        return False
    return offering.enrolments.filter(person=person, left_at__isnull=True).exists()
