"""People, their archive and the population as clerk, worker and manager use them; in both languages and widths."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import quote, unquote, urljoin

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import OpenPage
from tests.support.asking import search
from tests.support.installation import Installation

CODE = "999901001001"
DESK = f"/desk/{CODE}"
Look = Callable[[Page, str], None]
WORDS = "换领居住证"


def _somebody(page: Page) -> str:
    """The address of the first person's record in a list."""
    return urljoin(page.url, str(page.locator("main table th a").first.get_attribute("href")))


def test_a_search_is_narrowed(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{DESK}/people/", role="desk_clerk", language=language, width=width)
    expect(page.locator("main table")).to_have_count(0)
    look(page, f"people-empty-{language}-{width}")
    search(page, "柳荫苑")
    look(page, f"people-many-{language}-{width}")
    page.fill("input[name=born]", "1950-1959")
    page.locator("button[form=search]").click()
    look(page, f"people-narrowed-{language}-{width}")
    page.fill("input[name=born]", "soon")
    page.locator("button[form=search]").click()
    expect(page.locator("#born-hint")).to_contain_text("1950-1959")


def test_the_keyboard_alone_finds_and_opens(open_page: OpenPage, installation: Installation) -> None:
    page = open_page(f"{DESK}/people/", role="desk_clerk")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("zxm")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/people/\?s=[\w-]{22}$"))
    expect(page.locator("#q")).to_have_value("zxm")
    if page.locator("main table th a").count():
        page.locator("h1").click()
        page.keyboard.press("j")
        expect(page.locator("main table th a").first).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("*")


def _note(seen: list[str], request: Request) -> None:
    seen.append(unquote(request.url))


def test_what_is_asked_stays_in_no_address_history_log_or_file(open_page: OpenPage, installation: Installation) -> None:
    """Without a script, too: the form is a form. The data folder holds the log, the database, the sessions and the cache."""
    for scripts in (True, False):
        asked, other = ("欧阳无痕", "司徒无迹") if scripts else ("上官无声", "诸葛无影")
        page = open_page(f"{DESK}/people/", role="desk_clerk", java_script_enabled=scripts)
        seen: list[str] = []
        page.on("request", partial(_note, seen))
        search(page, asked)
        first = page.url
        page.fill("#q", other)
        page.locator("form[role=search] button").click()
        expect(page.locator("#q")).to_have_value(other)
        page.go_back()
        assert page.url == first
        expect(page.locator("#q")).to_have_value(asked)
        page.reload()
        expect(page.locator("#q")).to_have_value(asked)
        page.goto(f"{DESK}/people/several/")
        page.fill("textarea", f"{asked}\n{other}")
        page.locator("main form button").click()
        expect(page.locator("main h2")).to_have_count(2)
        for text in (asked, other):
            assert not any(text in address for address in seen)
            for file in (file for file in installation.data.rglob("*") if file.is_file()):
                raw = file.read_bytes()
                assert text.encode() not in raw, file
                assert quote(text).encode() not in raw, file


def test_a_list_is_looked_for(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{DESK}/people/several/", role="community_manager", language=language, width=width)
    page.fill("textarea", "zxm\n王\n没有这个人\n1234")
    page.locator("main form button").click()
    expect(page.locator("main h2")).to_have_count(4)
    look(page, f"people-several-{language}-{width}")


def test_a_record_is_masked_until_a_reason_is_given(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{DESK}/people/", role="desk_clerk", language=language, width=width)
    search(page, "柳荫苑", born="1950-1959")
    page.goto(_somebody(page))
    masked = page.locator("h1").inner_text()
    assert "*" in masked
    look(page, f"person-{language}-{width}")
    page.locator("#show button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, f"person-no-reason-{language}-{width}")
    page.locator("input[name=groups]").first.check()
    page.locator("input[name=groups]").nth(3).check()
    page.select_option("select[name=reason]", "desk")
    page.fill("input[name=words]", WORDS)
    page.locator("#show button").click()
    expect(page.locator("h1")).not_to_contain_text("*")
    expect(page.locator("aside")).to_contain_text(WORDS)
    look(page, f"person-shown-{language}-{width}")
    page.emulate_media(media="print")
    expect(page.locator(".act.once")).to_be_visible()
    expect(page.locator(".act.once")).to_contain_text(WORDS)
    expect(page.locator("#show")).to_be_hidden()
    page.emulate_media(media="screen")
    page.goto(page.url.removesuffix("#main").removesuffix("shown/"))
    expect(page.locator("h1")).to_have_text(masked)


def test_the_population_now_and_then(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{DESK}/population/", role="community_manager", language=language, width=width)
    expect(page.locator("main svg a").first).to_be_visible()
    look(page, f"population-{language}-{width}")
    page.goto(urljoin(page.url, "?measure=change"))
    look(page, f"population-change-{language}-{width}")
    page.goto(urljoin(page.url, str(page.locator("main table.flow th a").first.get_attribute("href"))))
    expect(page.locator("main .back")).to_be_visible()
    look(page, f"population-grid-{language}-{width}")


def test_figures_are_taken_away(open_page: OpenPage) -> None:
    page = open_page(f"{DESK}/population/", role="community_manager")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert rows[0] == "week,table,grid,category,count,rule"
    assert all(int(row.split(",")[4]) % 5 == 0 for row in rows[1:])


@pytest.mark.parametrize("role", ["grid_worker", "supervisor"])
def test_who_may_not_take_them_isn_t_offered_them(open_page: OpenPage, look: Look, role: str) -> None:
    page = open_page(f"{DESK}/population/", role=role)
    look(page, f"population-{role}")
    expect(page.get_by_role("link", name="CSV")).to_have_count(0 if role == "grid_worker" else 1)
