"""Who may, as pairs of a predicate on one call and the scope of calls for which it holds. None is a visitor."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from heitu.ground.people.enums import Role
from heitu.ground.people.models import Institution, Person
from heitu.ground.people.rules import has_role, is_officer, own_institutions, sees_everything, verified_memberships
from heitu.stages.calls.models import Call


def can_see_call(person: Person | None, call: Call) -> bool:
    """Everybody sees what was announced; the rest is for its owner, officers and auditors."""
    return call.announced_at is not None or sees_everything(person) or acts_as_owner(person, call)


def visible_calls(person: Person | None) -> QuerySet[Call]:
    if sees_everything(person):
        return Call.objects.all()
    announced = Q(announced_at__isnull=False)
    return Call.objects.filter(announced | owned_by(person) if person and person.is_active else announced)


def can_edit_call(person: Person | None, call: Call) -> bool:
    return is_officer(person) or acts_as_owner(person, call)


def editable_calls(person: Person | None) -> QuerySet[Call]:
    if is_officer(person):
        return Call.objects.all()
    return Call.objects.filter(owned_by(person)) if person and person.is_active else Call.objects.none()


def acts_as_owner(person: Person | None, call: Call) -> bool:
    """Whether the call is the person's, who hasn't left the institution that it is posted for."""
    is_own = person is not None and person.is_active and call.owner_id == person.pk
    return is_own and can_post_for(person, call.institution_id)


def owned_by(person: Person, path: str = "") -> Q:
    """The scope of `acts_as_owner`, over calls or over what has them at `path`, such as "call__"."""
    owned = Q(**{f"{path}owner": person})
    return owned if is_officer(person) else owned & Q(**{f"{path}institution__in": posts_for(person)})


def can_hand_over(person: Person | None) -> bool:
    return is_officer(person)


def can_export_calls(person: Person | None) -> bool:
    return sees_everything(person)


def can_create_call(person: Person | None) -> bool:
    return is_officer(person) or has_role(person, Role.OWNER)


def can_post_for(person: Person | None, institution: int) -> bool:
    """Whether the person may post calls in the name of the institution with this id."""
    return is_officer(person) or institution in posts_for(person)


def posts_for(person: Person | None) -> list[int]:
    """Ids of the institutions whose task owner the person is."""
    return [held.institution_id for held in verified_memberships(person) if held.role == Role.OWNER and held.institution_id]


def institutions_for_calls(person: Person | None) -> QuerySet[Institution]:
    if is_officer(person):
        return Institution.objects.order_by("slug")
    own = [each.pk for each in own_institutions(person) if has_role(person, Role.OWNER, each)]
    return Institution.objects.filter(pk__in=own).order_by("slug")
