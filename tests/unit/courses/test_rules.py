"""Each rule on one object says the same as its scope over all, for everybody."""

from __future__ import annotations

import pytest

from heitu.kinds.courses import rules
from heitu.kinds.courses.models import Adoption, Course, Enrolment, Offering
from tests.people import Cast

pytestmark = pytest.mark.django_db


def test_predicates_and_scopes_agree(cast: Cast, adoption: Adoption, offering: Offering, student: Enrolment) -> None:
    course = Course.objects.get()
    for name, person in cast.persons().items():
        for can, scope, subject in (
            (rules.can_see_source(person, course), rules.courses_with_visible_source(person), course),
            (rules.can_see_adoption(person, adoption), rules.visible_adoptions(person), adoption),
            (rules.can_manage_adoption(person, adoption), rules.managed_adoptions(person), adoption),
            (rules.can_teach(person, offering), rules.taught_offerings(person), offering),
            (rules.can_see_class(person, offering), rules.visible_classes(person), offering),
            (rules.can_see_offering(person, offering), rules.visible_offerings(person), offering),
        ):
            assert can is scope.filter(pk=subject.pk).exists(), (name, scope.model)


def test_who_left_sees_the_class_no_more(offering: Offering, student: Enrolment, cast: Cast) -> None:
    assert rules.can_see_offering(cast.sun, offering)
    student.left_at = student.joined_at
    student.save()
    assert not rules.can_see_offering(cast.sun, offering)
