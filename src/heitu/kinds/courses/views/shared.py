"""What the views of this package need: fetch and authorise in one step, 404 for what one may not see."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_of
from heitu.ground.people.views.shared import signed_in
from heitu.kinds.courses import rules
from heitu.kinds.courses.models import Enrolment, Offering
from heitu.kinds.courses.queries import classes


def seen_offering(request: HttpRequest, pk: int) -> Offering:
    """A class that the person may see, as its teacher, its student or for the office."""
    found = classes.whole(pk, person_of(request))
    if found is None:
        raise Http404
    return found


def seen_class(request: HttpRequest, pk: int) -> tuple[Offering, Person]:
    """A class whose students and marks the person may see."""
    person, offering = signed_in(request), seen_offering(request, pk)
    if not rules.can_see_class(person, offering):
        raise Http404
    return offering, person


def taught_class(request: HttpRequest, pk: int) -> tuple[Offering, Person]:
    """A class that the person runs."""
    person, offering = signed_in(request), seen_offering(request, pk)
    if not rules.can_teach(person, offering):
        raise Http404
    return offering, person


def enrolment_in(offering: Offering, pk: int) -> Enrolment:
    """A student's place in the class, past or present."""
    found = get_object_or_404(offering.enrolments.select_related("person"), pk=pk)
    found.offering = offering
    return found
