"""The pages that everybody passes: the front page and the sign-in."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.support.installation import Installation


def test_front_page(open_page: OpenPage, look: Callable[[Page, str], None], language: str, width: str) -> None:
    page = open_page("/", language=language, width=width)
    assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-Hans"}[language]
    look(page, f"front-{width}-{language}")


def test_sign_in_page(open_page: OpenPage, look: Callable[[Page, str], None], language: str, width: str) -> None:
    look(open_page("/accounts/login/", language=language, width=width), f"sign-in-{width}-{language}")


def test_a_wrong_password_is_refused_in_words(
    open_page: OpenPage, installation: Installation, look: Callable[[Page, str], None]
) -> None:
    page = open_page("/accounts/login/")
    page.fill("input[name=login]", installation.account("community_manager").username)
    page.fill("input[name=password]", "not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_be_visible()
    look(page, "sign-in-refused")


def test_sign_in_works_without_script(open_page: OpenPage, installation: Installation) -> None:
    account = installation.account("community_manager")
    page = open_page("/accounts/login/", java_script_enabled=False)
    page.fill("input[name=login]", account.username)
    page.fill("input[name=password]", account.password)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_visible()
    assert "/accounts/login/" not in page.url
