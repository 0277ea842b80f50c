"""Signing in: through the page as people do, locked out after guessing, with a second factor for staff."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import django.test
import pytest
import time_machine
from django.conf import LazySettings
from django.core.cache import cache

from linli.kernel.actor import SYSTEM, Actor
from linli.trust import Role, add_token, grant_role
from linli.trust.models import Account, ApiToken, AuditEvent
from tests.support import zones
from tests.support.source import ROOT
from tests.support.zones import PASSWORD

LOGIN = "/accounts/login/"
MakeActor = Callable[..., Actor]


@pytest.fixture(autouse=True)
def _own_cache(settings: LazySettings, tmp_path: Path) -> None:
    """Guesses are counted in the cache: each test begins with none."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": str(tmp_path / "cache")}}
    cache.clear()


@pytest.fixture
def clerk(community: UUID, actor_for: MakeActor) -> Account:
    return Account.objects.get(id=actor_for("desk_clerk", community).account)


def _sign_in(client: django.test.Client, username: str, password: str) -> Any:
    return client.post(LOGIN, {"login": username, "password": password})


def test_the_right_password_opens_the_first_page_of_the_role(client: django.test.Client, clerk: Account) -> None:
    answer = _sign_in(client, clerk.username, PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/start/")
    assert client.get("/start/")["Location"].startswith("/desk/999901001001/")


def test_a_wrong_password_and_an_unknown_name_are_told_alike(client: django.test.Client, clerk: Account) -> None:
    told = [
        str(_sign_in(client, name, "wrong-wrong-wrong").context["form"].non_field_errors())
        for name in (clerk.username, "nobody-at-all")
    ]
    assert told[0] == told[1] != ""


def test_guessing_is_locked_out_even_with_the_right_password(client: django.test.Client, clerk: Account) -> None:
    for _ in range(5):
        assert _sign_in(client, clerk.username, "wrong-wrong-wrong").status_code == 200
    locked = _sign_in(client, clerk.username, PASSWORD)
    assert locked.status_code in (200, 429)
    assert "_auth_user_id" not in client.session
    elsewhere = django.test.Client(REMOTE_ADDR="10.9.8.7")
    _sign_in(elsewhere, clerk.username, PASSWORD)
    assert "_auth_user_id" not in elsewhere.session, "guessing from many addresses is guessing too"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert _sign_in(elsewhere, clerk.username, PASSWORD).status_code == 302, "after five minutes the door opens again"


def test_guessing_over_many_names_is_locked_out_per_address(client: django.test.Client, clerk: Account) -> None:
    for place in range(30):
        _sign_in(client, f"nobody-{place}", "wrong-wrong-wrong")
    assert _sign_in(client, clerk.username, PASSWORD).status_code != 302
    assert "_auth_user_id" not in client.session


def test_an_account_put_to_rest_signs_in_no_more(client: django.test.Client, clerk: Account) -> None:
    signed_in = django.test.Client()
    assert _sign_in(signed_in, clerk.username, PASSWORD).status_code == 302
    Account.objects.filter(id=clerk.id).update(is_active=False)
    _sign_in(client, clerk.username, PASSWORD)
    assert "_auth_user_id" not in client.session
    assert signed_in.get("/desk/999901001001/work/").status_code == 302, "a session that was open is closed too"


def test_nobody_signs_up_alone(client: django.test.Client, db: None) -> None:
    for path in ("/accounts/signup/", "/accounts/3rdparty/signup/"):
        answer = client.post(path, {"username": "me", "password1": PASSWORD})
        assert answer.status_code in (200, 302, 404)
    assert not Account.objects.exists()


@pytest.mark.parametrize("role", ["desk_clerk", "community_manager", "system_administrator", "auditor", "grid_worker"])
def test_staff_without_a_second_factor_can_only_set_one_up(
    role: str, community: UUID, actor_for: MakeActor, signed_in: Callable[[Actor], django.test.Client], settings: LazySettings
) -> None:
    settings.LINLI_SECOND_FACTOR = True
    client = signed_in(actor_for(role, community))
    for path in (
        "/start/",
        "/desk/999901001001/work/",
        "/desk/999901001001/monday/",
        "/field/999901001001/",
        "/api/v1/communities",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/totp/activate/"), path
    assert client.get("/accounts/2fa/totp/activate/").status_code in (200, 302)


def test_beside_a_demonstration_real_staff_need_a_second_factor_all_the_same(
    community: UUID, actor_for: MakeActor, signed_in: Callable[[Actor], django.test.Client], settings: LazySettings
) -> None:
    settings.LINLI_SECOND_FACTOR = False
    real = zones.add_community("320100001001", "Real Lane", "真实里")
    assert signed_in(actor_for("desk_clerk", community)).get("/desk/999901001001/work/").status_code == 200
    answer = signed_in(actor_for("desk_clerk", real)).get("/desk/320100001001/work/")
    assert answer["Location"] == "/accounts/2fa/totp/activate/"


def test_residents_and_volunteers_need_no_second_factor(
    community: UUID, actor_for: MakeActor, signed_in: Callable[[Actor], django.test.Client], settings: LazySettings
) -> None:
    settings.LINLI_SECOND_FACTOR = True
    for role in ("resident", "volunteer", "building_head"):
        assert signed_in(actor_for(role, community)).get("/portal/999901001001/").status_code == 200


def test_with_a_second_factor_staff_go_on(
    community: UUID, actor_for: MakeActor, signed_in: Callable[[Actor], django.test.Client], settings: LazySettings
) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    settings.LINLI_SECOND_FACTOR = True
    clerk = actor_for("desk_clerk", community)
    TOTP.activate(Account.objects.get(id=clerk.account), generate_totp_secret())
    assert signed_in(clerk).get("/desk/999901001001/work/").status_code == 200
    half = django.test.Client()
    answer = _sign_in(half, Account.objects.get(id=clerk.account).username, PASSWORD)
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert half.get("/desk/999901001001/work/").status_code == 302, "the password alone opens nothing"


def test_a_chosen_role_is_the_one_that_acts_and_only_a_held_one_can_be_chosen(
    client: django.test.Client, community: UUID, clerk: Account
) -> None:
    grant_role(
        by=SYSTEM, account=clerk.id, role=Role.AUDITOR, zone=community, from_date=datetime.now(UTC).date() - timedelta(days=2)
    )
    _sign_in(client, clerk.username, PASSWORD)
    assert client.get("/desk/999901001001/audit/").status_code == 403
    assert client.post("/role/", {"role": "auditor"}).status_code == 302
    assert client.get("/desk/999901001001/audit/").status_code == 200
    assert client.get("/desk/999901001001/imports/").status_code == 403
    for stolen in ("community_manager", "", "no-such-role"):
        assert client.post("/role/", {"role": stolen}).status_code == 404
    assert client.get("/role/").status_code == 405


def test_a_role_that_ended_is_no_longer_acted_in(client: django.test.Client, community: UUID, clerk: Account) -> None:
    _sign_in(client, clerk.username, PASSWORD)
    assert client.get("/desk/999901001001/work/").status_code == 200
    clerk.grants.all().delete()
    assert client.get("/desk/999901001001/work/").status_code in (302, 404)


def _token(account: UUID | None, role: Role, minutes: int = 60) -> str:
    assert account
    return add_token(by=SYSTEM, account=account, role=role, label="t", expires_at=datetime.now(UTC) + timedelta(minutes=minutes))


def test_a_token_acts_in_its_one_role_until_it_ends(client: django.test.Client, community: UUID, clerk: Account) -> None:
    url = "/api/v1/communities/999901001001/tasks"

    def status(token: str) -> int:
        return int(client.get(url, headers={"Authorization": f"Bearer {token}"}).status_code)

    good = _token(clerk.id, Role.DESK_CLERK)
    assert status(good) == 200
    assert [status(bad) for bad in ("", "no-such-token", good[:-1])] == [401, 401, 401]
    assert status(_token(clerk.id, Role.DESK_CLERK, minutes=-1)) == 401
    Account.objects.filter(id=clerk.id).update(is_active=False)
    assert status(good) == 401
    Account.objects.filter(id=clerk.id).update(is_active=True)
    clerk.grants.all().delete()
    assert status(good) == 401
    assert ApiToken.objects.count() == 2


def test_signing_in_writes_no_password_anywhere(client: django.test.Client, clerk: Account) -> None:
    _sign_in(client, clerk.username, PASSWORD)
    assert PASSWORD not in json.dumps(list(AuditEvent.objects.values("ids", "fields", "counts", "reason")), default=str)
    assert PASSWORD not in Account.objects.get(id=clerk.id).password


# What a real installation's settings make of an answer can only be seen from outside: they are read once, at the start.
_LOOK = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
plain, safe = Client(), Client()
first = plain.get("/accounts/login/", headers={"host": "linli.example"})
page = safe.get("/accounts/login/", secure=True, headers={"host": "linli.example"})
print(json.dumps({
    "plain": [first.status_code, first.get("Location", "")],
    "health": plain.get("/health", headers={"host": "linli.example"}).status_code,
    "stranger": safe.get("/accounts/login/", secure=True, headers={"host": "evil.example"}).status_code,
    "headers": {name.lower(): value for name, value in page.headers.items()},
    "cookies": {name: dict(morsel) for name, morsel in page.cookies.items()},
    "text": page.content.decode(),
}))
"""
_OIDC = [
    {
        "provider_id": "hall",
        "name": "City Hall",
        "client_id": "c",
        "secret": "s",
        "settings": {"server_url": "https://id.example/realms/x"},
    }
]


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the sign-in page answers with the settings of a real installation behind TLS."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LINLI_")}
    environment |= {
        "LINLI_DATA": str(tmp_path_factory.mktemp("production")),
        "LINLI_HTTPS": "1",
        "LINLI_HOSTS": "linli.example",
        "LINLI_OIDC": json.dumps(_OIDC),
        "DJANGO_SETTINGS_MODULE": "linli.site.settings",
    }
    done = subprocess.run([sys.executable, "-c", _LOOK], env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def test_behind_tls_everything_is_sent_there(production: dict[str, Any]) -> None:
    assert production["plain"] == [301, "https://linli.example/accounts/login/"]
    assert production["health"] == 200
    assert production["stranger"] == 400


def test_headers_of_a_real_installation(production: dict[str, Any]) -> None:
    headers = production["headers"]
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";") if part.strip())
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]


def test_cookies_of_a_real_installation(production: dict[str, Any]) -> None:
    assert production["cookies"]
    for name, cookie in production["cookies"].items():
        assert cookie["secure"], name
        assert cookie["httponly"], name
        assert cookie["samesite"] in ("Lax", "Strict"), name


def test_a_provider_by_configuration_is_offered_and_its_form_may_lead_there(production: dict[str, Any]) -> None:
    assert "City Hall" in production["text"]
    assert "/accounts/oidc/hall/login/" in production["text"]
    assert "form-action 'self' https://id.example" in production["headers"]["content-security-policy"]


def test_pages_carry_no_script_or_style_of_their_own(production: dict[str, Any]) -> None:
    text = production["text"]
    assert "<style" not in text
    assert " style=" not in text
    assert "<script>" not in text
    assert " onclick=" not in text
