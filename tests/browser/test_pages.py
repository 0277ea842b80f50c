"""Every page that needs no more than a community, as the first role that may open it: both languages, both widths."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from linli.trust import PAGES, Role
from linli.trust.rules import permissions_of
from tests.browser.conftest import OpenPage
from tests.support.installation import Installation
from tests.support.pages import Address, addresses

COMMUNITY = "999901001001"
DAILY = [Role.COMMUNITY_MANAGER, Role.GRID_WORKER, *Role]
SIMPLE = [address for address in addresses() if address.page and [name for name, _ in address.parameters] == ["code"]]


def _role(address: Address) -> Role | None:
    assert address.page
    page = PAGES[address.page]
    if page.public:
        return None
    # A page of the portal is a resident's own: the demonstration's account is tied to somebody.
    roles = [Role.RESIDENT, *DAILY] if address.path(COMMUNITY).startswith("/portal/") else DAILY
    return next(role for role in roles if page.may.value in permissions_of(role))


@pytest.mark.parametrize("address", SIMPLE, ids=lambda address: address.name)
def test_page(
    address: Address,
    open_page: OpenPage,
    look: Callable[[Page, str], None],
    installation: Installation,
    language: str,
    width: str,
) -> None:
    page = open_page(None, role=_role(address), language=language, width=width)
    response = page.request.get(address.path(COMMUNITY))
    if response.status == 405 or "html" not in response.headers.get("content-type", ""):
        return  # takes POST alone, or gives a file: nothing to look at
    page.goto(address.path(COMMUNITY))
    look(page, f"{address.name.replace(':', '-')}-{width}-{language}")


@pytest.mark.long
@pytest.mark.parametrize("role", list(Role))
def test_every_page_of_a_role(
    role: Role,
    open_page: OpenPage,
    look: Callable[[Page, str], None],
    installation: Installation,
    language: str,
    width: str,
) -> None:
    """The whole matrix: what one role sees of a page may be less than another, and must be as clean."""
    page = open_page(f"/portal/{COMMUNITY}/", role=role, language=language, width=width)
    looked = 0
    for address in SIMPLE:
        assert address.page
        if PAGES[address.page].public or PAGES[address.page].may.value not in permissions_of(role):
            continue
        response = page.request.get(address.path(COMMUNITY))
        if response.status == 405 or "html" not in response.headers.get("content-type", ""):
            continue
        page.goto(address.path(COMMUNITY))
        look(page, f"{role}-{address.name.replace(':', '-')}-{width}-{language}")
        looked += 1
    assert looked or role in (Role.RESIDENT, Role.SYSTEM_ADMINISTRATOR)
