"""A real Chromium for the browser tests: `page` opens addresses of the live server, `axe` checks accessibility.

Playwright's sync API keeps an event loop running in the test's thread, in which Django would refuse to touch the
database. Nothing here is concurrent, so the check is switched off while a browser is open, and only then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = Path(os.environ.get("HEITU_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Scheme = Literal["light", "dark"]
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
OpenPage = Callable[..., Page]
CheckPage = Callable[..., list[str]]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests; skips where there is none, fails in CI."""
    if not CHROMIUM.exists():
        complain = pytest.fail if os.environ.get("CI") else pytest.skip
        complain(f"no Chromium at {CHROMIUM}: install it or set HEITU_CHROMIUM")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """`page("/calls/", language="en", scheme="dark", width=390)` opens an address of the live server.

    `context=` opens it beside an earlier page, with the same cookies. An error in a script fails the test.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(
        path: str = "/",
        *,
        language: str = "zh",
        scheme: Scheme = "light",
        width: int = 1280,
        context: BrowserContext | None = None,
    ) -> Page:
        if context is None:
            context = browser.new_context(
                base_url=live_server.url,
                locale=LOCALES[language],
                color_scheme=scheme,
                viewport={"width": width, "height": 900},
                reduced_motion="reduce",
                timezone_id="Asia/Shanghai",
            )
            contexts.append(context)
        opened = context.new_page()
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.goto(path)
        return opened

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, f"errors in scripts: {faults}"


@pytest.fixture
def sign_in(client: Any) -> Callable[[Page, Any], None]:
    """`sign_in(page, person)` puts a session of that person into the page's browser, without the form."""

    def sign_in(page: Page, person: Any) -> None:
        client.force_login(person)
        cookie = client.cookies["sessionid"].value
        address = page.url.split("/", 3)
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": "/".join(address[:3])}])

    return sign_in


@pytest.fixture
def axe() -> CheckPage:
    """`axe(page)` lists the violations of WCAG 2.2 AA and axe's best practice on the page, one line an element.

    `colours_only=True` checks what depends on the appearance, which is several times faster.
    """

    def violations(page: Page, *, colours_only: bool = False) -> list[str]:
        rules = {"type": "rule", "values": COLOURS} if colours_only else {"type": "tag", "values": STANDARD}
        found = Axe().run(page, options={"runOnly": rules}).response["violations"]
        return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]

    return violations


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
