"""Reference designs on the platform: judged by their acceptance tests where the call names a task, else by people."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from heitu.ground.core.clock import now
from heitu.ground.core.errors import Refused
from heitu.stages.applications.models import Application
from heitu.stages.deliverables import actions
from heitu.stages.deliverables.models import Deliverable, Verdict
from heitu.stages.deliverables.tasks import judge_deliverable
from tests.journeys.story import Story
from tests.journeys.test_crowd_operators import ANSWERS, to_delivering

pytestmark = pytest.mark.django_db
EXAMPLES = Path("packs/ascend/tasks/document-answers/examples")


def delivering(story: Story, task: str) -> Application:
    application = story.application(story.call(task=task), ANSWERS)
    to_delivering(story, application)
    return application


@pytest.fixture
def story() -> Story:
    story = Story("crowd-designs", start=now() - timedelta(days=2))
    story.expert("expert1")
    story.expert("expert2")
    return story


def packed(folder: Path) -> ContentFile[bytes]:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in folder.rglob("*"):
            if file.is_file():
                archive.write(file, file.relative_to(folder).as_posix())
    return ContentFile(content.getvalue(), name="design.zip")


def hand_in(story: Story, application: Application, file: ContentFile[bytes]) -> Deliverable:
    return actions.hand_in(application=application, file=file, by=story.cast.lin, now=story.later(minutes=30))


def page_of(story: Story, made: Deliverable, who: str, language: str = "zh-hans") -> str:
    client = Client()
    client.force_login(story.cast.persons()[who])
    return client.get(f"/deliverables/{made.pk}/", headers={"accept-language": language}).content.decode()


def case_page(story: Story, application: Application, who: str) -> str:
    client = Client()
    client.force_login(story.cast.persons()[who])
    return client.get(f"/applications/{application.pk}/").content.decode()


def test_a_design_judged_for_real_from_upload_to_acceptance(story: Story) -> None:
    application = delivering(story, "document-answers")
    made = hand_in(story, application, packed(EXAMPLES / "good"))
    judge_deliverable(made.pk)
    verdict = Verdict.objects.get(deliverable=made)
    assert verdict.accepted, verdict.record
    page = page_of(story, made, "zhou")
    for said in ("由人核对", "许可证与依赖", "Apache-2.0", "标准库", "main.py", "文件清单"):
        assert said in page, said
    titles = {check["id"]: check["title"] for check in verdict.record["report"]["checks"]}
    assert titles["finds"]["zh"] in page
    hidden = [title for name, title in titles.items() if name.startswith("hidden")]
    assert hidden
    assert not any(title["zh"] in page_of(story, made, "lin") for title in hidden), "hidden checks keep their names"
    assert "For a person to check" in page_of(story, made, "lin", "en")
    assert "榜单" not in case_page(story, application, "zhou"), "designs have no ranks"
    board = Client().get(f"/calls/{application.call.number}/leaderboard/").content.decode()
    assert "参考设计不排名" in board
    assert "还没有通过评测的版本" not in board
    story.move(application.case, "deliver", story.cast.lin)
    assert 'name="accept-documented"' in case_page(story, application, "zhou")
    with pytest.raises(Refused):
        story.move(application.case, "accept", story.cast.zhou, data={"documented": True, "licensed": False, "reproduced": True})
    story.move(application.case, "accept", story.cast.zhou, data=dict.fromkeys(("documented", "licensed", "reproduced"), True))
    assert "已在自己的环境复现" in case_page(story, application, "zhou")


def test_a_design_that_fails_says_which_check(story: Story) -> None:
    made = hand_in(story, delivering(story, "document-answers"), packed(EXAMPLES / "plain"))
    judge_deliverable(made.pk)
    verdict = Verdict.objects.get(deliverable=made)
    assert verdict.cases_passed < verdict.cases_total
    weights = {each["id"]: each["weight"] for each in verdict.record["report"]["checks"]}
    passed = {case["id"] for case in verdict.record["cases"] if case["verdict"] == "accepted"}
    assert "admits" in weights.keys() - passed, "what it stumbles over, whatever is drawn"
    assert verdict.score == 100 * sum(weights[each] for each in passed) / sum(weights.values())
    assert "没有答案而留空的问题只有" in page_of(story, made, "lin")
    assert f"必过的检查全部通过；共通过 {len(passed)} / {len(weights)} 项。" in page_of(story, made, "lin")
    assert "全部通过。" not in page_of(story, made, "lin")


def test_a_file_that_is_no_design_is_refused_at_the_form(story: Story) -> None:
    application = delivering(story, "document-answers")
    with pytest.raises(Refused) as refused:
        hand_in(story, application, ContentFile(b"%PDF", name="paper.pdf"))
    assert refused.value.field == "file"


def test_without_a_task_people_accept(story: Story) -> None:
    application = delivering(story, "")
    with pytest.raises(Refused, match="guarded"):
        story.move(application.case, "deliver", story.cast.lin)
    made = hand_in(story, application, ContentFile(b"%PDF", name="design.pdf"))
    assert (made.judging, made.seed_hash, made.toolchain) == ("none", "", "")
    assert "由人验收" in page_of(story, made, "lin")
    story.move(application.case, "deliver", story.cast.lin)
