"""Predicates and scopes agree for everybody."""

from __future__ import annotations

import pytest

from heitu.ground.core import clock
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.reviews import actions, rules
from heitu.stages.reviews.models import Review
from tests.people import Cast

pytestmark = pytest.mark.django_db


def test_predicates_and_scopes_agree(cast: Cast, second: Person, reviewing: Application, review: Review) -> None:
    actions.answer(review=reviewing.reviews.get(reviewer=second), accepts=False, by=second, now=clock.now())
    for name, person in {**cast.persons(), "second": second}.items():
        seen = {each.pk for each in Review.objects.all() if rules.can_see_review(person, each)}
        assert set(rules.visible_reviews(person).values_list("pk", flat=True)) == seen, name
        if person is None:
            continue
        judges = rules.is_reviewer(person, reviewing)
        assert Application.objects.filter(rules.applications_to_review(person)).exists() == judges, name
        assert judges == (name == "wu")


def test_a_closed_account_sees_no_review(cast: Cast, review: Review) -> None:
    cast.wu.is_active = False
    cast.wu.save()
    assert not rules.can_see_review(cast.wu, review)
    assert not rules.visible_reviews(cast.wu).exists()
