"""Writing calls, and the money into and out of their pots."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from heitu.engines.ledger.queries import balance
from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.models import DefinitionVersion
from heitu.engines.lifecycle.pins import programme_in
from heitu.ground.core.errors import Refused
from heitu.ground.core.text import Text
from heitu.stages.calls import actions, queries
from heitu.stages.calls.models import Call
from tests import stages
from tests.factories import NOW
from tests.people import Cast

pytestmark = pytest.mark.django_db


def test_numbers_count_up_within_the_year(cast: Cast, definition: DefinitionVersion) -> None:
    drafts = [stages.a_draft(owner=cast.zhou, institution=cast.company, definition=definition) for _ in range(3)]
    assert [draft.number for draft in drafts] == ["ZZ-2026-0001", "ZZ-2026-0002", "ZZ-2026-0003"]
    next_year = NOW.replace(year=2027)
    assert actions.next_number(now=next_year) == "ZZ-2027-0001"


def test_the_year_of_a_number_is_that_of_the_office() -> None:
    assert actions.next_number(now=NOW.replace(year=2026, month=12, day=31, hour=17)) == "ZZ-2027-0001"


@pytest.mark.parametrize(("changes", "code", "field"), [
    ({"title": Text(zh="题" * 121, en="")}, "text_too_long", "title_zh"),
    ({"statement": Text(zh="书", en="w" * 20_001)}, "text_too_long", "statement_en"),
    ({"prize": 20_000_001}, "amount_over_cap", "prize"),
    ({"seats": 4}, "seats_out_of_range", "seats"),
    ({"seats": 0}, "seats_out_of_range", "seats"),
    ({"closes_at": NOW - timedelta(days=1)}, "closes_too_early", "closes_at"),
    ({"opens_at": NOW.replace(year=1)}, "date_out_of_range", "opens_at"),
    ({"closes_at": NOW.replace(year=9999)}, "date_out_of_range", "closes_at"),
    ({"delivery_days": 0}, "days_out_of_range", "delivery_days"),
    ({"licence": "Proprietary"}, "licence_unknown", "licence"),
    ({"task": "no-such-task"}, "task_unknown", "task"),
    ({"task": "../tasks/rms-norm"}, "task_unknown", "task"),
    ({"skills": ("juggling",)}, "skill_unknown", "skills"),
])
def test_terms_that_the_programme_does_not_allow(
    cast: Cast, definition: DefinitionVersion, changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Refused) as caught:
        stages.a_draft(owner=cast.zhou, institution=cast.company, definition=definition, **changes)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert not Call.objects.exists()


def test_only_task_owners_of_the_institution_own_its_calls(cast: Cast, definition: DefinitionVersion) -> None:
    with pytest.raises(Refused, match="not_task_owner"):
        stages.a_draft(owner=cast.lin, institution=cast.company, definition=definition)
    with pytest.raises(Refused, match="not_task_owner"):
        stages.a_draft(owner=cast.zhou, institution=cast.university, definition=definition)


def test_a_draft_can_be_changed_and_nothing_after_it(cast: Cast, draft: Call) -> None:
    changed = actions.edit_call(
        call=draft, terms=stages.terms(prize=1_00), institution=cast.company, owner=cast.zhou, by=cast.zhou, now=NOW
    )
    assert Call.objects.get(pk=draft.pk).prize == changed.prize == 1_00
    move(case=draft.case, event="propose", by=cast.zhou, now=NOW)
    with pytest.raises(Refused, match="call_not_draft"):
        actions.edit_call(
            call=draft, terms=stages.terms(), institution=cast.company, owner=cast.zhou, by=cast.chen, now=NOW
        )


def test_publishing_sets_the_prizes_of_all_seats_aside_and_shows_the_call(cast: Cast, open_call: Call) -> None:
    assert open_call.announced_at == NOW
    assert balance(queries.pot_of(open_call)).available == 3 * stages.PRIZE
    programme = programme_in(open_call.case.definition)
    assert queries.available(programme) == 100_000_000 - 3 * stages.PRIZE
    assert open_call.case.due_at == open_call.closes_at


def test_a_call_can_be_published_twice_only_by_way_of_the_same_pot(cast: Cast, open_call: Call) -> None:
    programme = programme_in(open_call.case.definition)
    first = actions.fund_call(call=open_call, programme=programme, by=None, now=NOW)
    again = actions.fund_call(call=open_call, programme=programme, by=None, now=NOW)
    assert first == again


def test_cancelling_returns_the_pot(cast: Cast, open_call: Call) -> None:
    move(case=open_call.case, event="cancel", by=cast.chen, now=NOW, reason="需求变更")
    programme = programme_in(open_call.case.definition)
    assert queries.available(programme) == 100_000_000
    assert balance(queries.pot_of(open_call)).posted == 0


def test_the_fund_takes_no_more_than_its_cap_and_a_key_only_once(cast: Cast, definition: DefinitionVersion) -> None:
    programme = programme_in(definition)
    assert programme.fund is not None
    with pytest.raises(Refused, match="fund_over_cap") as caught:
        actions.endow_fund(programme=programme, amount=programme.fund.cap, by=cast.ma, now=NOW, key="too-much")
    assert caught.value.details["limit"] == programme.fund.cap - 100_000_000
    rest = programme.fund.cap - 100_000_000
    first = actions.endow_fund(programme=programme, amount=rest, by=cast.ma, now=NOW, key="k")
    assert actions.endow_fund(programme=programme, amount=first.amount, by=cast.ma, now=NOW, key="k") == first
    assert queries.available(programme) == programme.fund.cap


def test_what_the_fund_lacks_and_a_missing_task_are_said_before_the_move(cast: Cast) -> None:
    definition = stages.load(endow=False)
    call = stages.a_draft(owner=cast.zhou, institution=cast.company, definition=definition, task="")
    with pytest.raises(Refused, match="guarded") as caught:
        move(case=call.case, event="propose", by=cast.zhou, now=NOW)
    assert "没有选评测任务" in caught.value.message.zh
    call.task = "rms-norm"
    call.save()
    move(case=call.case, event="propose", by=cast.zhou, now=NOW)
    with pytest.raises(Refused, match="guarded") as caught:
        move(case=call.case, event="open", by=cast.chen, now=NOW)
    assert "¥ 204,000.00" in caught.value.message.zh


def test_a_call_whose_date_has_passed_is_not_published(cast: Cast, draft: Call) -> None:
    with pytest.raises(Refused, match="guarded"):
        move(case=draft.case, event="propose", by=cast.zhou, now=draft.closes_at)
