"""Who looks after which grid: on the desk, and on the card that everybody can read, without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

CODE = "999901001001"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", ["desk", "phone"])
def test_everybody_finds_their_grid(open_page: OpenPage, look: Callable[[Page, str], None], language: str, width: str) -> None:
    page = open_page(f"/portal/{CODE}/", language=language, width=width, java_script_enabled=True)
    page.locator(f'a[href="/portal/{CODE}/grids/"]').click()
    look(page, f"grid-cards-{language}-{width}")
    first = page.locator(".go-list a").first
    here = first.get_attribute("href")
    page.locator("#address").fill("nowhere at all")
    page.locator("form.hand-form button").click()
    look(page, f"grid-cards-unknown-{language}-{width}")
    page.goto(str(here))
    look(page, f"grid-card-{language}-{width}")
    estate = page.locator("main section p").first.inner_text().split("、")[0].split(",")[0]
    page.goto(f"/portal/{CODE}/grids/")
    page.locator("#address").fill(estate)
    page.locator("form.hand-form button").click()
    expect(page.locator("section[aria-live] a").first).to_be_visible()
    look(page, f"grid-cards-found-{language}-{width}")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", ["desk", "phone"])
def test_the_desk_shows_and_gives_duties(
    open_page: OpenPage, look: Callable[[Page, str], None], language: str, width: str
) -> None:
    page = open_page(f"/desk/{CODE}/grids/", role="community_manager", language=language, width=width)
    page.locator(f'a[href="/desk/{CODE}/grids/workers/"]').first.click()
    expect(page.locator("table.t").first).to_be_visible()
    look(page, f"grid-workers-{language}-{width}")
    page.locator(f'a[href^="/desk/{CODE}/grids/workers/assign/"]').first.click()
    look(page, f"grid-assign-{language}-{width}")
    page.locator("input[name=duty][value=deputy]").check()
    page.locator("form.hand-form button").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    look(page, f"grid-assign-faults-{language}-{width}")
    page.goto(f"/desk/{CODE}/grids/workers/")
    page.locator("table.t tbody a").first.click()
    look(page, f"grid-worker-{language}-{width}")
