"""Each rule's two forms agree for everybody, over calls in every state."""

from __future__ import annotations

import pytest
from django.test import Client

from heitu.engines.lifecycle.models import DefinitionVersion
from heitu.engines.lifecycle.registry import roles
from heitu.ground.core.errors import Refused
from heitu.ground.people.actions import end_membership
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Membership, Person
from heitu.site.inbox import errands
from heitu.stages.calls import rules
from heitu.stages.calls.actions import hand_over
from heitu.stages.calls.models import Call
from tests import stages
from tests.factories import NOW, a_person
from tests.people import Cast, client_of

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


def test_who_left_the_institution_owns_nothing_of_it_and_the_office_hands_over(cast: Cast, both: list[Call]) -> None:
    call = both[0]
    assert [each.number for each in errands(cast.zhou, NOW)] == [call.number]
    end_membership(membership=Membership.objects.get(person=cast.zhou, role=Role.OWNER), by=cast.chen, now=NOW)
    zhou = Person.objects.get(pk=cast.zhou.pk)
    assert not rules.can_edit_call(zhou, call)
    assert not rules.editable_calls(zhou).exists()
    assert not rules.can_see_call(zhou, call)
    assert not errands(zhou, NOW)
    assert "owner" not in {name for name, role in roles().items() if role.test(call.case, zhou)}
    heir = a_person(role=Role.OWNER, institution=cast.company)
    for person, status in ((zhou, 404), (cast.xu, 404), (cast.chen, 302)):
        client = Client()
        client.force_login(person)
        assert client.post(f"/calls/{call.number}/owner/", {"owner": heir.pk}).status_code == status
    call.refresh_from_db()
    assert call.owner == heir
    assert rules.can_edit_call(heir, call)


def test_a_call_is_handed_over_only_within_its_institution(cast: Cast, both: list[Call]) -> None:
    client = client_of(cast, "chen")
    for given in (str(cast.lin.pk), "x", ""):
        assert client.post(f"/calls/{both[0].number}/owner/", {"owner": given}).status_code == 409
    with pytest.raises(Refused, match="not_task_owner"):
        hand_over(call=both[0], owner=cast.lin, by=cast.chen, now=NOW)
