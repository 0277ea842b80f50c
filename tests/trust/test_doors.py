"""Who opens which page: every address of the house, for every role, in one's own community and in another's."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import django.test
import pytest

from linli.kernel.actor import Actor
from linli.trust import PAGES, Role
from linli.trust.rules import permissions_of
from tests.support.pages import Address, addresses

OWN, OTHER = "999901001001", "999901001002"

OPEN_TO_ALL = {"health", "front", "set_language", "faces:large", "start", "trust:choose_role"}
"""Addresses outside every community. The last two ask for a sign-in themselves."""

OURS = [address for address in addresses() if address.view.__module__.startswith("linli.") or address.page]


def test_every_address_is_a_page_or_known_to_be_open() -> None:
    faults = [
        f"{address.route} ({address.name})"
        for address in OURS
        if not address.page and address.name not in OPEN_TO_ALL and not address.route.startswith(("faces/gallery", "api/"))
    ]
    assert faults == []


def test_every_page_belongs_to_a_community() -> None:
    assert [address.route for address in OURS if address.page and "<str:code>" not in address.route] == []


@pytest.fixture
def clients(
    community: UUID, other_community: UUID, actor_for: Callable[..., Actor], signed_in: Callable[..., django.test.Client]
) -> dict[Role, django.test.Client]:
    """One signed-in client for each role, whose scope is the first community."""
    made = {role: signed_in(actor_for(role.value, community)) for role in Role}
    for client in made.values():
        client.raise_request_exception = False
    return made


def _answer(client: django.test.Client, address: Address, code: str) -> int:
    """Status of a GET; where only POST is taken, of a POST without content."""
    status = client.get(address.path(code)).status_code
    return client.post(address.path(code)).status_code if status == 405 else status


def test_a_role_opens_what_the_table_says_and_nothing_else(
    clients: dict[Role, django.test.Client], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL", "django.request")  # every refusal would be a line
    faults = []
    for address in OURS:
        if not address.page or PAGES[address.page].public:
            continue
        for role, client in clients.items():
            may = PAGES[address.page].may.value in permissions_of(role)
            status = _answer(client, address, OWN)
            if status >= 500 or (status == 403) == may:
                faults.append(f"{role} {address.path(OWN)}: {status}, the table says {'yes' if may else 'no'}")
    assert faults == []


def test_another_community_is_not_there(clients: dict[Role, django.test.Client]) -> None:
    faults = [
        f"{role} {address.path(OTHER)}: {status}"
        for address in OURS
        if address.page and not PAGES[address.page].public
        for role, client in clients.items()
        if (status := _answer(client, address, OTHER)) != 404
    ]
    assert faults == []


def test_a_stranger_is_asked_to_sign_in(community: UUID, client: django.test.Client) -> None:
    faults = []
    for address in OURS:
        if address.page and not PAGES[address.page].public:
            answer = client.get(address.path(OWN))
            if answer.status_code == 405:
                answer = client.post(address.path(OWN))
            if answer.status_code != 302 or not answer["Location"].startswith("/accounts/login/"):
                faults.append(f"{address.path(OWN)}: {answer.status_code}")
    assert faults == []
