"""Calls and cases in a real browser: accessible, within the window, and usable by keyboard and on a phone."""

from __future__ import annotations

from typing import Any

import pytest

from heitu.ground.core import clock
from heitu.stages.applications.models import Application
from tests import stages
from tests.browser.conftest import overflow
from tests.people import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast(clock.now())


@pytest.fixture
def screening(cast: Cast) -> Application:
    now = clock.now()
    call = stages.an_open_call(cast, stages.load(now=now), now=now)
    return stages.an_application(call, cast.dengta, cast.lin, now=now)


@pytest.mark.parametrize(("language", "scheme", "width"), [("zh", "light", 1280), ("en", "dark", 390)])
def test_pages_are_accessible(
    cast: Cast, screening: Application, page: Any, sign_in: Any, axe: Any, language: str, scheme: str, width: int
) -> None:
    window = page("/calls/", language=language, scheme=scheme, width=width)
    sign_in(window, cast.chen)
    call = f"/calls/{screening.call.number}/"
    for path in ("/calls/", call, "/calls/new/?programme=crowd-operators", "/applications/?state=screening",
                 f"/applications/{screening.pk}/"):
        window.goto(path)
        assert axe(window) == [], path
        assert overflow(window) <= 0, path


def test_a_case_is_sent_back_with_a_reason_and_handed_in_again(
    cast: Cast, screening: Application, page: Any, sign_in: Any
) -> None:
    window = page("/calls/")
    sign_in(window, cast.chen)
    window.goto(f"/applications/{screening.pk}/")
    window.click("a[href='#move-send_back']")
    window.fill("#move-send_back-reason", "请补充进度安排")
    window.click("#move-send_back button[type=submit]")
    window.wait_for_selector("text=请补充进度安排")
    sign_in(window, cast.lin)
    window.goto(f"/applications/{screening.pk}/answers/")
    window.fill("#id_plan", "四周设计，六周实现，两周调优，每周汇报。")
    window.click("button[name=submit]")
    window.wait_for_url(f"**/applications/{screening.pk}/")
    screening.refresh_from_db()
    assert (screening.case.state, screening.case.moves) == ("screening", 3)
