"""What protects people, as those meet it who work with it: a search kept no longer, a child's guardian, who was erased."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_register_portal import TIE, enter
from tests.support.installation import Installation

CODE = "999901001001"
DESK, PORTAL = f"/desk/{CODE}", f"/portal/{CODE}"
Look = Callable[[Page, str], None]

CHILD = (
    TIE
    + """
from linli.kernel.ids import new_id
from linli.register.commands import add_need
from linli.register.queries.mine import SPEAKS
from linli.register.rules.by_hand import Place
from linli.register.rules.needs import Basis, Need
from linli.trust.consent.rules import Mandate, Relation
from linli.trust.models import ErasedMark
from django.utils import timezone
from pathlib import Path
from django.conf import settings
head = Tie.objects.get(account=Account.objects.get(username="portal-resident").id).person_id
house = Membership.objects.get(person=head, to_date=None).household_id
for row in Membership.objects.filter(household=house, to_date=None, relation__in=CHILDREN):
    (known,) = open_people(zone, [row.person_id]).values()
    if known.birth_date and age_on(known.birth_date, date.today()) < 14:
        add_need(by=SYSTEM, community=zone, person=row.person_id, need=Need.SIGHT, basis=Basis.CONSENT, place=Place.DESK,
                 guardian=head, relation=Relation.PARENT, mandate=Mandate.HOUSEHOLD_BOOK)
        (Path(settings.DATA) / "child").write_text(str(row.person_id))
        break
ErasedMark.objects.get_or_create(community_id=zone, mark=b"\x01" * 17, defaults={
    "at": timezone.now(), "named_at": timezone.now(), "named_in": new_id(), "named_row": 1204})
from linli.trust import Role, grant_role
from linli.trust.commands import add_account
if not Account.objects.filter(username="officer-of-privacy").exists():
    made = add_account(by=SYSTEM, username="officer-of-privacy", password="four quiet words here", name="officer")
    grant_role(by=SYSTEM, account=made, role=Role.PRIVACY_OFFICER, zone=zone, from_date=date(2026, 1, 1))
"""
)


@pytest.fixture(scope="module")
def child(installation: Installation) -> str:
    """A small child whose parent has an account, and has agreed to a need's being kept."""
    installation.run(CHILD)
    return (installation.data / "child").read_text()


def test_a_search_that_is_kept_no_longer(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{DESK}/people/?s=gone", role="desk_clerk", language=language, width=width)
    expect(page.locator(".empty")).to_contain_text("半小时" if language == "zh" else "half an hour")
    look(page, f"people-gone-{language}-{width}")
    page.goto(f"{DESK}/people/several/?s=gone")
    look(page, f"people-several-gone-{language}-{width}")


def test_who_decides_for_a_child(child: str, open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{DESK}/people/{child}/papers/", role="desk_clerk", language=language, width=width)
    page.locator("details.more summary").first.click()
    options = page.locator("select[name=need-guardian] option")
    assert options.count() >= 3, "nothing chosen, an adult of the household, somebody else"
    page.select_option("select[name=need-guardian]", index=1)
    page.locator("button[value=need]").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    look(page, f"papers-child-{language}-{width}")


def test_a_parent_takes_a_consent_back(child: str, open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{PORTAL}/", language=language, width=width)
    enter(page, "portal-resident")
    page.goto(f"{PORTAL}/me/children/{child}/")
    expect(page.locator("button[value=care]")).to_be_visible()
    look(page, f"portal-child-consent-{language}-{width}")


def test_who_was_erased_and_is_named_again(child: str, open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{PORTAL}/", language=language, width=width)
    page.goto(f"/accounts/login/?next={DESK}/rights/")
    page.fill("input[name=login]", "officer-of-privacy")
    page.fill("input[name=password]", "four quiet words here")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"^[^?]*/rights/$"))
    look(page, f"rights-erased-named-{language}-{width}")
    page.locator("a[href$='/rights/erased/']").click()
    page.locator("details.more summary").first.click()
    page.locator("button[value=again]").first.click()
    expect(page.locator(".govuk-error-message")).to_be_visible()
    look(page, f"erased-named-{language}-{width}")
