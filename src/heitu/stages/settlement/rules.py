"""Who may approve a payment: a finance officer who has no hand in the work or its acceptance."""

from __future__ import annotations

from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.ground.people.rules import is_finance, sees_everything
from heitu.stages.settlement.models import Payout


def why_not_approve(payout: Payout, person: Person) -> Text | None:
    """None when `person` is independent of the payout, else why not."""
    if payout.proposed_by_id == person.pk:
        return Text(zh="验收人不能批准自己验收的付款。", en="Whoever accepted the work can't approve its payment.")
    team = payout.milestone.award.application.team
    if team.members.filter(person=person, left_at__isnull=True).exists():
        return Text(zh="团队成员不能批准付给本队的款项。", en="A member of the team can't approve a payment to it.")
    return None


def can_see_funds(person: Person | None) -> bool:
    """The office, finance and auditors see the funds as a whole; a team sees its own award on its case."""
    return sees_everything(person) or is_finance(person)


def can_endow(person: Person | None) -> bool:
    return is_finance(person)
