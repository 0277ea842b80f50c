"""``linli admin create``: the first account of an installation, before there is any community."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client

from linli.trust.models import Account, Grant, Zone
from tests.support.zones import PASSWORD

Run = Callable[..., tuple[int, str, str]]


@pytest.mark.django_db
def test_an_empty_installation_gets_its_first_administrator(linli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before there is any community: the administrator stands in the whole installation, and reaches what comes later."""
    monkeypatch.setenv("LINLI_PASSWORD", PASSWORD)
    assert not Zone.objects.exists()
    status, out, err = linli("admin", "create", "root")
    assert (status, out) == (0, ""), err
    grant = Grant.objects.get()
    assert (grant.role, grant.zone.kind, grant.zone.code) == ("system_administrator", "installation", "installation")
    client = Client()
    assert client.post("/accounts/login/", {"login": "root", "password": PASSWORD}).status_code == 302
    assert client.get("/start/")["Location"] == "/accounts/2fa/totp/activate/", "an administrator sets up a second factor first"
    assert linli("community", "add", "999901001005", "--name", "New Court")[0] == 0
    from linli.trust import actor_for

    actor = actor_for(account=Account.objects.get(username="root"))
    assert actor is not None
    assert actor.communities == {Zone.objects.get(code="999901001005").id}


@pytest.mark.django_db
def test_accounts_that_cannot_be_are_not_made(linli: Run, community: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_PASSWORD", PASSWORD)
    for arguments in (("x", "--role", "emperor"), ("x", "--zone", "nowhere"), ("two words",), ("x" * 200,)):
        assert linli("admin", "create", *arguments)[0] == 2, arguments
    monkeypatch.setenv("LINLI_PASSWORD", "short")
    assert linli("admin", "create", "x")[0] == 2
    assert not Account.objects.exists()
    monkeypatch.setenv("LINLI_PASSWORD", PASSWORD)
    assert linli("admin", "create", "manager", "--role", "community_manager")[0] == 0, "of one community there is no doubt"
    assert Grant.objects.get().zone_id == community
    assert linli("admin", "create", "manager", "--zone", "999901001001")[0] == 2, "the name is taken"
