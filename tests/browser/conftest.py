"""Chromium on a running installation: signed in by role, in both languages, at the width of a telephone and of a desk.

Every page is looked at through ``look``: axe finds nothing, nothing needs scrolling sideways; and no page asks another host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol
from zlib import crc32

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState, expect

from tests.support.installation import Installation, copy, serve
from tests.support.source import ROOT

# Headless, and silent towards the network: a browser under test has nobody to call.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-features=OptimizationHints,Translate,MediaRouter",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--font-render-hinting=none",
]
WIDTHS = {"phone": (360, 740), "desk": (1280, 860)}
LANGUAGES = {"en": "en", "zh": "zh-hans"}
READING_ALONE = {"test_pages.py"}  # its cases write nothing, so that either worker may take each
SCREENSHOTS = ROOT / "docs" / "screenshots"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            alone = item.name if item.path.name in READING_ALONE else item.path.name
            item.add_marker(pytest.mark.xdist_group(f"browser-{crc32(alone.encode()) % 2}"))
            if _is_seen_across(item):
                item.add_marker(pytest.mark.long)


def _is_seen_across(item: pytest.Item) -> bool:
    """Of a test's four cases (two languages, two widths) the two that the short run leaves to ``--long``.

    Each test keeps both languages and both widths; which language goes with which width differs from test to test.
    """
    params = getattr(getattr(item, "callspec", None), "params", {})
    if "language" not in params or "width" not in params:
        return False
    parts = re.split(r"[-\[\]]", item.name)
    parts.remove(params["language"])
    parts.remove(params["width"])
    turn = crc32(f"{item.path.name} {sorted(parts)}".encode())
    return ((params["language"] == "en") + (params["width"] == "desk") + turn) % 2 == 1


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": "/usr/bin/chromium", "args": FLAGS}


@pytest.fixture(scope="session")
def installation(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The small demonstration, served; its folder is a copy, so tests may write."""
    with serve(copy(demo_data, tmp_path_factory.mktemp("browser") / "data")) as running:
        yield running


@pytest.fixture(params=sorted(LANGUAGES))
def language(request: pytest.FixtureRequest) -> str:
    """``en`` and ``zh``, one after the other."""
    return str(request.param)


@pytest.fixture(params=sorted(WIDTHS))
def width(request: pytest.FixtureRequest) -> str:
    """``desk`` and ``phone``, one after the other."""
    return str(request.param)


class OpenPage(Protocol):
    """``open_page(path, role=None, language="en", width="desk", community=None, **context)`` → a loaded Page.

    Without a path (None) the page is still empty.
    """

    def __call__(
        self,
        path: str | None,
        *,
        role: str | None = None,
        language: str = "en",
        width: str = "desk",
        community: str | None = None,
        **context: Any,
    ) -> Page: ...


@pytest.fixture(scope="session")
def sessions() -> dict[tuple[str, str | None], StorageState]:
    """Cookies of the roles that have signed in so far: each does it once, through the page."""
    return {}


@pytest.fixture
def open_page(
    browser: Browser, installation: Installation, sessions: dict[tuple[str, str | None], StorageState]
) -> Iterator[OpenPage]:
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def signed_in(role: str, community: str | None) -> StorageState:
        if (role, community) not in sessions:
            account = installation.account(role, community)
            context = browser.new_context(base_url=installation.url)
            page = context.new_page()
            page.goto("/accounts/login/")
            page.fill("input[name=login]", account.username)
            page.fill("input[name=password]", account.password)
            page.locator("form:has(input[name=password]) [type=submit], form:has(input[name=password]) button").first.click()
            expect(page).not_to_have_url(re.compile("/accounts/login/"))
            sessions[role, community] = context.storage_state()
            context.close()
        return sessions[role, community]

    def open_page(
        path: str | None,
        *,
        role: str | None = None,
        language: str = "en",
        width: str = "desk",
        community: str | None = None,
        **options: Any,
    ) -> Page:
        across, down = WIDTHS[width]
        context = browser.new_context(
            base_url=installation.url,
            viewport={"width": across, "height": down},
            locale="zh-CN" if language == "zh" else "en-GB",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            storage_state=signed_in(role, community) if role else None,
            **options,
        )
        contexts.append(context)
        context.add_cookies([{"name": "linli_language", "value": LANGUAGES[language], "url": installation.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda line: faults.append(f"{page.url}: {line.text}") if _is_fault(line) else None)
        page.on("request", lambda asked: faults.append(f"asks {asked.url}") if _is_far(asked.url, installation.url) else None)
        if path is not None:
            response = page.goto(path)
            assert response is not None
            assert response.ok, f"{path} answers {response.status}"
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def _is_fault(line: ConsoleMessage) -> bool:
    """An error on the console, other than that a form was sent back with what is to be put right (status 422)."""
    return line.type == "error" and "status of 422" not in line.text


def _is_far(asked: str, home: str) -> bool:
    return not asked.startswith((home, "data:", "blob:"))


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """``look(page, name)``: no fault of axe, no sideways scroll; a screenshot under docs/screenshots if asked for."""

    def at(page: Page, name: str) -> None:
        settle(page)
        # A bar at the window's edge lies over what can be scrolled from under it; axe takes that for hidden.
        page.evaluate(_LAID_DOWN)
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
        page.evaluate(_STOOD_UP)
        assert found.violations_count == 0, found.generate_report()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is {wide} px wider than its window: {page.evaluate(_WIDEST)}"
        if request.config.getoption("--screenshots"):
            SCREENSHOTS.mkdir(exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, animations="disabled")

    return at


_LAID_DOWN = """() => { for (const e of document.querySelectorAll('body *'))
  if (['fixed', 'sticky'].includes(getComputedStyle(e).position)) {
    e.dataset.bar = e.style.position; e.style.position = 'static'; } }"""
_STOOD_UP = """() => { for (const e of document.querySelectorAll('[data-bar]')) {
  e.style.position = e.dataset.bar; delete e.dataset.bar; } }"""
_WIDEST = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .slice(0, 5).map(e => e.tagName + '.' + e.className)"""


def settle(page: Page) -> None:
    """Wait until htmx has nothing under way any more."""
    page.wait_for_load_state("load")
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-swapping")).to_have_count(0)
