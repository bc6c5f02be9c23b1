"""A second ecosystem, a mentored open-source season, runs on its YAML alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from heitu.engines.lifecycle.tasks import sweep_deadlines
from heitu.ground.core.errors import Refused
from heitu.stages.credentials.models import Credential
from tests.journeys.story import Story

pytestmark = pytest.mark.django_db(transaction=True)

ANSWERS = {
    "motivation": "一直在用这个项目，想把缺的功能补上，也想学会与维护者协作。",
    "timeline": "第一周熟悉代码，第二到六周实现，第七周起写文档与测试，每周汇报。",
}
SUMMARY = {"summary": "接口已完成，合并了三个改动，剩下文档与基准测试。", "merged": 3}


@pytest.fixture
def story() -> Story:
    return Story("mentored-season", pack="packs/oss-mentorship")


def test_a_contributor_is_paid_in_two_parts_and_certified(story: Story) -> None:
    cast = story.cast
    call = story.call(prize=10_000_00, seats=2)
    case = (application := story.application(call, ANSWERS)).case
    story.move(case, "submit", cast.lin)
    story.move(case, "choose", cast.zhou)
    story.move(case, "accept", cast.lin)
    story.move(case, "report", cast.lin, data=SUMMARY)
    story.move(case, "pass", cast.zhou)
    story.move(case, "approve", cast.ma)
    assert story.money().paid == 4_000_00
    story.hand_in(application, cast.lin)
    story.move(case, "deliver", cast.lin)
    story.move(case, "pass", cast.zhou)
    story.move(case, "approve", cast.ma)
    story.move(case, "publish", cast.chen)
    assert (case.outcome, story.money().paid, story.money().held) == ("success", 10_000_00, 0)
    assert Credential.objects.filter(person=cast.lin).exists()


def test_failing_the_midterm_pays_nothing_and_frees_the_slot(story: Story) -> None:
    cast = story.cast
    call = story.call(prize=10_000_00, seats=1)
    application = story.application(call, ANSWERS)
    for event, by in (("submit", cast.lin), ("choose", cast.zhou), ("accept", cast.lin)):
        story.move(application.case, event, by)
    other, lead = story.team("second")
    waiting = story.application(call, ANSWERS, other, lead)
    story.move(waiting.case, "submit", lead)
    with pytest.raises(Refused, match="seats are taken"):
        story.move(waiting.case, "choose", cast.zhou)
    sweep_deadlines(story.later(days=43))
    application.case.refresh_from_db()
    assert application.case.state == "midterm_evaluation"
    story.move(application.case, "fail", cast.zhou, reason="没有提交总结")
    assert (story.money().paid, story.money().in_calls) == (0, 10_000_00)
    story.move(waiting.case, "choose", cast.zhou)
    assert waiting.case.due_at == story.now + timedelta(days=7)
