"""The gallery in a real browser: accessible in both languages and both appearances, and fit for a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import CheckPage, OpenPage, Scheme, overflow

SECTIONS = ["", "forms/", "charts/", "case/", "board/"]
FAULTS = ["refused/", "missing/", "forbidden/", "expired/", "broken/"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_accessible(page: OpenPage, axe: CheckPage, language: str, scheme: Scheme) -> None:
    first = page("/gallery/", language=language, scheme=scheme)
    found = {}
    for section in SECTIONS:
        first.goto(f"/gallery/{section}")
        first.evaluate("document.querySelectorAll('.chart-data').forEach(d => d.open = true)")
        found[section] = axe(first, colours_only=scheme == "dark")  # the markup is the same in the dark
    assert not any(found.values()), found


def test_pages_of_faults_are_accessible(page: OpenPage, axe: CheckPage) -> None:
    first = page("/gallery/")
    found = {}
    for section in FAULTS:
        first.goto(f"/gallery/{section}")
        found[section] = axe(first)
    assert not any(found.values()), found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_fits_a_phone(page: OpenPage, language: str) -> None:
    first = page("/gallery/", language=language, width=390)
    wider = {}
    for section in SECTIONS + FAULTS:
        first.goto(f"/gallery/{section}")
        wider[section] = overflow(first)
    assert not any(wider.values()), wider


def test_language_switch_comes_back_to_the_page(page: OpenPage) -> None:
    one = page("/gallery/case/?q=1")
    expect(one.locator("h1")).to_contain_text("融合算子")
    one.get_by_role("button", name="English").click()
    expect(one.locator("h1")).to_contain_text("Fused RMSNorm")
    assert one.url.endswith("/gallery/case/?q=1")
    assert one.locator("html").get_attribute("lang") == "en"


def test_appearance_is_kept(page: OpenPage) -> None:
    one = page("/gallery/", scheme="dark")
    switch = one.locator("[data-theme-switch]")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = one.evaluate(ground)
    switch.click()
    assert one.evaluate(ground) != dark
    one.reload()
    assert one.evaluate("document.documentElement.dataset.theme") == "light"
    switch.click()
    switch.click()
    assert one.evaluate("document.documentElement.dataset.theme ?? 'auto'") == "auto"


def test_keys(page: OpenPage) -> None:
    one = page("/gallery/")
    one.keyboard.press("/")
    expect(one.locator("main [data-search]")).to_be_focused()
    one.keyboard.type("?")
    expect(one.locator("#keys")).not_to_be_visible()
    one.locator("h1").click()
    one.keyboard.press("?")
    expect(one.locator("#keys")).to_be_visible()
    one.keyboard.press("Escape")
    expect(one.locator("#keys")).not_to_be_visible()
    one.goto("/gallery/case/")
    one.keyboard.press("g")
    one.keyboard.press("b")
    expect(one).to_have_url("/gallery/board/")


def test_dialogs_and_menus(page: OpenPage) -> None:
    one = page("/gallery/")
    one.get_by_role("link", name="终止项目").click()
    dialog = one.get_by_role("dialog", name="终止这个项目？")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("理由")).to_be_visible()
    dialog.get_by_role("link", name="取消").click()
    expect(dialog).not_to_be_visible()
    one.locator("details.menu summary", has_text="更多").click()
    expect(one.get_by_role("link", name="打印")).to_be_visible()
    one.keyboard.press("Escape")
    expect(one.get_by_role("link", name="打印")).not_to_be_visible()


def test_progress_asks_again(page: OpenPage) -> None:
    one = page("/gallery/")
    expect(one.locator(".progress").first).to_contain_text("15 / 42", timeout=8000)


def test_dropped_file_is_named(page: OpenPage) -> None:
    one = page("/gallery/forms/")
    one.locator("input[type=file]").set_input_files(
        {"name": "第四版.zip", "mimeType": "application/zip", "buffer": b"PK"}
    )
    expect(one.locator(".file-drop output")).to_have_text("第四版.zip")


def test_works_without_scripts(browser: Browser, live_server: Any) -> None:
    bare = browser.new_context(java_script_enabled=False, base_url=live_server.url, locale="zh-CN")
    plain = bare.new_page()
    plain.goto("/gallery/")
    plain.get_by_role("link", name="终止项目").click()
    expect(plain.locator("#end")).to_be_visible()
    plain.get_by_role("button", name="English").click()
    expect(plain.locator("h1")).to_have_text("Gallery")
    bare.close()


def test_a_form_is_sent_once_however_often_it_is_clicked(page: OpenPage) -> None:
    opened = page("/accounts/login/")
    sent: list[str] = []
    opened.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    opened.fill("#id_login", "nobody@x.example")
    opened.fill("#id_password", "a black soil field")
    opened.evaluate("() => { const b = document.querySelector('main form button[type=submit]'); b.click(); b.click(); }")
    opened.wait_for_selector("#id_login_error, .error, [role=alert]")
    assert len(sent) == 1
    opened.locator("main form button[type=submit]").first.click()
    opened.wait_for_load_state()
    assert len(sent) == 2, "the page that came back can be sent again"
