"""The whole story in a real browser, with a real judge: six people take one task from call to published result."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from heitu.ground.core import clock
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.credentials.models import Credential
from heitu.stages.deliverables.models import Deliverable, Publication
from heitu.stages.reviews.models import Review
from tests.journeys.story import Story
from tests.journeys.test_killed_processes import wait_for, worker

pytestmark = pytest.mark.django_db(transaction=True)
FAST = Path("packs/ascend/tasks/softmax/examples/fast/submission.py")


def press(window: Any, event: str, reason: str = "", **typed: str) -> None:
    """Make a move of the case page: its button, or its dialog with a reason and a form."""
    opener = window.locator(f"a[href='#move-{event}']")
    if opener.count():
        opener.first.click()
        for name, text in typed.items():
            window.fill(f"#move-{event} [name$='{name}']", text)
        if reason:
            window.fill(f"#move-{event}-reason", reason)
        window.click(f"#move-{event} button[type=submit]")
    else:
        window.locator(f"form:has(input[name=event][value='{event}']) button[type=submit]").first.click()
    window.wait_for_load_state()


def test_from_call_to_published_result(page: Any, sign_in: Any, axe: Any, tmp_path: Path) -> None:
    story = Story("crowd-operators", start=clock.now())
    story.expert("expert1")
    story.expert("expert2")
    cast, window = story.cast, page("/")

    call = post_a_call(window, sign_in, cast)
    sign_in(window, cast.chen)
    window.goto(f"/calls/{call.number}/")
    press(window, "open")

    application = claim(window, sign_in, cast, call)
    case_page = f"/applications/{application.pk}/"
    sign_in(window, cast.chen)
    window.goto(case_page)
    press(window, "pass")
    for written in Review.objects.filter(application=application).select_related("reviewer"):
        review(window, sign_in, written)

    sign_in(window, cast.chen)
    window.goto(case_page)
    press(window, "close_reviews")
    press(window, "award")
    for person, event, typed in (
        (cast.lin, "accept", {}),
        (cast.lin, "report", {"design": "按行分块，两级归约，输出前一次舍入，预期加速两倍以上。"}),
        (cast.zhou, "accept", {}),
        (cast.ma, "approve", {}),
    ):
        sign_in(window, person)
        window.goto(case_page)
        press(window, event, **typed)

    deliver(window, sign_in, cast, application)
    for person, event in ((cast.lin, "deliver"), (cast.zhou, "accept"), (cast.ma, "approve"), (cast.chen, "publish")):
        sign_in(window, person)
        window.goto(case_page)
        press(window, event)
    application.case.refresh_from_db()
    assert application.case.outcome == "success"
    assert axe(window) == []

    visit(page, application)
    assert story.money().paid == call.prize


def post_a_call(window: Any, sign_in: Any, cast: Any) -> Call:
    """The task owner writes the call; an amount over the cap is explained beside its field and nothing typed is lost."""
    sign_in(window, cast.zhou)
    window.goto("/calls/new/?programme=crowd-operators")
    window.fill("#id_title_zh", "行归一化指数：大词表")
    window.fill("#id_title_en", "Row softmax, large vocabulary")
    window.select_option("#id_task", "softmax")
    soon = timezone.localtime()
    window.fill("#id_opens_at", (soon - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"))
    window.fill("#id_closes_at", (soon + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M"))
    window.fill("#id_delivery_days", "60")
    window.fill("#id_seats", "1")
    window.fill("#id_prize", "300000.00")
    window.locator("main form button[type=submit]").first.click()
    window.wait_for_selector("text=200,000.00")
    assert window.input_value("#id_title_zh") == "行归一化指数：大词表"
    window.fill("#id_prize", "40000.00")
    window.locator("main form button[type=submit]").first.click()
    window.wait_for_url("**/calls/ZZ-*/")
    press(window, "propose")
    return Call.objects.get()


def claim(window: Any, sign_in: Any, cast: Any, call: Call) -> Application:
    """The team's lead claims the call and hands in the application."""
    sign_in(window, cast.lin)
    window.goto(f"/applications/new/?call={call.number}")
    window.locator("main form button[type=submit]").first.click()
    window.wait_for_url("**/applications/*/**")
    application = Application.objects.get()
    window.goto(f"/applications/{application.pk}/answers/")
    window.fill("#id_approach", "分块与两级归约，先保证精度，再按瓶颈逐项优化，每步记录数据。")
    window.fill("#id_plan", "六周完成，第五周提交评测。")
    for name in ("original", "licence"):
        window.check(f"#id_declares_{name}")
    window.click("button[name=submit]")
    window.wait_for_url(f"**/applications/{application.pk}/")
    return application


def review(window: Any, sign_in: Any, written: Review) -> None:
    """An expert scores by the rubric, without seeing whose application it is."""
    sign_in(window, written.reviewer)
    window.goto(f"/reviews/{written.pk}/")
    assert written.application.team.name not in window.inner_text("main")
    for criterion in ("feasibility", "performance", "team"):
        window.check(f"input[name={criterion}][value='4']")
    window.check("input[name=recommendation][value=support]")
    window.fill("textarea[name=to_team]", "路线可行。")
    window.locator("form:has(textarea[name=to_team]) button[type=submit]").first.click()
    window.wait_for_url("**/reviews/")


def deliver(window: Any, sign_in: Any, cast: Any, application: Application) -> None:
    """A member of the team uploads a version and watches the real judge at work."""
    sign_in(window, cast.sun)
    window.goto(f"/applications/{application.pk}/deliverables/")
    window.set_input_files("input[name=file]", str(FAST))
    window.locator("form:has(input[name=file]) button[type=submit]").click()
    window.wait_for_url("**/deliverables/*/")
    made = Deliverable.objects.get()
    with worker():
        wait_for(lambda: Deliverable.objects.get(pk=made.pk).judging == "done", seconds=120)
    window.wait_for_selector(".badge.sprout", timeout=10_000)


def visit(page: Any, application: Application) -> None:
    """A visitor finds the result, downloads it, and verifies the credential of somebody who made it."""
    window = page("/results/", language="en")
    window.click("table a")
    window.wait_for_url("**/results/*/")
    with window.expect_download() as download:
        window.click("a[href$='/file/']")
    assert Path(download.value.path()).read_bytes() == FAST.read_bytes()
    assert Publication.objects.get().downloads == 1
    credential = Credential.objects.filter(application=application).first()
    assert credential is not None
    window.goto(f"/credentials/{credential.pk}/")
    assert credential.person.name in window.inner_text("main")
