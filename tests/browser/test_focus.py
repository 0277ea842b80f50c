"""From the board to a task done and checked; the agenda on one page. Every page is looked at on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.support.installation import Installation

CODE = "999901001001"
DESK, FIELD, PORTAL = f"/desk/{CODE}", f"/field/{CODE}", f"/portal/{CODE}"
Look = Callable[[Page, str], None]

# One finding of every kind, kept through the same command as the round keeps them.
SEVEN = """
from datetime import timedelta
from linli.focus.commands import keep_board
from linli.focus.models import Board
from linli.focus.rules import words
from linli.focus.rules.kinds import Draft, FindingKind as K, GridTotal, Identity, Judgement, Ranked, Unjudged
from linli.kernel.actor import SYSTEM
from linli.kernel.weeks import Week
from linli.kernel.words import Words
from linli.trust import grids_of

board = Board.objects.filter(community__code="COMMUNITY").order_by("week").last()
week, labels = Week.parse(board.week), [zone.code for zone in grids_of(viewer=SYSTEM, community=board.community_id)]
waste = {"en": "Household waste left beside the bins", "zh-Hans": "生活垃圾堆放在桶外"}
gate = {"en": "Footbridge", "zh-Hans": "河桥"}
bare = (K.SILENT, K.UNVERIFIED, K.COUNTER)
span = {"seen": 31, "low": 9, "high": 20, "weeks": 2, "quiet": 25}
said = [
    (K.ABOVE, words.MATTER, {"matter": waste}, words.ABOVE_REASON, span),
    (K.NEW, words.MATTER, {"matter": waste}, words.NEW_SPAN_REASON, span),
    (K.SILENT, words.QUIET, {}, words.QUIET_SPAN_REASON, span),
    (K.UNVERIFIED, words.UNVERIFIED, {"weeks": 8}, words.UNVERIFIED_REASON,
     {"stale": 61, "people": 408, "percent": 15, "since": {"day": "2026-09-21"}}),
    (K.COUNTER, words.COUNTER_LOW, {"counter": gate, "percent": 40}, words.COUNTER_LOW_REASON,
     {"seen": 3100, "low": 4600, "high": 5700, "days": 7}),
    (K.OVERDUE, words.OVERDUE, {"matter": waste}, words.OVERDUE_REASON, {"overdue": 9, "before": 14, "longest": 23}),
    (K.TREND, words.RISING, {"matter": waste}, words.RISING_REASON, {"first": 4, "last": 12, "weeks": 8, "seen": 13}),
]
series = tuple({"day": week.back(12 - i).first_day.isoformat(), "observed": n, "expected": 14.0, "low": 9.0, "high": 20.0}
               for i, n in enumerate([11, 14, 9, 12, 15, 13, 10, 14, 12, 16, 26, 31]))
findings = tuple(
    Ranked(Draft(Identity(kind, labels[place % len(labels)], None if kind in bare else "waste.beside_bins",
                          "footbridge" if kind is K.COUNTER else None),
                 31.0, 14.0, 9.0, 20.0, 0.001, {"severity": 1.2, "volume": 3.4}, Words(title, named), Words(reason, figures),
                 "counts-1", () if kind is K.UNVERIFIED else series,
                 {"by_rounds": [{"weeks": 8, "people": 61}]} if kind is K.UNVERIFIED else {"ratio": 0.6}),
           place + 1, 4.6 - place / 10, 0.01)
    for place, (kind, title, named, reason, figures) in enumerate(said))
unjudged = tuple(Unjudged(Words(words.SUBJECT_POPULATION, {"grid": g}), Words(words.NO_POPULATION), g) for g in labels[:5])
totals = tuple(GridTotal(g, 12, 10.0, 5.0, 16.0, 4, 431, 21, 6) for g in labels)
keep_board(by=SYSTEM, community=board.community_id, week=week, snapshot=board.snapshot,
           judgement=Judgement(findings, (), unjudged, totals))
"""


FORGET = """
from linli.focus.models import Decision
Decision.objects.exclude(act="task").delete()
"""


@pytest.fixture(scope="module")
def seven(installation: Installation) -> None:
    """Seven matters on the newest board."""
    installation.run(SEVEN.replace("COMMUNITY", CODE))


@pytest.fixture
def undecided_after(installation: Installation) -> Iterator[None]:
    """What is known or dismissed during a test stands on the board again after it."""
    yield
    installation.run(FORGET)


@pytest.mark.usefixtures("seven")
def test_board(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{DESK}/focus/", role="community_manager", language=language, width=width)
    expect(page.locator(".findings > li")).to_have_count(7)
    look(page, f"board-{width}-{language}")


@pytest.mark.usefixtures("seven")
def test_finding(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{DESK}/focus/", role="community_manager", language=language, width=width)
    # The second one: the first is somebody's task as soon as another test has made it one.
    page.locator(".findings h2 a").nth(1).click()
    expect(page.locator("figure.figure")).to_be_visible()
    expect(page.locator("#id_owner")).to_be_visible()
    expect(page.locator("#id_known_reason")).to_be_hidden()
    look(page, f"finding-{width}-{language}")


@pytest.mark.usefixtures("seven")
def test_finding_of_a_counter_and_of_the_register(open_page: OpenPage, look: Look) -> None:
    page = open_page(f"{DESK}/focus/", role="community_manager")
    for place, name in ((3, "register"), (4, "counter")):
        page.goto(f"{DESK}/focus/")
        page.locator(".findings h2 a").nth(place).click()
        look(page, f"finding-{name}")


@pytest.mark.usefixtures("seven")
def test_agenda_is_one_page(open_page: OpenPage, look: Look, language: str) -> None:
    page = open_page(f"{DESK}/monday/agenda/", role="community_manager", language=language)
    expect(page.locator(".agenda tbody tr")).to_have_count(7)
    look(page, f"agenda-{language}")
    pages = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    assert len(pages) == 1
    page.emulate_media(media="print")
    foot = page.locator(".sheet-foot").bounding_box()
    assert foot is not None
    assert foot["y"] + foot["height"] < 277 / 25.4 * 96, "the foot of the sheet lies below the page"


@pytest.mark.usefixtures("seven", "undecided_after")
def test_the_decision_asks_for_what_its_answer_needs(open_page: OpenPage, look: Look) -> None:
    page = open_page(f"{DESK}/focus/", role="community_manager")
    page.locator(".findings h2 a").nth(5).click()
    page.locator("form.decide button.btn").click()
    expect(page.locator("[data-error-summary] li")).to_have_count(1)
    page.check("#id_act_known")
    page.locator("form.decide button.btn").click()
    expect(page.locator("#id_known_reason-error")).to_be_visible()
    look(page, "decision-faults")
    page.fill("#id_known_reason", "The bins are emptied twice a week until the yard is rebuilt.")
    page.locator("form.decide button.btn").click()
    expect(page.locator(".decided")).to_contain_text("twice a week")
    look(page, "finding-known")
    page.goto(f"{DESK}/focus/")
    expect(page.locator(".findings").first.locator("> li")).to_have_count(6)
    page.locator(".findings h2 a").nth(5).click()
    page.check("#id_act_dismiss")
    page.fill("#id_dismiss_reason", "Counted twice.")
    page.locator("form.decide button.btn").click()
    expect(page.locator(".decided")).to_contain_text("Counted twice.")


@pytest.mark.usefixtures("seven")
def test_decided_done_and_checked(open_page: OpenPage, look: Look) -> None:
    """A decision becomes a task on the worker's list; who does it cannot check it; the portal tells what came of it."""
    worker = open_page(f"{DESK}/menu/", role="grid_worker")
    name = worker.locator(".lede").inner_text().split(", ")[0]
    manager = open_page(f"{DESK}/focus/", role="community_manager")
    manager.locator(".findings h2 a").first.click()
    title = manager.locator("h1").inner_text().split("\n")[-1].lstrip("0123456789 ")
    owner = manager.locator("#id_owner option", has_text=name).first.get_attribute("value")
    manager.select_option("#id_owner", owner)
    manager.fill("#id_first_step", "Ask the collector about gate 3.")
    manager.locator("form.decide button.btn").click()
    expect(manager.locator(".decided")).to_contain_text(name)
    look(manager, "finding-decided")
    finding = manager.url

    street = open_page(f"{FIELD}/", role="grid_worker", language="zh", width="phone")
    look(street, "field-list-zh")
    street.locator(".todo a").first.click()
    expect(street.locator(".why")).to_contain_text("gate 3")
    look(street, "field-task-zh")
    street.locator(".thumb button").click()
    expect(street.locator("[data-error-summary]")).to_be_visible()
    street.fill("#id_note", "The collector comes on Thursdays as well from now on.")
    street.locator(".thumb button").click()
    expect(street.locator("#id_note")).to_have_count(0)

    clerk = open_page(f"{DESK}/work/?list=check", role="desk_clerk")
    look(clerk, "worklist-check")
    clerk.get_by_role("link", name=title).first.click()
    clerk.fill("#id_note", "Gate 3 is clean, seen on Friday.")
    look(clerk, "task-check")
    clerk.locator("button[value=good]").click()
    expect(clerk.locator("#id_note")).to_have_count(0)
    look(clerk, "task-checked")

    manager.goto(finding)
    expect(manager.locator(".decided")).to_contain_text("Done and checked")
    resident = open_page(f"{PORTAL}/", width="phone")
    expect(resident.locator(".attend")).to_contain_text("Done and checked")
    look(resident, "portal-home-phone")


@pytest.mark.usefixtures("seven", "undecided_after")
def test_deciding_needs_no_script(open_page: OpenPage) -> None:
    page = open_page(f"{DESK}/focus/", role="community_manager", java_script_enabled=False)
    page.locator(".findings h2 a").last.click()
    page.check("#id_act_dismiss")
    page.fill("#id_dismiss_reason", "A fair was held there.")
    page.locator("form.decide button.btn").click()
    expect(page.locator(".decided")).to_contain_text("A fair was held there.")


def test_grid_worker_sees_own_grids_alone(open_page: OpenPage, look: Look, language: str) -> None:
    page = open_page(f"{DESK}/focus/", role="grid_worker", language=language, width="phone")
    shown = set(page.locator(".map [data-grid]").evaluate_all("paths => paths.map(p => p.dataset.grid)"))
    listed = {text.split()[0] for text in page.locator(".twin tbody th").all_inner_texts()}
    assert shown == listed
    everybody = open_page(f"{DESK}/focus/", role="community_manager")
    assert len(shown) < everybody.locator(".map [data-grid]").count()
    look(page, f"board-worker-{language}")


def test_several_communities(open_page: OpenPage, look: Look, language: str) -> None:
    page = open_page(f"{DESK}/menu/", role="subdistrict_analyst", language=language)
    look(page, f"menu-several-{language}")
    page.locator("#community a").nth(1).click()
    assert CODE not in page.url
