"""The survey walked on a phone, second visits, hand-overs at both desks, and the row of places; every page is looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_register_hand import follow, whole
from tests.support.installation import Installation

HERE, THERE = "999901001001", "999901001002"
Look = Callable[[Page, str], None]

PLANNED = """
from datetime import timedelta
from linli.kernel.weeks import Week
from linli.register.commands.rounds import plan_survey
from linli.register.models import Visit
from linli.register.queries.rounds import current_week
from linli.trust import SYSTEM, community_by_code
zone = community_by_code(viewer=SYSTEM, code="{code}")
week = current_week(viewer=SYSTEM, community=zone.id)
plan_survey(by=SYSTEM, community=zone.id, start=week.back().monday)
"""
SENT = """
from linli.register.commands import hand_over
from linli.register.models import Membership
from linli.register.rules.by_hand import Place
from linli.trust import SYSTEM, clock_of, community_by_code
from django.utils import timezone
zone = community_by_code(viewer=SYSTEM, code="{here}")
rest = Membership.objects.filter(community=zone.id, to_date__isnull=True).exclude(relation__in=("01", "02")).order_by("id")
people = list(rest.filter(person__died_on__isnull=True).values_list("person_id", flat=True)[:{count}])
with clock_of(zone.id):
    today = timezone.localdate()
for person in people:
    hand_over(by=SYSTEM, community=zone.id, person=person, to="{there}", on=today, agreed=["number", "birth_date", "sex"],
              agreed_on=today, place=Place.DESK)
"""


@pytest.fixture(scope="module")
def planned(installation: Installation) -> None:
    """The year is planned since last Monday, so that doors are due and late."""
    installation.run(PLANNED.format(code=HERE))


@pytest.mark.usefixtures("planned")
def test_the_week_is_walked_door_by_door(open_page: OpenPage) -> None:
    page = open_page(f"/field/{HERE}/homes/", role="grid_worker", width="phone")
    follow(page, ".todo a[href$='/survey/']")
    doors = page.locator(".todo a[href*='from=survey']")
    before = doors.count()
    assert before > 2
    expect(page.locator(".todo li.late").first).to_be_visible()
    doors.first.click()
    page.locator(".thumb button").click()
    expect(page.get_by_role("status").first).to_contain_text("Verified today")
    expect(doors).to_have_count(before - 1)
    doors.first.click()
    page.locator("button[value=refused]").click()
    expect(doors).to_have_count(before - 2)
    doors.first.click()
    page.locator("button[value=nobody]").click()
    expect(doors).to_have_count(before - 2)
    expect(page.locator("main")).to_contain_text("nobody opened")
    # What was put right at the door is followed by the same tap.
    doors.last.click()
    door = page.url
    page.locator(".members a").first.click()
    page.fill("[name=phone]", "000 5550 1077")
    page.locator(".thumb button").click()
    expect(page.locator(".thumb button")).to_contain_text("Everything is right now")
    assert page.url.split("?")[0] == door.split("?")[0]
    page.locator(".thumb button").click()
    expect(page).to_have_url(page.url)
    expect(doors).to_have_count(before - 3)


@pytest.mark.usefixtures("planned")
def test_the_pages_of_the_survey(open_page: OpenPage, look: Look, language: str) -> None:
    page = open_page(f"/field/{HERE}/homes/survey/", role="grid_worker", language=language, width="phone")
    look(whole(page), f"survey-field-{language}")
    for target in page.locator("main .todo a").all()[:4]:
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    page.locator(".todo a").first.click()
    page.wait_for_url("**/homes/*/*/?from=survey")
    look(whole(page), f"survey-door-{language}")


@pytest.mark.usefixtures("planned")
def test_how_far_the_survey_is(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"/desk/{HERE}/survey/?grid=01", role="community_manager", language=language, width=width)
    look(page, f"survey-{width}-{language}")


@pytest.mark.usefixtures("planned")
def test_a_second_visit_shows_nothing_of_the_first(open_page: OpenPage, look: Look, language: str) -> None:
    worker = open_page(f"/field/{HERE}/homes/survey/", role="grid_worker", width="phone")
    worker.locator(".todo a[href*='from=survey']").first.click()
    worker.locator(".thumb button").click()
    page = open_page(f"/desk/{HERE}/survey/", role="community_manager", language=language)
    page.locator("button[value=draw]").click()
    page = open_page(f"/desk/{HERE}/survey/", role="desk_clerk", language=language, width="phone")
    follow(page, ".queue a")
    look(whole(page), f"second-visit-{language}")
    expect(page.locator("main")).not_to_contain_text("*")
    page.locator(".thumb button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(whole(page), f"second-visit-empty-{language}")


def test_somebody_is_handed_over(installation: Installation, open_page: OpenPage, look: Look, language: str, width: str) -> None:
    installation.run(SENT.format(here=HERE, there=THERE, count=2))
    page = open_page(f"/desk/{THERE}/handovers/", role="community_manager", community=THERE, language=language, width=width)
    look(page, f"arrivals-{width}-{language}")
    follow(page, ".queue li:has(.due) a")
    where = page.url
    look(page, f"arrival-{width}-{language}")
    page.fill("[name=words]", "at the desk now")
    page.locator("button[value=open]").click()
    look(page, f"arrival-opened-{width}-{language}")
    page.fill("[name=address]", "Nowhere 9")
    page.locator("button[value=accept]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, f"arrival-wrong-{width}-{language}")
    building = str(page.locator("#addresses option").nth(1).get_attribute("value"))
    page.fill("[name=address]", f"{building}7单元{'91' if width == 'desk' else '92'}{'1' if language == 'en' else '2'}室")
    page.locator("button[value=accept]").click()
    expect(page).not_to_have_url(where)
    page.goto(f"/desk/{THERE}/handovers/")
    follow(page, ".queue li:has(.due) a")
    page.locator("button[value=return]").click()
    mine = open_page(f"/desk/{HERE}/handovers/", role="desk_clerk", language=language, width=width)
    look(mine, f"handed-over-{width}-{language}")
    mine.locator("button[value=back]").first.click()
    expect(mine.get_by_role("status").first).to_be_visible()


@pytest.mark.parametrize("across", [920, 1024, 1280])
def test_nine_places_and_the_name_stand_in_the_head(open_page: OpenPage, language: str, across: int) -> None:
    """The places have a row of their own, whole, with the name above it: nothing is cut off or lies over another."""
    page = open_page(f"/desk/{HERE}/monday/", role="community_manager", language=language)
    page.set_viewport_size({"width": across, "height": 800})
    assert page.locator(".top.many .places a").count() > 8
    tops = {round(link.bounding_box()["y"]) for link in page.locator(".places a").all()}  # type: ignore[index]
    assert len(tops) == 1
    last = page.locator(".places a").last.bounding_box()
    who, places = page.locator(".me .who").bounding_box(), page.locator(".places").bounding_box()
    assert last is not None
    assert who is not None
    assert places is not None
    assert last["x"] + last["width"] <= across
    assert who["y"] + who["height"] <= places["y"] + 1
