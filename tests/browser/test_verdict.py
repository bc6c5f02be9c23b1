"""Verdicts in a real browser: readable and accessible in both languages and appearances, and live while one waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from heitu.ground.core import clock
from heitu.stages.applications.models import Application
from heitu.stages.deliverables import actions
from heitu.stages.deliverables.models import Deliverable
from tests.browser.conftest import overflow
from tests.journeys.story import Story
from tests.journeys.test_crowd_operators import ANSWERS, to_delivering
from tests.road import a_machine, a_verdict, hand_in
from tests.unit.deliverables.test_models import a_measure
from tests.unit.deliverables.test_teaching import COUNTS

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [("zh", "light", 1280), ("en", "dark", 390)]


def delivering(story: Story, task: str) -> Application:
    story.expert("expert1")
    story.expert("expert2")
    application = story.application(story.call(task=task), ANSWERS)
    to_delivering(story, application)
    return application


def an_operator() -> dict[str, Any]:
    """One case wrong, one right and timed, with everything that the page draws."""
    timed = {"seconds": 41e-6, "baseline_seconds": 94e-6, "speedup": 2.29, "speedup_low": 2.07, "speedup_high": 2.49}
    worst = {"index": [0, 5], "actual": "nan", "expected": 0.25, "error": "nan", "allowed": 0.0}
    common = {"public": True, "dtype": "float16", "shape": "4096x4096", "text": ""}
    return {
        "kind": "operator", "verdict": "wrong_answer", "score": 0.0, "rule": "nan_or_infinity", "flags": ["short_case:a"],
        "cases": [
            common | {"id": "bad", "verdict": "wrong_answer", "rule": "nan_or_infinity",
                      "error": {"worst": worst, "histogram": COUNTS | {"stray": 3}}},
            common | timed | {"id": "a", "verdict": "accepted", "rule": "", "error": {"histogram": COUNTS}},
        ],
    }


@pytest.mark.parametrize(("programme", "task", "result"), [
    ("crowd-operators", "rms-norm", an_operator()),
    ("crowd-models", "operator-latency", a_measure(0.95, verdict="wrong_answer") | {"rule": "below_threshold"}),
])
def test_the_page_is_for_everybody(
    page: Any, sign_in: Any, axe: Any, programme: str, task: str, result: dict[str, Any]
) -> None:
    story = Story(programme, start=clock.now() - timedelta(days=2))
    application = delivering(story, task)
    before, made = (story.hand_in(application, story.cast.lin, result) for _ in range(2))
    for language, scheme, width in LOOKS:
        window = page("/", language=language, scheme=scheme, width=width)
        sign_in(window, story.cast.lin)
        for path in (f"/deliverables/{made.pk}/", f"/applications/{application.pk}/deliverables/"):
            window.goto(path)
            window.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert axe(window) == [], (path, language, scheme)
            assert overflow(window) == 0, (path, language, width)
    assert before.version == 1


def test_the_place_moves_up_by_itself_until_the_verdict_is_there(page: Any, sign_in: Any) -> None:
    story = Story("crowd-operators", start=clock.now() - timedelta(days=2))
    application, now = delivering(story, "rms-norm"), clock.now()
    a_machine(seen_at=now + timedelta(minutes=5))
    hand_in(application, story.cast.lin, result=a_verdict() | {"seconds": 240.0}, now=now - timedelta(hours=3))
    first, mine = (hand_in(application, story.cast.lin, now=now - timedelta(minutes=ago)) for ago in (40, 20))
    window = page("/")
    sign_in(window, story.cast.lin)
    window.goto(f"/deliverables/{mine.pk}/")
    window.get_by_text("前面还有 1 个。大约 2 分钟后开始。").wait_for()
    Deliverable.objects.filter(pk=first.pk).update(judging="done")
    window.get_by_text("即将开始。").wait_for()
    Deliverable.objects.filter(pk=mine.pk).update(judging="running", progress={"phase": "time", "done": 3, "total": 9})
    window.get_by_text("测速").wait_for()
    actions.record_verdict(deliverable=mine, result=a_verdict(2.9, 3.1), now=clock.now())
    window.get_by_text("速度是基线的 3.00 倍").wait_for()
