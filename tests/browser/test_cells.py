"""A lab solved without leaving the page, in a real browser and a real sandbox."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from heitu.engines.cells.boxes import Boxes
from heitu.engines.cells.port import KernelFault
from heitu.ground.core import clock
from heitu.kinds.courses.enums import SessionState
from heitu.kinds.courses.hosting import Host
from heitu.kinds.courses.models import LabDraft, LabSession, LabSubmission, Offering
from heitu.kinds.courses.queries import sessions as asking
from tests import courses
from tests.browser.conftest import overflow
from tests.judge.conftest import absent
from tests.people import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)
RIGHT = "def total(x):\nreturn sum(x)"  # the editor indents after a colon


@pytest.fixture
def boxes() -> Iterator[Boxes]:
    made = Boxes()
    try:
        made.warm("numpy")
    except KernelFault as error:
        absent(f"no full sandbox here: {error}")
    yield made
    made.close()


@contextmanager
def hosting(boxes: Boxes) -> Iterator[None]:
    """`heitu sessions`, in a thread."""
    stop = threading.Event()

    def serve() -> None:
        Host(boxes, seats=1).serve(stop)
        connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        while not asking.hosts(clock.now()).exists():
            thread.join(0.02)
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def cast() -> Cast:
    return make_cast(clock.now())


@pytest.fixture
def offering(cast: Cast, tmp_path: Path, settings: Any) -> Offering:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    made = courses.an_offering(courses.an_adoption(courses.loaded(tmp_path, now=clock.now()), cast, now=clock.now()), cast, now=clock.now())
    courses.a_student(made, cast.sun)
    return made


def cell(window: Any, name: str) -> Any:
    return window.locator(f"[data-cell={name}]")


def test_a_lab_in_the_page(page: Any, sign_in: Any, axe: Any, cast: Cast, offering: Offering, boxes: Boxes) -> None:
    window = page("/", width=390)
    window.clock.install()
    sign_in(window, cast.sun)
    with hosting(boxes):
        window.goto(f"/classes/{offering.pk}/labs/add-up/")
        window.click("text=在页面里做")
        window.locator(".cells-tools").wait_for()  # from then on it can be typed in
        write(cell(window, "total"), RIGHT)
        window.keyboard.press("Shift+Enter")
        assert window.evaluate("document.activeElement.closest('.cell').dataset.cell") == "why"
        cell(window, "total").locator("text=已运行").wait_for()
        cell(window, "total-tests").locator("[data-do=run]").click()
        cell(window, "total-tests").locator("text=已运行").wait_for()
        write(cell(window, "why"), "因为**舍入**。")
        cell(window, "why").locator("[data-do=run]").click()
        cell(window, "why").locator("strong").wait_for()
        tries_of_ones_own(window)
        assert overflow(window) == 0
        assert axe(window) == []
        another_tab(window, page, offering)
        while_there_is_no_server(window)
        assert "离线写的。" in json.dumps(LabDraft.objects.get().notebook, ensure_ascii=False)
        write(cell(window, "why"), "因为**舍入**。")
    cell(window, "total").locator("[data-do=run]").click()
    window.locator("#cells-trouble", has_text="没有机器").wait_for()
    window.locator("#session-words", has_text="正在重启").wait_for()
    with hosting(boxes):  # the service is back, and the next run opens a session
        cell(window, "total").locator("[data-do=run]").click()
        window.locator("#session-words", has_text="会话进行中").wait_for()
        cell(window, "total").locator("text=已运行").wait_for()
        window.click("text=提交这份")
        window.locator("text=第 1 次提交").wait_for()
        window.wait_for_load_state()
    with LabSubmission.objects.get().notebook.open("rb") as file:
        handed_in = json.loads(file.read())
    sources = {each["id"]: "".join(each["source"]) for each in handed_in["cells"]}
    assert (sources["total"], sources["why"]) == ("def total(x):\n    return sum(x)", "因为**舍入**。")
    assert not LabSession.objects.exclude(state=SessionState.ENDED).exists()


def write(there: Any, text: str) -> None:
    """Key by key, in the place of what is there."""
    there.locator("textarea").click()
    there.page.keyboard.press("Control+a")
    there.page.keyboard.type(text)


def tries_of_ones_own(window: Any) -> None:
    """A cell of one's own: a loop that is seen while it runs and then interrupted, and HTML that can do nothing."""
    cell(window, "total-tests").locator("[data-do=add-code]").click()
    own = window.locator(".cell.own")
    write(own, "import time\nfor i in range(600):\nprint('step', i)\ntime.sleep(.1)")
    window.keyboard.press("Control+Enter")
    own.locator("text=step 2").wait_for()
    with window.expect_request("**/session/presence*"):  # also while something runs, else the session would be taken for left
        window.clock.fast_forward(21_000)
    window.click("[data-do=interrupt]")
    own.locator("text=KeyboardInterrupt").wait_for()
    write(own, "from IPython.display import HTML\nHTML('<img src=x onerror=\"document.title=1\"><b>harmless</b>')")
    window.keyboard.press("Control+Enter")
    own.locator("b", has_text="harmless").wait_for()
    assert window.title() != "1"
    window.click("[data-do=restart]")
    write(own, "total")  # which was defined before
    window.keyboard.press("Control+Enter")
    own.locator("text=NameError").first.wait_for()
    window.keyboard.press("Escape")
    window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.dataset.do") == "run"


def another_tab(window: Any, page: Any, offering: Offering) -> None:
    """It shows the same outputs; what both have typed is kept, whoever saves first."""
    window.locator("#save-words", has_text="已保存").wait_for()
    other = page(f"/classes/{offering.pk}/labs/add-up/cells/", context=window.context)
    other.locator("text=NameError").first.wait_for()
    other.locator(".cells-tools").wait_for()
    write(cell(other, "why"), "另一页写的。")
    other.locator("#save-words", has_text="已保存").wait_for()
    write(cell(window, "why"), "因为**舍入**。 ")
    window.locator("#cells-conflict").wait_for()
    copy = window.locator("#cells-conflict a").get_attribute("href")
    assert "舍入" in window.request.get(copy).text()
    window.click("[data-do=keep-mine]")
    window.locator("#save-words", has_text="已保存").wait_for()
    write(cell(window, "why"), "因为**舍入**。")
    other.close()


def while_there_is_no_server(window: Any) -> None:
    """What is typed stays, and so does the page, whatever is pressed; all is saved as soon as there is a server."""
    window.locator("#save-words", has_text="已保存").wait_for()
    window.context.set_offline(True)
    write(cell(window, "why"), "离线写的。")
    window.locator("#save-words", has_text="连不上服务器").wait_for()
    window.click("text=提交这份")
    window.locator("#cells-trouble", has_text="连不上服务器").wait_for()
    cell(window, "total").locator("[data-do=run]").click()
    window.locator("#cells-trouble", has_text="文字还在本页。").wait_for()
    assert cell(window, "total").locator(".cell-count").inner_text() != "[*]"
    window.context.set_offline(False)
    window.clock.fast_forward(6_000)
    window.locator("#save-words", has_text="已保存").wait_for()
