"""Asking for people as the page does: by POST, and on to an address that says nothing of what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Page

PEOPLE = "/desk/999901001001/people/"


def ask(client: Client, q: str, **narrow: str) -> str:
    """The answer's address."""
    answer = client.post(PEOPLE, {"q": q, **narrow})
    assert answer.status_code == 303
    return str(answer["Location"])


def search(page: Page, q: str, **narrow: str) -> None:
    """Ask in the browser, and stand on the answer."""
    page.goto(PEOPLE)
    for name, value in narrow.items():
        page.fill(f"input[name={name}]", value)
    page.fill("#q", q)
    page.locator("form[role=search] button").click()
    page.wait_for_url("**/people/?s=*")
