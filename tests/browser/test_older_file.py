"""An older file: what undoing it would give back and what would stay, looked at before anything is undone."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urljoin

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

LIST = "/desk/999901001001/imports/"
Look = Callable[[Page, str], None]


def test_what_would_stay_is_listed_masked_and_paged(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(LIST, role="community_manager", language=language, width=width)
    files = page.locator("table.files tbody tr", has_text="人口_", has=page.locator("td:last-child:not(.mute):not(.high)"))
    page.goto(urljoin(page.url, str(files.nth(2).locator("th a").get_attribute("href"))))
    page.locator("#undo button[value=weigh]").click()
    expect(page.locator("#would-stay h2")).to_be_visible()
    look(page, f"import-older-{width}-{language}")
    assert page.locator("#would-stay .masked").count() > 0
    assert all("*" in name for name in page.locator("#would-stay .masked").all_inner_texts())
    further = page.locator("#would-stay button[name=left]")
    if further.count():
        further.last.click()
        expect(page.locator("#would-stay button[name=left]").first).to_have_attribute("value", "1")
    expect(page.locator("input[name=reason]")).to_be_visible()
