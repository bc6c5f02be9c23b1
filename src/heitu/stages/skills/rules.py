"""Who may see which evidence.

Everything: oneself, officers, auditors. Anybody signed in sees that somebody showed a skill, at which level and when,
but not in which case. Visitors see no list of people; to them a person shows credentials.
"""

from __future__ import annotations

from django.db.models import QuerySet

from heitu.ground.people.models import Person
from heitu.ground.people.rules import sees_everything
from heitu.stages.skills.models import Evidence


def can_see_evidence_of(viewer: Person | None, person: Person) -> bool:
    """May open the person's evidence page."""
    if viewer is None or not viewer.is_active:
        return False
    return viewer.pk == person.pk or sees_everything(viewer) or person.evidence.exists()


def people_with_visible_evidence(viewer: Person | None) -> QuerySet[Person]:
    if viewer is None or not viewer.is_active:
        return Person.objects.none()
    if sees_everything(viewer):
        return Person.objects.all()
    shown = Person.objects.filter(pk__in=Evidence.objects.values("person"))
    return shown | Person.objects.filter(pk=viewer.pk)


def can_see_case_of(viewer: Person | None, evidence: Evidence) -> bool:
    """May know in which case it was shown."""
    return viewer is not None and (viewer.pk == evidence.person_id or sees_everything(viewer))


def evidence_with_visible_case(viewer: Person | None) -> QuerySet[Evidence]:
    if viewer is None:
        return Evidence.objects.none()
    return Evidence.objects.all() if sees_everything(viewer) else Evidence.objects.filter(person=viewer)
