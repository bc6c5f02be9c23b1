"""Each rule's two forms agree for everybody, over calls in every state."""

from __future__ import annotations

import pytest

from heitu.engines.lifecycle.models import DefinitionVersion
from heitu.stages.calls import rules
from heitu.stages.calls.models import Call
from tests import stages
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(cast: Cast, definition: DefinitionVersion) -> list[Call]:
    hidden = stages.a_draft(owner=cast.zhou, institution=cast.company, definition=definition)
    return [hidden, stages.an_open_call(cast, definition)]


def test_predicates_and_scopes_agree(cast: Cast, both: list[Call]) -> None:
    for name, person in cast.persons().items():
        for can, scope in (
            (rules.can_see_call, rules.visible_calls), (rules.can_edit_call, rules.editable_calls),
        ):
            expected = {call.pk for call in both if can(person, call)}
            assert set(scope(person).values_list("pk", flat=True)) == expected, (name, can.__name__)


def test_who_sees_a_draft(cast: Cast, both: list[Call]) -> None:
    seers = {name for name, person in cast.persons().items() if rules.can_see_call(person, both[0])}
    assert seers == {"zhou", "chen", "xu"}
    assert all(rules.can_see_call(person, both[1]) for person in cast.persons().values())


def test_who_may_post_and_for_whom(cast: Cast) -> None:
    assert {name for name, person in cast.persons().items() if rules.can_create_call(person)} == {"zhou", "chen"}
    assert list(rules.institutions_for_calls(cast.zhou)) == [cast.company]
    assert cast.university in rules.institutions_for_calls(cast.chen)
    assert not rules.institutions_for_calls(None).exists()


def test_a_closed_account_owns_nothing(cast: Cast, both: list[Call]) -> None:
    cast.zhou.is_active = False
    cast.zhou.save()
    assert not rules.can_see_call(cast.zhou, both[0])
    assert both[0] not in rules.visible_calls(cast.zhou)
