"""The crowd plan's operator track: from a call to a credential, and the ways in which it can end otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from heitu.engines.lifecycle.tasks import sweep_deadlines
from heitu.ground.core.errors import Refused
from heitu.stages.applications.models import Application
from heitu.stages.credentials.models import Credential
from heitu.stages.deliverables.models import Publication
from heitu.stages.reviews import actions as reviews
from heitu.stages.reviews.queries import owed
from heitu.stages.settlement.models import Payout
from heitu.stages.skills.models import Evidence
from tests.journeys.story import ACCEPTED, Story

pytestmark = pytest.mark.django_db(transaction=True)

ANSWERS = {"approach": "分块与两级归约，先保证精度，再按瓶颈逐项优化，每步记录数据。", "plan": "六周完成，第五周提交评测。"}
DESIGN = {"design": "分块大小按缓存行选取，长序列两级归约，输出前一次舍入。"}
SLOW = {**ACCEPTED, "speedup": {"geomean": 1.2, "low": 1.1, "high": 1.3}}


@pytest.fixture
def story() -> Story:
    story = Story("crowd-operators")
    story.expert("expert1")
    story.expert("expert2")
    return story


def review_all(story: Story, application: Application) -> None:
    rubric = story.programme.rubric
    for review in owed(application):
        reviews.submit(
            review=review, rubric=rubric, scores={c.id: 4 for c in rubric}, recommendation="support",
            to_team="可行", to_office="", by=review.reviewer, now=story.later(hours=1),
        )


def to_offer(story: Story, application: Application, lead: Any = None) -> None:
    cast = story.cast
    story.move(application.case, "submit", lead or cast.lin)
    story.move(application.case, "pass", cast.chen)
    review_all(story, application)
    story.move(application.case, "close_reviews", cast.chen)
    story.move(application.case, "award", cast.chen)


def to_delivering(story: Story, application: Application, lead: Any = None) -> None:
    to_offer(story, application, lead)
    lead = lead or story.cast.lin
    story.move(application.case, "accept", lead)
    story.move(application.case, "report", lead, data=DESIGN)
    story.move(application.case, "accept", story.cast.zhou)
    story.move(application.case, "approve", story.cast.ma)


def test_from_call_to_credential(story: Story) -> None:
    cast = story.cast
    call = story.call(prize=68_000_00, task="softmax")
    assert story.money().in_calls == 68_000_00
    application = story.application(call, ANSWERS)
    to_offer(story, application)
    story.move(application.case, "accept", cast.lin)
    assert (story.money().in_calls, story.money().held, story.money().in_projects) == (0, 20_400_00, 47_600_00)
    story.move(application.case, "report", cast.lin, data=DESIGN)
    story.move(application.case, "accept", cast.zhou)
    story.move(application.case, "approve", cast.ma)
    assert application.case.state == "delivering"
    assert (story.money().paid, story.money().held) == (20_400_00, 47_600_00)
    story.hand_in(application, cast.sun, ACCEPTED)
    story.move(application.case, "deliver", cast.lin)
    story.move(application.case, "accept", cast.zhou)
    story.move(application.case, "approve", cast.ma)
    story.move(application.case, "publish", cast.chen)
    assert application.case.outcome == "success"
    assert (story.money().paid, story.money().held, story.money().in_work) == (68_000_00, 0, 0)
    assert Publication.objects.get().licence == call.licence
    assert {row.person for row in Credential.objects.select_related("person")} == {cast.lin, cast.sun}
    assert set(Evidence.objects.values_list("skill__slug", flat=True)) == set(call.skills)


def test_partial_acceptance_pays_the_part_and_returns_the_rest(story: Story) -> None:
    application = story.application(story.call(prize=60_000_00, task="softmax"), ANSWERS)
    to_delivering(story, application)
    story.hand_in(application, story.cast.lin, ACCEPTED)
    story.move(application.case, "deliver", story.cast.lin)
    with pytest.raises(Refused) as error:
        story.move(application.case, "accept_part", story.cast.zhou, data={"earned": "42000.01"}, reason="缺文档")
    assert (error.value.code, error.value.details["limit"]) == ("amount_over_cap", 42_000_00)
    story.move(application.case, "accept_part", story.cast.zhou, data={"earned": "30000"}, reason="缺文档")
    story.move(application.case, "approve", story.cast.ma)
    story.move(application.case, "publish", story.cast.chen)
    assert story.money().paid == 48_000_00
    assert story.money().in_calls == 12_000_00


def test_two_people_approve_above_the_threshold(story: Story) -> None:
    cast, second = story.cast, story.finance("second")
    application = story.application(story.call(prize=200_000_00, task="softmax"), ANSWERS)
    to_offer(story, application)
    story.move(application.case, "accept", cast.lin)
    story.move(application.case, "report", cast.lin, data=DESIGN)
    story.move(application.case, "accept", cast.zhou)
    story.move(application.case, "approve", cast.ma)
    assert application.case.state == "paying_design"
    with pytest.raises(Refused, match="guarded"):
        story.move(application.case, "approve", cast.ma)
    story.move(application.case, "approve", second)
    assert application.case.state == "delivering"
    assert Payout.objects.get().approvals.count() == 2


def test_best_of_waits_for_rivals_and_takes_the_first_rank(story: Story) -> None:
    cast = story.cast
    call = story.call(prize=60_000_00, seats=2, task="softmax")
    rivals, rival_lead = story.team("rivals")
    mine = story.application(call, ANSWERS)
    theirs = story.application(call, ANSWERS, rivals, rival_lead)
    to_delivering(story, mine)
    to_delivering(story, theirs, rival_lead)
    story.hand_in(mine, cast.lin, SLOW)
    story.move(mine.case, "deliver", cast.lin)
    with pytest.raises(Refused, match="guarded"):
        story.move(mine.case, "accept", cast.zhou)
    story.hand_in(theirs, rival_lead, ACCEPTED)
    story.move(theirs.case, "deliver", rival_lead)
    with pytest.raises(Refused, match="ranked 2"):
        story.move(mine.case, "accept", cast.zhou)
    story.move(theirs.case, "accept", cast.zhou)
    story.move(theirs.case, "approve", cast.ma)
    mine.case.refresh_from_db()
    assert mine.case.state == "not_selected"
    assert story.money().in_calls == 42_000_00
    story.move(theirs.case, "publish", cast.chen)
    story.move(call.case, "close", None)
    story.move(call.case, "conclude", cast.chen)
    assert (story.money().in_work, story.money().held, story.money().paid) == (0, 0, 78_000_00)


def test_an_extension_moves_the_deadline_and_a_missed_one_goes_to_the_officer(story: Story) -> None:
    cast = story.cast
    application = story.application(story.call(task="softmax"), ANSWERS)
    to_delivering(story, application)
    before = application.case.due_at
    story.move(application.case, "ask_extension", cast.lin, data={"days": 10}, reason="测试机升级")
    with pytest.raises(Refused, match="guarded"):
        story.move(application.case, "ask_extension", cast.lin, data={"days": 5}, reason="再来")
    story.move(application.case, "grant_extension", cast.zhou)
    assert application.case.due_at == before + timedelta(days=10)
    sweep_deadlines(story.later(days=80))
    application.case.refresh_from_db()
    assert application.case.state == "delivery_overdue"
    story.move(application.case, "terminate", cast.chen, reason="无进展")
    assert (story.money().held, story.money().in_calls) == (0, 42_000_00)


@pytest.mark.parametrize("state", ["draft", "screening", "reviewing", "deciding", "designing", "delivering"])
def test_withdrawal_releases_everything_held(story: Story, state: str) -> None:
    cast = story.cast
    application = story.application(story.call(prize=10_000_00, task="softmax"), ANSWERS)
    steps = [("submit", cast.lin), ("pass", cast.chen), ("review", None), ("close_reviews", cast.chen),
             ("award", cast.chen), ("accept", cast.lin), ("report", cast.lin), ("accept", cast.zhou), ("approve", cast.ma)]
    for event, by in steps:
        if application.case.state == state:
            break
        if event == "review":
            review_all(story, application)
            continue
        story.move(application.case, event, by, data=DESIGN if event == "report" else None)
    story.move(application.case, "withdraw", cast.lin, reason="课程冲突")
    assert application.case.outcome == "withdrawn"
    assert story.money().held == 0
    assert story.money().in_projects == 0


def test_an_appeal_can_overturn_a_refusal(story: Story) -> None:
    cast = story.cast
    application = story.application(story.call(task="softmax"), ANSWERS)
    story.move(application.case, "submit", cast.lin)
    story.move(application.case, "pass", cast.chen)
    review_all(story, application)
    story.move(application.case, "close_reviews", cast.chen)
    story.move(application.case, "decline", cast.chen, reason="经费有限")
    story.move(application.case, "appeal", cast.lin, reason="评审漏看附录")
    story.move(application.case, "overturn", cast.chen, reason="情况属实")
    assert application.case.state == "offered"


def test_the_conflicted_expert_is_never_asked(story: Story) -> None:
    application = story.application(story.call(task="softmax"), ANSWERS)
    story.move(application.case, "submit", story.cast.lin)
    story.move(application.case, "pass", story.cast.chen)
    asked = {review.reviewer for review in owed(application)}
    assert len(asked) == 2
    assert story.cast.gao not in asked
    with pytest.raises(Refused, match="Same institution"):
        reviews.invite(application=application, reviewer=story.cast.gao, by=story.cast.chen, now=story.now)
