"""The resident's pages and the open form in Chromium: on a telephone, without a script, in both languages, with large text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from linli.kernel import citizen_number
from tests.browser.conftest import LANGUAGES, OpenPage
from tests.support.asking import search
from tests.support.installation import Installation

CODE = "999901001001"
PORTAL, DESK = f"/portal/{CODE}", f"/desk/{CODE}"
Look = Callable[[Page, str], None]

TIE = """
from linli.kernel.actor import SYSTEM
from linli.register.commands.ties import tie_account
from linli.register.models import Membership, Tie
from linli.register.opening import open_people
from linli.register.rules.ages import age_on
from linli.register.rules.relations import CHILDREN
from linli.register.rules.ties import Shown
from linli.trust import community_by_code
from linli.trust.models import Account
from datetime import date
zone = community_by_code(viewer=SYSTEM, code="999901001001").id
if not Account.objects.filter(username="portal-resident").exists():
    young = Membership.objects.filter(community=zone, to_date=None, relation__in=CHILDREN).order_by("id")
    for child in young[:400]:
        (known,) = open_people(zone, [child.person_id]).values()
        head = Membership.objects.filter(household=child.household_id, to_date=None, relation__in=("01", "02")).first()
        if head and known.birth_date and age_on(known.birth_date, date.today()) < 14:
            made = tie_account(by=SYSTEM, community=zone, person=head.person_id, shown=Shown.PASSPORT, username="portal-resident")
            account = Account.objects.get(id=made.account)
            account.set_password("four quiet words here")
            account.password_once = False
            account.save()
            break
"""


@pytest.fixture(scope="module")
def resident(installation: Installation) -> str:
    """A resident of the demonstration who has a small child; their account's name."""
    installation.run(TIE)
    return "portal-resident"


def enter(page: Page, username: str) -> None:
    page.goto(f"/accounts/login/?next={PORTAL}/me/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", "four quiet words here")
    page.keyboard.press("Enter")
    # The page of signing in names where it leads: only its end, without a question mark before it, says that one is there.
    expect(page).to_have_url(re.compile(r"^[^?]*/me/$"))


def large(page: Page) -> None:
    page.locator(".settings button, .settings a").first.click()
    expect(page.locator("html.large, body.large")).to_have_count(1)


def test_the_pages_of_a_resident(resident: str, open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{PORTAL}/", language=language, width=width, java_script_enabled=width == "desk")
    enter(page, resident)
    if width == "desk":
        look(page, f"portal-me-{width}-{language}")
    for name in ("data", "household", "looked", "correct", "move-out", "ask", "untie"):
        page.goto(f"{PORTAL}/me/{name}/")
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("main")).not_to_contain_text("*")
        if width == "desk":
            look(page, f"portal-me-{name}-{width}-{language}")


def test_the_pages_of_a_resident_on_a_telephone_in_large_text(
    resident: str, open_page: OpenPage, look: Look, language: str
) -> None:
    page = open_page(f"{PORTAL}/", language=language, width="phone")
    enter(page, resident)
    look(page, f"portal-me-phone-{language}")
    page.goto(f"{PORTAL}/me/data/")
    look(page, f"portal-me-data-phone-{language}")
    large(page)
    for name in ("", "data/", "household/", "looked/", "correct/", "move-out/", "ask/"):
        page.goto(f"{PORTAL}/me/{name}")
        look(page, f"portal-me-large-{name.strip('/') or 'start'}-{language}")
    page.goto(f"{PORTAL}/me/")
    child = page.locator("a[href*='/children/']").first
    child.click()
    expect(page.locator("main")).not_to_contain_text("*")
    look(page, f"portal-child-large-{language}")


def fill(page: Page, sequence: int) -> None:
    """A couple that moved in."""
    page.select_option("select[name=building]", index=2)
    page.fill("input[name=room]", "601")
    for row, (name, relation) in enumerate((("陈新来", "head"), ("林新月", "spouse"))):
        page.fill(f"input[name=p{row}-name]", name)
        page.select_option(f"select[name=p{row}-relation]", relation)
        page.fill(f"input[name=p{row}-number]", citizen_number.make(date(1991 + row, 5, 6), sequence + row))


def test_moving_in_without_a_script(open_page: OpenPage, look: Look, language: str) -> None:
    page = open_page(f"{PORTAL}/declare/moved-in/", language=language, width="phone", java_script_enabled=False)
    assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-Hans"}[language]
    fill(page, 11 + 20 * list(LANGUAGES).index(language))
    page.locator("form.hand-form button.btn:not(.two)").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator("input[name=p0-name]").input_value() == "陈新来", "nothing typed is lost"
    page.locator("button[name=more]").click()
    expect(page.locator("input[name=p2-name]")).to_be_visible()
    page.fill("input[name=contact]", "000 5550 1111")
    page.locator("form.hand-form button.btn:not(.two)").click()
    expect(page.locator(".reference")).to_be_visible()
    here = page.url
    page.locator("button[value=take_back]").click()
    expect(page).to_have_url(here)
    expect(page.locator(".act h2")).to_have_text({"en": "You took it back.", "zh": "您已撤回。"}[language])
    expect(page.locator("button[value=take_back]")).to_have_count(0)


@pytest.mark.parametrize("size", ["usual", "large"])
def test_the_open_form_and_its_receipt(size: str, open_page: OpenPage, look: Look, language: str) -> None:
    page = open_page(f"{PORTAL}/declare/moved-in/", language=language, width="phone")
    if size == "large":
        large(page)
        page.goto(f"{PORTAL}/declare/moved-in/")
    look(page, f"portal-declare-{size}-{language}")
    fill(page, 101 + 20 * list(LANGUAGES).index(language) + (100 if size == "large" else 0))
    page.locator("form.hand-form button.btn:not(.two)").click()
    look(page, f"portal-declare-fault-{size}-{language}")
    page.fill("input[name=contact]", "000 5550 1111")
    page.locator("form.hand-form button.btn:not(.two)").click()
    look(page, f"portal-declared-{size}-{language}")
    for other in ("declare/tenants/", "declare/staff/", "letter/", "letter/code/"):
        page.goto(f"{PORTAL}/{other}")
        look(page, f"portal-{other.replace('/', '-')}{size}-{language}")


def test_the_desk_takes_one_over(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    at = list(LANGUAGES).index(language) * 2 + (width == "phone")
    page = open_page(f"{DESK}/declarations/new/moved-in/", role="desk_clerk", language=language, width=width)
    look(page, f"declare-on-paper-{width}-{language}")
    fill(page, 401 + 20 * at)
    page.fill("input[name=contact]", "000 5550 1111")
    page.locator("form.hand-form button.btn:not(.two)").click()
    expect(page.locator("svg.qr")).to_be_visible()
    look(page, f"receipt-{width}-{language}")
    page.goto(f"{DESK}/declarations/")
    look(page, f"declarations-{width}-{language}")
    page.goto(f"{DESK}/declarations/sheet/")
    look(page, f"declaration-sheet-{width}-{language}")
    page.goto(f"{DESK}/declarations/")
    page.locator("main tbody tr").last.locator("th a").click()
    look(page, f"declaration-{width}-{language}")
    page.locator("button[value=accept]").click()
    expect(page).to_have_url(re.compile("/declarations/$"))


def test_the_desk_ties_an_account_and_prints_a_letter(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{DESK}/people/", role="desk_clerk", language=language, width=width)
    search(page, "柳荫苑3")
    at = list(LANGUAGES).index(language) * 2 + (width == "phone")
    links = page.locator("main tbody th a")
    page.goto(str(links.nth(10 + at).get_attribute("href")) + "account/")
    look(page, f"account-{width}-{language}")
    page.locator("button[value=letter]").click()
    expect(page).to_have_url(re.compile("/letters/$"))
    look(page, f"letters-{width}-{language}")
    page.locator("form[action$='/print/'] button.btn:not(.two)").first.click()
    expect(page.locator(".code")).to_be_visible()
    look(page, f"letter-{width}-{language}")
    search(page, "柳荫苑3")
    page.goto(str(page.locator("main tbody th a").nth(20 + at).get_attribute("href")) + "account/")
    page.select_option("select[name=shown]", "identity_card")
    page.fill("input[name=username]", f"tied-{width}-{language}")
    page.locator("button[value=tie]").click()
    expect(page.locator(".code")).to_be_visible()
    look(page, f"account-slip-{width}-{language}")
