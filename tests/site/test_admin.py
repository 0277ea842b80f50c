"""``linli admin``: roles given, ended and listed, passwords and tokens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from linli.trust import SYSTEM, Actor, Role, actor_for, add_account
from linli.trust.models import Account, ApiToken, Grant, Zone
from linli.trust.queries import grants
from tests.support.zones import PASSWORD, add_actor, add_community, add_grid

Run = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.django_db


@pytest.fixture
def code(community: UUID) -> str:
    """The code of a community with grid 01 and the accounts mei and bo."""
    add_grid(community, "01")
    for name in ("mei", "bo"):
        add_account(by=SYSTEM, username=name, password=PASSWORD)
    return Zone.objects.get(id=community).code


def _day(days: int = 0) -> str:
    return str(timezone.localdate() + timedelta(days=days))


def _listed(linli: Run, *arguments: str) -> list[dict[str, str | None]]:
    status, out, err = linli("admin", "list", "--json", *arguments)
    assert (status, err) == (0, "")
    rows: list[dict[str, str | None]] = json.loads(out)
    return rows


def _actor(username: str, role: Role, days: int = 0) -> Actor | None:
    day = timezone.localdate() + timedelta(days=days)
    return actor_for(account=Account.objects.get(username=username), role=role, today=day)


def test_a_role_in_a_grid_is_given_listed_and_ended(linli: Run, code: str) -> None:
    where = ("mei", "--role", "grid_worker", "--zone", code, "--grid", "01")
    status, out, err = linli("admin", "grant", *where)
    assert (status, out) == (0, ""), err
    actor = _actor("mei", Role.GRID_WORKER)
    assert actor is not None
    assert actor.grids == {Zone.objects.get(kind="grid").id}
    (row,) = _listed(linli, "--zone", code)
    assert (row["username"], row["role"], row["zone"], row["grid"]) == ("mei", "grid_worker", code, "01")
    assert (row["from_date"], row["to_date"], row["deputy_for"]) == (_day(), None, None)
    assert linli("admin", "grant", *where)[0] == 2, "held already"
    assert linli("admin", "end", *where, "--on", _day(7))[0] == 0
    assert _actor("mei", Role.GRID_WORKER, 6) is not None
    assert _actor("mei", Role.GRID_WORKER, 7) is None
    assert linli("admin", "end", *where, "--on", _day(30))[0] == 2, "over by then: it is not lengthened"
    assert _listed(linli)[0]["to_date"] == _day(7)
    assert linli("admin", "grant", *where, "--from", _day(7))[0] == 0, "given again when it is over"
    assert linli("admin", "end", *where, "--on", _day())[0] == 0
    assert not Grant.objects.exists(), "neither had begun by then"


def test_a_deputy_stands_in_until_a_date(linli: Run, code: str) -> None:
    where = ("bo", "--role", "community_manager", "--zone", code, "--deputy-for", "mei")
    status, _, err = linli("admin", "grant", *where)
    assert status == 2
    assert "until when" in err
    assert linli("admin", "grant", *where, "--to", _day())[0] == 2, "ends before it begins"
    assert linli("admin", "grant", *where[:-1], "bo", "--to", _day(9))[0] == 2, "nobody's own deputy"
    assert not Grant.objects.exists()
    assert linli("admin", "grant", *where, "--from", _day(2), "--to", _day(9))[0] == 0
    (row,) = _listed(linli)
    assert (row["deputy_for"], row["from_date"], row["to_date"]) == ("mei", _day(2), _day(9))
    _, out, err = linli("admin", "list")
    assert out == ""
    assert f"bo  community_manager  {code}  from {_day(2)} until {_day(9)}, deputy for mei" in err


def test_what_is_not_there_is_named(linli: Run, code: str) -> None:
    for action, more in (("grant", ()), ("end", ("--on", _day()))):
        for arguments, named in (
            (("nobody", "--role", "auditor", "--zone", code), "nobody"),
            (("mei", "--role", "emperor", "--zone", code), "emperor"),
            (("mei", "--role", "auditor", "--zone", "nowhere"), "nowhere"),
            (("mei", "--role", "auditor", "--zone", code, "--grid", "99"), "99"),
            (("mei", "--role", "auditor", "--zone", "installation", "--grid", "01"), "installation"),
        ):
            status, out, err = linli("admin", action, *arguments, *more)
            assert (status, out) == (2, ""), (action, arguments)
            assert named in err
    here = ("mei", "--role", "auditor", "--zone", code)
    assert linli("admin", "grant", *here, "--deputy-for", "nobody", "--to", _day(3))[0] == 2
    assert linli("admin", "grant", *here, "--from", "tomorrow")[0] == 2
    assert linli("admin", "end", *here, "--on", _day())[0] == 2, "not held"
    assert linli("admin", "list", "--zone", "nowhere")[0] == 2
    assert not Grant.objects.exists()


def test_the_list_keeps_to_the_zone_and_to_what_is_not_over(linli: Run, code: str) -> None:
    other = Zone.objects.get(id=add_community("999901001009", "Far Court", "远苑")).code
    for name, zone, begins, ends in (("mei", code, -9, -2), ("mei", other, -9, 5), ("bo", code, 3, 5)):
        span = ("--from", _day(begins), "--to", _day(ends))
        assert linli("admin", "grant", name, "--role", "auditor", "--zone", zone, *span)[0] == 0
    assert [row["username"] for row in _listed(linli, "--zone", code)] == ["bo"]
    assert [row["zone"] for row in _listed(linli, "--zone", "installation")] == [code, other]


def test_roles_are_shown_within_the_reach_of_those_who_manage_accounts(linli: Run, code: str, community: UUID) -> None:
    today = timezone.localdate()
    far = add_community("999901001009", "Far Court", "远苑")
    near, away = (add_actor("system_administrator", zone, today=today) for zone in (community, far))
    assert linli("admin", "grant", "mei", "--role", "grid_worker", "--zone", code, "--grid", "01")[0] == 0
    assert {row.username for row in grants(viewer=near)} == {near.name, "mei"}
    assert {row.username for row in grants(viewer=away)} == {away.name}
    assert grants(viewer=add_actor("grid_worker", community, today=today)) == []


def test_a_password_is_changed(linli: Run, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_PASSWORD", "another-lantern-shade")
    status, out, err = linli("admin", "password", "mei")
    assert (status, out) == (0, ""), err
    assert "another-lantern-shade" not in err
    assert linli("admin", "password", "nobody")[0] == 2
    monkeypatch.setenv("LINLI_PASSWORD", "short")
    assert linli("admin", "password", "mei")[0] == 2
    monkeypatch.delenv("LINLI_PASSWORD")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    status, _, err = linli("admin", "password", "mei")
    assert status == 2
    assert "LINLI_PASSWORD" in err
    assert Account.objects.get(username="mei").check_password("another-lantern-shade")


def test_the_two_entries_at_the_terminal_must_agree(linli: Run, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINLI_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = iter(["another-lantern-shade", "another-lantern-shad", "another-lantern-shade", "another-lantern-shade"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    assert linli("admin", "password", "mei")[0] == 2
    assert linli("admin", "password", "mei")[0] == 0
    assert Account.objects.get(username="mei").check_password("another-lantern-shade")


def test_a_tokens_secret_is_printed_once(linli: Run, code: str) -> None:
    asked = ("admin", "token", "mei", "--role", "desk_clerk", "--label", "kiosk", "--days")
    status, out, err = linli(*asked, "30")
    assert (status, out) == (2, "")
    assert "does not hold desk_clerk" in err
    assert linli("admin", "grant", "mei", "--role", "desk_clerk", "--zone", code)[0] == 0
    for days in ("0", "-1", "99999999999", "soon"):
        assert linli(*asked, days)[0] == 2, days
    assert linli(*asked[:6], " ", "--days", "30")[0] == 2
    assert not ApiToken.objects.exists()
    status, out, err = linli(*asked, "30")
    assert status == 0, err
    secret = out.strip()
    assert out == f"{secret}\n"
    assert secret not in err
    token = ApiToken.objects.get()
    assert (token.digest, token.label) == (hashlib.sha256(secret.encode()).hexdigest(), "kiosk")
    assert timedelta(days=29) < token.expires_at - timezone.now() <= timedelta(days=30)
