"""A household written down and corrected on a phone and at the desk: how many taps it takes, and how the pages look."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from time import perf_counter
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from linli.kernel import citizen_number
from tests.browser.conftest import OpenPage
from tests.support.asking import search

CODE = "999901001001"
Look = Callable[[Page, str], None]
MOST_TAPS = 12


def number(year: int, sequence: int) -> str:
    return citizen_number.make(date(year, 4, 5), sequence)


class Thumb:
    """Counts what a thumb does: every tap on a link, a button, a field, and two for a choice out of a list. Typing is no tap."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.began = page, 0, perf_counter()

    def tap(self, what: str) -> None:
        self.taps += 1
        self.page.locator(what).first.click()

    def write(self, field: str, text: str) -> None:
        focused = self.page.evaluate("document.activeElement && document.activeElement.name")
        if focused != field:
            self.tap(f"[name={field}]")
        self.page.keyboard.type(text)

    def choose(self, field: str, value: str) -> None:
        self.taps += 2
        self.page.select_option(f"select[name={field}]", value)

    def told(self, what: str) -> None:
        print(f"{what}: {self.taps} taps, {perf_counter() - self.began:.1f} s by script")
        assert self.taps <= MOST_TAPS


def follow(page: Page, selector: str) -> None:
    page.goto(urljoin(page.url, str(page.locator(selector).first.get_attribute("href"))))


def whole(page: Page) -> Page:
    """The window as high as the page: what lies below the bar at the thumb now is not hidden for good."""
    page.set_viewport_size({"width": 360, "height": 740})
    page.wait_for_load_state("load")
    page.set_viewport_size({"width": 360, "height": int(page.evaluate("document.documentElement.scrollHeight")) + 40})
    return page


def a_door(page: Page) -> None:
    """Go to a door behind which somebody lives."""
    follow(page, ".todo a:has-text('5'), .todo a")
    follow(page, ".todo li:has(.far:text-matches('[1-9]|one')) a")


@pytest.mark.parametrize("sequence", [101])
def test_a_household_of_three_moves_in_on_the_phone(open_page: OpenPage, sequence: int) -> None:
    page = open_page(f"/field/{CODE}/homes/", role="grid_worker", width="phone")
    a_door(page)
    thumb = Thumb(page)
    thumb.tap("a[href$='/new/']")
    people = [("周一鸣", "head"), ("吴晓岚", "spouse"), ("周小满", "child")]
    for row, (name, relation) in enumerate(people):
        thumb.write(f"p{row}-name", name)
        thumb.write(f"p{row}-number", number(1980 + row, sequence + row))
        if row:
            thumb.choose(f"p{row}-relation", relation)
    thumb.tap(".thumb button")
    expect(page.locator("h1")).to_have_text("Registered")
    expect(page.locator(".members li")).to_have_count(3)
    expect(page.locator("main")).not_to_contain_text("周一鸣")
    thumb.told("a household of three moves in")


def test_a_household_of_three_is_corrected_on_the_phone(open_page: OpenPage) -> None:
    page = open_page(f"/field/{CODE}/homes/", role="grid_worker", width="phone")
    a_door(page)
    home = page.url.split("?")[0]  # with "?from=survey" while one is planned
    thumb = Thumb(page)
    count = min(page.locator(".members a").count(), 3)
    for row in range(count):
        thumb.taps += 1
        page.locator(".members a").nth(row).click()
        thumb.write("phone", f"000 5550 10{row:02d}")
        thumb.tap(".thumb button")
        expect(page).to_have_url(re.compile(re.escape(home) + r"(\?|$)"))
    thumb.told(f"a correction for each of {count} people")


def test_nothing_changed_is_one_tap(open_page: OpenPage) -> None:
    page = open_page(f"/field/{CODE}/homes/", role="grid_worker", width="phone")
    a_door(page)
    thumb = Thumb(page)
    thumb.tap(".thumb button")
    expect(page.get_by_role("status").first).to_contain_text("Verified today")
    assert thumb.taps == 1


def test_a_household_at_the_desk_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page(f"/desk/{CODE}/households/new/", role="desk_clerk")
    keys = page.keyboard
    page.locator("[name=address]").focus()
    keys.type(str(page.locator("#addresses option").nth(2).get_attribute("value")) + "1单元909室")
    for row, (name, relation) in enumerate((("郑大同", ""), ("孙巧云", "husband"), ("郑小同", "son or"))):
        while page.evaluate("document.activeElement.name") != f"p{row}-name":
            keys.press("Tab")
        keys.type(name)
        keys.press("Tab")
        keys.type(number(1970 + row, 201 + row))
        keys.press("Tab")
        if relation:
            keys.type(relation)
    page.get_by_role("button", name="Register them").focus()
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("Registered")
    expect(page.locator(".members li")).to_have_count(3)


def test_the_field_pages(open_page: OpenPage, look: Look, language: str) -> None:
    page = open_page(f"/field/{CODE}/homes/", role="grid_worker", language=language, width="phone")
    look(whole(page), f"homes-{language}")
    follow(page, ".todo a:has-text('5'), .todo a")
    look(whole(page), f"building-{language}")
    for target in page.locator("main .todo a, .thumb a").all()[:6]:
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    follow(page, ".todo li:has(.far:text-matches('[1-9]|one')) a")
    look(whole(page), f"door-{language}")
    door = page.url
    assert page.locator(".thumb .btn").bounding_box()["height"] >= 56  # type: ignore[index]
    follow(page, ".members a")
    look(whole(page), f"correct-{language}")
    page.goto(door)
    follow(page, "a[href$='/left/']")
    look(whole(page), f"left-{language}")
    page.locator("input[name=people]").first.check()
    if page.locator("select[name=new_head] option").count() > 2:
        page.locator("select[name=new_head]").select_option(index=2)
    page.locator(".thumb button").click()
    look(whole(page), f"left-preview-{language}")
    page.goto(door)
    follow(page, "a[href$='/new/']")
    look(whole(page), f"moved-in-{language}")
    page.fill("[name=p0-name]", "某人")
    page.locator(".thumb button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[name=p0-name]")).to_have_value("某人")
    look(whole(page), f"moved-in-error-{language}")


def test_the_desk_pages(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"/desk/{CODE}/households/new/", role="desk_clerk", language=language, width=width)
    look(page, f"household-new-{width}-{language}")
    page.fill("[name=p0-name]", "冯某某")
    page.locator("main form:has([name=p0-name]) button").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, f"household-new-error-{width}-{language}")
    page.fill("[name=address]", str(page.locator("#addresses option").nth(3).get_attribute("value")) + "1单元808室")
    shift = (width == "desk") * 2 + (language == "zh")
    page.fill("[name=p0-number]", number(1960 + shift, 301 + shift))
    page.fill("[name=p1-name]", "褚某某")
    page.fill("[name=p1-number]", number(1961 + shift, 311 + shift))
    page.select_option("[name=p1-relation]", "spouse")
    page.locator("main form:has([name=p0-name]) button").first.click()
    expect(page.locator(".members li")).to_have_count(2)
    look(page, f"registered-{width}-{language}")
    page.locator("main .btns a").first.click()
    look(page, f"household-{width}-{language}")
    home = page.url
    for act in ("came", "born", "left", "moved", "died", "split", "joined", "head"):
        page.goto(f"{home}{act}/")
        look(page, f"act-{act}-{width}-{language}")
    page.select_option("[name=head]", index=2)
    page.locator(".hand-form button").click()
    look(page, f"act-preview-{width}-{language}")
    page.locator("button[name=write]").click()
    expect(page).to_have_url(home)
    page.goto(f"{home}left/?print=1")
    look(page, f"act-print-{width}-{language}")


def test_help_and_papers(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"/desk/{CODE}/people/", role="desk_clerk", language=language, width=width)
    search(page, "柳荫苑3")
    follow(page, "main tbody th a")
    page.goto(page.url.split("?")[0] + "papers/")
    for fold in page.locator("details.more summary").all():
        fold.click()
    look(page, f"papers-{width}-{language}")
    page.locator("button[value=over]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, f"papers-error-{width}-{language}")
