"""The editor of divisions from a new draft to grids in force: by keyboard, by mouse, at a desk and read on a telephone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.support.installation import Installation

CODE = "999901001001"
DIVISIONS = f"/desk/{CODE}/grids/divisions/"
Look = Callable[[Page, str], None]

JOB = f"""
from linli.territory.jobs import drafts
from linli.trust import SYSTEM, community_by_code, walls
with walls.everything(SYSTEM):
    drafts(community_by_code(viewer=SYSTEM, code="{CODE}").id)
"""
GONE = f"""
from linli.territory.models import Draft, GridVersion
from linli.trust import SYSTEM, walls
with walls.everything(SYSTEM):
    later = GridVersion.objects.filter(community__code="{CODE}").exclude(valid_from__lt="2027-01-01", state="published")
    later.delete()
    GridVersion.objects.filter(community__code="{CODE}", state="published").update(valid_to=None)
"""


@pytest.fixture
def draft(installation: Installation, open_page: OpenPage) -> Iterator[str]:
    """The address of a draft of the current grids, its cells cut; drafts are gone after the test."""
    page = open_page(DIVISIONS, role="desk_clerk", community=CODE)
    page.fill("#name", "Spring")
    page.click("#begin")
    expect(page.locator("#progress")).to_be_visible()
    installation.run(JOB)
    expect(page.locator("#draft-map")).to_be_visible()
    yield page.url
    installation.run(GONE)


def _row(page: Page, label: str) -> Locator:
    return page.locator("#draft-rows tr[data-part]").filter(has=page.get_by_role("link", name=label, exact=True))


def _residents(page: Page, label: str) -> int:
    return int(_row(page, label).locator("td").first.inner_text().replace(",", ""))


def _stepped(page: Page, act: Callable[[], object]) -> None:
    """Do something, and wait until its step has been drawn."""
    before = page.locator("#draft-step [name=step]").input_value()
    act()
    expect(page.locator("#draft-step [name=step]")).not_to_have_value(before)
    expect(page.locator("#division")).not_to_have_attribute("aria-busy", "true")


def _cell_in(page: Page, part: str, place: int = 0) -> Locator:
    """A cell of a grid on the map, with people in it."""
    return page.locator(f'.cell[data-part="{part}"]:not([data-persons="0"])').nth(place)


def test_a_proposal_is_cancelled_and_made_again(draft: str, installation: Installation, open_page: OpenPage, look: Look) -> None:
    page = open_page(draft, role="desk_clerk", community=CODE)
    page.fill("#target", "400")
    expect(page.locator("input[type=range][data-for=target]")).to_have_value("400")
    page.click("#propose")
    expect(page.locator("#progress progress")).to_be_visible()
    look(page, "division-editor-proposing")
    page.click("#cancel")
    expect(page.get_by_text("The proposal was cancelled")).to_be_visible()
    page.fill("#target", "400")
    page.fill("#tolerance", "25")
    page.check("#afresh")
    page.click("#propose")
    expect(page.locator("#progress progress")).to_be_visible()
    installation.run(JOB)
    expect(page.locator("#draft-rows tr[data-part]")).to_have_count(3)
    expect(page.locator("#tool-undo")).to_be_enabled()


def test_grids_are_drawn_by_keyboard_alone(draft: str, open_page: OpenPage, look: Look) -> None:
    page = open_page(draft, role="desk_clerk", community=CODE)
    page.locator("#draft-rows a[data-choose]").first.focus()
    page.keyboard.press("End")
    last = page.locator("#draft-rows a[data-choose]").last
    expect(last).to_be_focused()
    label = last.inner_text()
    expect(page.locator("#chosen-head")).to_contain_text(label)
    expect(page.locator("#draft-map .chosen")).to_have_attribute("d", re.compile("^M"))
    page.keyboard.press("Home")
    label = page.locator("#draft-rows a[data-choose]").first.inner_text()
    expect(page.locator("#chosen-head")).to_contain_text(label)
    before = _residents(page, label)
    box = page.locator("#draft-chosen input[name=cells][type=checkbox]").first
    box.focus()
    page.keyboard.press("Space")
    expect(page.locator("#draft-hint")).to_contain_text("Chosen: 1")
    expect(page.locator("#draft-map .cell.on")).to_have_count(1)
    page.locator("#to").focus()
    other = page.locator("#to option").first.inner_text()
    page.keyboard.press("Home")
    page.locator("#act-move").focus()
    _stepped(page, lambda: page.keyboard.press("Enter"))
    assert _residents(page, label) < before
    expect(page.locator("#act-move, #chosen-head").first).to_be_visible()
    expect(_row(page, other)).to_contain_text(f"from {label}")
    look(page, "division-editor-moved")
    _stepped(page, lambda: page.keyboard.press("Control+z"))
    assert _residents(page, label) == before
    _stepped(page, lambda: page.keyboard.press("Control+y"))
    assert _residents(page, label) < before
    page.locator("#tool-lock").focus()
    _stepped(page, lambda: page.keyboard.press("Enter"))
    expect(_row(page, label).get_by_role("img", name="locked")).to_be_visible()
    expect(page.locator("#unlock")).to_be_visible()
    look(page, "division-editor-locked")


def test_grids_are_drawn_with_the_mouse(draft: str, open_page: OpenPage, look: Look) -> None:
    page = open_page(draft, role="desk_clerk", community=CODE)
    rows = page.locator("#draft-rows tr[data-part]")
    parts = [row.get_attribute("data-part") or "" for row in rows.all()]
    count = len(parts)
    page.click("[data-mode=choose]")
    _cell_in(page, parts[1]).click()
    expect(page.locator("#draft-rows tr.now")).to_have_attribute("data-part", parts[1])
    _stepped(page, lambda: page.click("#tool-split"))
    expect(rows).to_have_count(count + 1)
    new = next(part for part in (row.get_attribute("data-part") or "" for row in rows.all()) if part not in parts)
    page.click("[data-mode=merge]")
    _stepped(page, lambda: _cell_in(page, new).click())
    expect(rows).to_have_count(count)
    page.click("[data-mode=move]")
    chosen = page.locator("#draft-rows tr.now").get_attribute("data-part") or ""
    _cell_in(page, chosen, 1).click()
    other = next(part for part in parts if part != chosen)
    _stepped(page, lambda: _cell_in(page, other).click())
    page.click("[data-mode=line]")
    box = page.locator("#draft-map .chosen").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 4, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    expect(page.locator("#draft-map .drawn-line")).to_have_attribute("d", re.compile("L"))
    page.mouse.move(box["x"] + box["width"] - 4, middle)
    _stepped(page, page.mouse.up)
    expect(rows).to_have_count(count + 1)
    expect(page.locator("#draft-map .fresh")).to_have_attribute("d", re.compile("^M"))
    page.click("[data-zoom]")
    expect(page.locator("[data-zoom]")).to_have_attribute("aria-pressed", "true")
    page.click("[data-zoom]")
    page.click("[data-show=both]")
    expect(page.locator("#draft-map")).to_have_class(re.compile("show-both"))
    look(page, "division-editor-both")
    page.click("[data-show=current]")
    look(page, "division-editor-current")


def test_two_people_at_one_draft(draft: str, open_page: OpenPage) -> None:
    first = open_page(draft, role="desk_clerk", community=CODE)
    second = open_page(draft, role="community_manager", community=CODE)
    _stepped(first, lambda: first.click("#tool-lock"))
    _stepped(second, lambda: second.click("#tool-split"))
    expect(second.locator("#draft-said")).to_contain_text("Somebody else changed this draft")
    expect(second.locator("#draft-rows svg.lock")).to_have_count(1)


def test_a_draft_is_checked_by_somebody_else_and_published(
    draft: str, installation: Installation, open_page: OpenPage, look: Look
) -> None:
    clerk = open_page(draft, role="desk_clerk", community=CODE)
    _stepped(clerk, lambda: clerk.click("#tool-split"))
    clerk.reload()
    while clerk.locator("#faults li").count():
        clerk.locator("#faults summary").first.click()
        clerk.locator("#faults input[name=reason]").first.fill("Tried for a while")
        clerk.locator("#faults button[value=allow]").first.click()
    clerk.fill("#from", "2027-02-01")
    clerk.click("#ask")
    expect(clerk.get_by_text("Somebody else than you looks at it now.")).to_be_visible()
    look(clerk, "division-asked")
    manager = open_page(DIVISIONS, role="community_manager", community=CODE)
    expect(manager.get_by_text("waits for the check")).to_be_visible()
    look(manager, "divisions")
    manager.get_by_role("link", name="Spring").click()
    manager.click("#check")
    expect(manager.locator("#publish")).to_be_visible()
    look(manager, "division-checked")
    if manager.locator("#duties").count():
        manager.check("#duties")
    manager.click("#publish")
    expect(manager.get_by_text("Published: these grids hold from 1 February 2027 on.")).to_be_visible()
    expect(manager.get_by_text("still to come")).to_be_visible()
    manager.get_by_role("link", name="1 Feb 2027").click()
    expect(manager.locator("tbody tr")).to_have_count(5)
    look(manager, "division-published")


def test_the_editor_is_read_in_both_languages_and_widths(
    draft: str, open_page: OpenPage, look: Look, language: str, width: str
) -> None:
    page = open_page(draft, role="community_manager", community=CODE, language=language, width=width)
    look(page, f"division-editor-{language}-{width}")
    above = page.locator("#draft-map").bounding_box()
    below = page.locator("#draft-rows").bounding_box()
    assert above is not None
    assert below is not None
    if width == "phone":
        assert above["y"] < below["y"]
    page.goto(DIVISIONS)
    look(page, f"divisions-{language}-{width}")
    looking = open_page(draft, role="supervisor", community=CODE, language=language, width=width)
    expect(looking.locator("form[data-step]")).to_have_count(0)
    look(looking, f"division-read-{language}-{width}")


def test_without_script_everything_is_there(draft: str, open_page: OpenPage) -> None:
    page = open_page(draft, role="desk_clerk", community=CODE, java_script_enabled=False)
    rows = page.locator("#draft-rows tr[data-part]")
    count = rows.count()
    page.click("#tool-split")
    expect(rows).to_have_count(count + 1)
    page.locator("#draft-rows a[data-choose]").last.click()
    page.locator("#draft-chosen input[name=cells][type=checkbox]").first.check()
    page.click("#act-move")
    expect(page.locator("#tool-undo")).to_be_enabled()
    page.click("#tool-undo")
    expect(page.locator("#tool-redo")).to_be_enabled()
