"""What is asked of people search stands in no address, no log and, in plain, in no table; yet paging back and reloading work."""

from __future__ import annotations

import base64
import logging
import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from linli.kernel.actor import Actor
from linli.register.web import people as page
from linli.register.web.hand_forms import PersonForm
from linli.register.web.people import ASKED
from linli.trust.models import AuditEvent, Grant
from linli.trust.web import asking
from tests.register.ground import Town
from tests.register.hands import FAMILY, register
from tests.support.asking import PEOPLE, ask
from tests.support.source import ROOT
from tests.support.zones import add_grid

pytestmark = pytest.mark.django_db
ActorFor = Callable[..., Actor]
SignedIn = Callable[[Actor], Client]
NAME, STRANGER, PHONE = "张大山", "欧阳无痕", "00055509631"
NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


@pytest.fixture
def desk(town: Town, clerk: Actor, signed_in: SignedIn) -> Client:
    register(clerk, town)
    return signed_in(clerk)


def marks(text: str) -> list[str]:
    """A value as it may stand in an address, a log or a file."""
    return [text, quote(text), text.encode("unicode_escape").decode(), repr(text.encode())[2:-1]]


def test_the_address_says_nothing_and_can_be_loaded_again(desk: Client) -> None:
    where = ask(desk, NAME)
    assert not any(mark in where for mark in marks(NAME))
    for _ in range(2):
        answer = desk.get(where)
        text = answer.content.decode()
        assert f'value="{NAME}"' in text
        assert text.count(NAME) == 2, "in the box and the heading; masked in the list"
        assert answer["Cache-Control"] == "no-store"
    assert AuditEvent.objects.filter(kind="register.search", counts={"found": 1}).count() == 2


def test_an_old_kind_of_address_asks_nothing(desk: Client) -> None:
    text = desk.get(PEOPLE, {"q": NAME}).content.decode()
    assert NAME not in text
    assert not AuditEvent.objects.filter(kind="register.search").exists()


def test_it_takes_the_token_of_the_form(town: Town, clerk: Actor, signed_in: SignedIn) -> None:
    known = signed_in(clerk)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = known.cookies
    assert strict.post(PEOPLE, {"q": NAME}).status_code == 403
    assert 'name="csrfmiddlewaretoken"' in known.get(PEOPLE).content.decode().split('id="search"')[1].split("</form>")[0]
    menu = known.get("/desk/999901001001/menu/").content.decode()
    assert 'method="post" role="search"' in menu
    assert "csrfmiddlewaretoken" in menu.split('role="search"')[1].split("</form>")[0]


def test_an_empty_form_leads_back(desk: Client) -> None:
    assert desk.post(PEOPLE, {"q": " "})["Location"] == PEOPLE


def test_it_opens_in_one_session_only(town: Town, desk: Client, clerk: Actor, signed_in: SignedIn, actor_for: ActorFor) -> None:
    where = ask(desk, NAME)
    for other in (signed_in(clerk), signed_in(actor_for("desk_clerk", town.community))):
        text = other.get(where).content.decode()
        assert NAME not in text
        assert "half an hour" in text


def test_it_opens_in_one_community_only(
    town: Town, clerk: Actor, desk: Client, other_community: UUID
) -> None:  # fmt: skip
    add_grid(other_community, "01")
    Grant.objects.create(account_id=str(clerk.account), role="desk_clerk", zone_id=other_community, from_date="2026-01-01")
    where = ask(desk, NAME)
    assert NAME not in desk.get(where.replace("999901001001", "999901001002")).content.decode()


def test_after_half_an_hour_it_is_gone(desk: Client) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        where = ask(desk, NAME)
        clock.move_to(NOW + timedelta(minutes=29))
        assert NAME in desk.get(where).content.decode()
        clock.move_to(NOW + timedelta(minutes=31))
        assert NAME not in desk.get(where).content.decode()
        assert desk.session["linli_asked"] == []


def test_signing_out_takes_it_along(desk: Client) -> None:
    ask(desk, NAME)
    key = desk.session.session_key
    desk.post(reverse("account_logout"))
    assert not Session.objects.filter(session_key=key).exists()


def test_in_the_table_of_sessions_it_is_sealed(desk: Client) -> None:
    ask(desk, NAME, place="桐荫路")
    stored = Session.objects.get(session_key=desk.session.session_key).session_data
    for part in stored.lstrip(".").split(":"):
        plain = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        for raw in (plain, zlib.decompress(plain) if plain[:1] == b"\x78" else b""):
            assert not any(mark.encode() in raw for text in (NAME, "桐荫路") for mark in marks(text))
    ((_, _, _, sealed),) = desk.session["linli_asked"]
    assert NAME.encode() not in base64.b64decode(sealed)


def test_somebody_s_own_change_of_it_is_no_answer(desk: Client) -> None:
    where = ask(desk, NAME)
    session = desk.session
    raw = bytearray(base64.b64decode(session["linli_asked"][0][3]))
    raw[-1] ^= 1
    session["linli_asked"][0][3] = base64.b64encode(bytes(raw)).decode()
    session.save()
    assert NAME not in desk.get(where).content.decode()


def test_the_oldest_goes_first(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST", 2)
    first, second, third = (ask(desk, name) for name in (NAME, "李小兰", "张小山"))
    assert f'value="{NAME}"' not in desk.get(first).content.decode()
    assert 'value="李小兰"' in desk.get(second).content.decode()
    assert 'value="张小山"' in desk.get(third).content.decode()


def test_links_narrow_without_saying_what_was_asked(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.register.queries import search

    monkeypatch.setattr(search, "MOST", 1)
    where = ask(desk, "柳荫苑3", place="柳荫苑")
    text = desk.get(where).content.decode()
    links = [part.split('"')[0] for part in text.split('<ul class="queues">')[1].split("</ul>")[0].split('href="')[1:]]
    assert links
    for link in links:
        assert not any(mark in link for mark in marks("柳荫苑"))
        assert desk.get(link.replace("&amp;", "&")).status_code == 200
    born = next(link for link in links if "1950-1959" in link).replace("&amp;", "&")
    narrowed = desk.get(born).content.decode()
    assert 'value="柳荫苑3"' in narrowed
    assert 'value="1950-1959"' in narrowed


def test_a_list_is_asked_in_the_same_way(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "RECENT", 0)
    several = f"{PEOPLE}several/"
    assert desk.post(several, {"lines": " \n "})["Location"] == several
    lines = [STRANGER, NAME, *(f"没有此人{at}" for at in range(20))]
    sent = desk.post(several, {"lines": "\n".join(lines)})
    assert sent.status_code == 303
    assert not any(mark in sent["Location"] for mark in marks(NAME))
    text = desk.get(sent["Location"]).content.decode()
    assert text.count("<h2>") >= 20
    assert "2 lines were left out" in text
    further = text.split(f"{PEOPLE}?s=")[1].split('"')[0].replace("&amp;", "&")
    assert further.endswith("line=1")
    assert f'value="{NAME}"' in desk.get(f"{PEOPLE}?s={further}").content.decode()
    for wrong in ("99", "-1", "x", "²"):
        assert desk.get(f"{PEOPLE}?s={further.replace('line=1', 'line=' + quote(wrong))}").status_code == 200


def test_no_log_holds_what_was_typed(
    town: Town, desk: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a page is not found, a form is refused, and where the server itself fails in the middle of a search."""
    caplog.set_level(logging.INFO)
    number = FAMILY[0].number
    desk.raise_request_exception = False
    where = ask(desk, STRANGER, born="1954", place=PHONE)
    desk.get(where)
    desk.get(where + "x")
    ask(desk, number)
    Client().post(reverse("register:want_letter", args=["999901001001"]), {"name": STRANGER, "number": number})
    Client().post(reverse("register:letter_code", args=["999901001001"]), {"letter": "x", "code": PHONE})
    form: dict[str, Any] = {"p0-name": STRANGER, "p0-number": number, "p0-phone": PHONE, "rows": "1"}
    assert desk.post(reverse("register:new_household", args=["999901001001"]), form).status_code == 422
    assert desk.post(f"{PEOPLE}nowhere/", {"q": STRANGER}).status_code == 404

    def fails(**_asked: object) -> None:
        raise RuntimeError("it broke")

    monkeypatch.setattr(page, "search_people", fails)
    assert desk.get(where).status_code == 500
    assert "it broke" in caplog.text, "the log is listened to"
    told = caplog.text + "".join(f"{record.__dict__}" for record in caplog.records if not record.name.startswith("faker"))
    for text in (STRANGER, NAME, number, PHONE):
        assert not any(mark in told for mark in marks(text)), text


def test_no_form_sends_what_is_somebody_s_in_its_address() -> None:
    """Forms that are sent by GET choose weeks, grids, measures and buildings; what describes somebody goes by POST."""
    personal = {*ASKED, *PersonForm.base_fields, "lines", "words", "address", "email", "username"} - {"grid", "here"}
    by_get = 0
    for file in (ROOT / "src" / "linli").glob("*/templates/**/*.html"):
        if file.relative_to(ROOT / "src" / "linli").parts[0] not in ("register", "trust", "faces", "territory"):
            continue
        for form in re.findall(r"<form.*?</form>", file.read_text("utf-8"), re.DOTALL):
            if 'method="post"' not in form.split(">")[0]:
                by_get += 1
                assert not personal & set(re.findall(r'name="(\w+)"', form)), file
    assert by_get >= 4
