"""What the views of this package need: fetch and authorise in one step, 404 for what one may not see."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_of
from heitu.ground.people.views.shared import signed_in
from heitu.kinds.courses import rules
from heitu.kinds.courses.models import Enrolment, LabSubmission, Offering
from heitu.kinds.courses.pack.manifest import Lab
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


def lab_of(offering: Offering, lab: str) -> Lab:
    """Raises Http404 where the class's version has no such lab."""
    found = offering.version.manifest.lab(lab)
    if found is None:
        raise Http404
    return found


def own_place(offering: Offering, person: Person) -> Enrolment:
    """The person's place in the class as its student. Raises Http404."""
    found = get_object_or_404(offering.enrolments, person=person, left_at__isnull=True)
    found.offering = offering
    return found


def number_in(said: str) -> int:
    """A number that a form or an address says; 0, which no row has, for anything else, such as “²” or a thousand digits."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0


def handed_in(offering: Offering, lab: str) -> QuerySet[LabSubmission]:
    """Everybody's notebooks for a lab of the class."""
    return LabSubmission.objects.filter(enrolment__offering=offering, lab=lab)


def submission_of(request: HttpRequest, pk: int, lab: str, number: int) -> LabSubmission:
    """One's own, or any of a class that one may see; `number` is its id."""
    person, offering = signed_in(request), seen_offering(request, pk)
    rows = handed_in(offering, lab).select_related("enrolment")
    if not rules.can_see_class(person, offering):
        rows = rows.filter(enrolment__person=person, enrolment__left_at__isnull=True)
    found: LabSubmission = get_object_or_404(rows, pk=number)
    found.enrolment.offering = offering
    return found
