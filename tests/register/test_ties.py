"""An account is tied to a person at the desk or by a letter's code; knowing a name and a number opens nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.actor import PUBLIC, SYSTEM, Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.kernel.ids import ALPHABET
from linli.register.commands import record_death
from linli.register.commands import ties as commands
from linli.register.jobs import letters as letters_job
from linli.register.models import LetterCode, Person, Tie
from linli.register.queries.mine import SPEAKS, letters
from linli.register.rules.by_hand import Place
from linli.register.rules.ties import Letter, Shown, letter_state, new_code, plain_code
from linli.trust import SubjectKey
from linli.trust.models import Account, AuditEvent, Grant, Slip, Subject
from tests.register.ground import Town
from tests.register.hands import FAMILY, TODAY, register

pytestmark = pytest.mark.django_db
ActorFor = Callable[..., Actor]
CODE = "999901001001"


@pytest.fixture
def family(town: Town, clerk: Actor) -> list[UUID]:
    return register(clerk, town).people


def at(name: str, **rest: Any) -> str:
    return reverse(f"register:{name}", kwargs={"code": CODE, **rest})


def guest(town: Town) -> Actor:
    return replace(PUBLIC, communities=frozenset({town.community}))


def printed(clerk: Actor, town: Town, person: UUID) -> commands.Printed:
    letter = commands.want_letter(by=clerk, community=town.community, person=person)
    return commands.print_letter(by=clerk, community=town.community, letter=letter)


def redeem(town: Town, letter: str, code: str, **more: Any) -> commands.Tied | None:
    told = {"username": "daishan", "password": "four quiet words here"} | more
    return commands.redeem_letter(by=guest(town), community=town.community, letter=letter, code=code, **told)


@given(st.data())
def test_a_code_with_one_wrong_sign_is_no_code(data: st.DataObject) -> None:
    code = new_code()
    plain = plain_code(code)
    assert plain is not None
    assert len(plain) == 10
    assert plain_code(code.lower().replace("-", " ")) == plain
    where = data.draw(st.integers(0, 9))
    other = data.draw(st.sampled_from([sign for sign in ALPHABET if sign != plain[where]]))
    assert plain_code(plain[:where] + other + plain[where + 1 :]) is None


@given(st.booleans(), st.booleans(), st.integers(0, 9), st.integers(-5, 5))
def test_only_a_printed_unused_young_letter_is_good(sent: bool, used: bool, tries: int, hours: int) -> None:
    now = timezone.now()
    state = letter_state(printed=sent, used=used, tries=tries, expires=now + timedelta(hours=hours), now=now)
    assert (state is Letter.GOOD) == (sent and not used and tries < 5 and hours > 0)


def test_at_the_desk_with_a_new_account(town: Town, clerk: Actor, family: list[UUID]) -> None:
    made = commands.tie_account(
        by=clerk, community=town.community, person=family[0], shown=Shown.IDENTITY_CARD, username="dashan"
    )  # fmt: skip
    account = Account.objects.get(id=made.account)
    assert account.password_once
    assert account.check_password(made.password)
    assert SPEAKS(made.account, town.community) == Person.objects.get(id=family[0]).subject_id
    assert Grant.objects.get(account=account).role == "resident"
    event = AuditEvent.objects.get(kind="register.tie.made")
    assert str(family[0]) in event.ids
    assert event.reason == "identity_card"
    with pytest.raises(Conflict):
        commands.tie_account(by=clerk, community=town.community, person=family[0], shown=Shown.PASSPORT, username="other")
    with pytest.raises(Conflict):
        commands.tie_account(by=clerk, community=town.community, person=family[1], shown=Shown.PASSPORT, account="DASHAN")
    commands.untie_account(by=clerk, community=town.community, person=family[0])
    assert SPEAKS(made.account, town.community) is None
    commands.tie_account(by=clerk, community=town.community, person=family[1], shown=Shown.PASSPORT, account="dashan")
    assert SPEAKS(made.account, town.community) == Person.objects.get(id=family[1]).subject_id


def test_an_account_that_is_not_there_and_a_bad_name(town: Town, clerk: Actor, family: list[UUID]) -> None:
    for told in ({"account": "nobody@here"}, {"username": "two words"}, {"username": ""}):
        with pytest.raises(BadInput):
            commands.tie_account(by=clerk, community=town.community, person=family[0], shown=Shown.PASSPORT, **told)
    assert Tie.objects.count() == 0


def test_who_may_not_tie(town: Town, family: list[UUID], other_community: UUID, actor_for: ActorFor) -> None:
    told = {"community": town.community, "person": family[0], "shown": Shown.PASSPORT, "username": "dashan"}
    for role, zone in (("grid_worker", town.grids[0]), ("auditor", town.community), ("resident", town.community)):
        with pytest.raises(NotAllowed):
            commands.tie_account(by=actor_for(role, zone), **told)
    with pytest.raises(NotFound):
        commands.tie_account(by=actor_for("desk_clerk", other_community), **told)
    with pytest.raises(NotFound):
        commands.untie_account(by=actor_for("resident", town.community), community=town.community, person=family[0])


def test_who_has_died_has_no_account(town: Town, clerk: Actor, family: list[UUID]) -> None:
    made = commands.tie_account(
        by=clerk, community=town.community, person=family[2], shown=Shown.PASSPORT, username="xiaoshan"
    )  # fmt: skip
    record_death(by=clerk, community=town.community, person=family[2], on=TODAY, place=Place.DESK)
    assert SPEAKS(made.account, town.community) is None


def test_a_letter_ties_a_new_account(town: Town, clerk: Actor, family: list[UUID]) -> None:
    letter = printed(clerk, town, family[0])
    assert plain_code(letter.code)
    assert letter.code.replace("-", "").encode() not in bytes(LetterCode.objects.get().mark)
    tied = redeem(town, letter.reference.lower(), letter.code.replace("-", " ").lower())
    assert tied is not None
    account = Account.objects.get(id=tied.account)
    assert not account.password_once
    assert SPEAKS(account.id, town.community) == Person.objects.get(id=family[0]).subject_id
    assert redeem(town, letter.reference, letter.code, username="again") is None, "used twice"
    assert not Account.objects.filter(username="again").exists()


def test_five_wrong_codes_and_it_is_dead(town: Town, clerk: Actor, family: list[UUID]) -> None:
    letter = printed(clerk, town, family[0])
    for _ in range(5):
        assert redeem(town, letter.reference, new_code()) is None
    assert LetterCode.objects.get().tries == 5
    assert redeem(town, letter.reference, letter.code) is None, "void"
    assert Tie.objects.count() == 0
    assert not Account.objects.filter(username="daishan").exists()


def test_a_slip_of_the_pen_is_no_try(town: Town, clerk: Actor, family: list[UUID]) -> None:
    letter = printed(clerk, town, family[0])
    slip = letter.code[:-1] + ("2" if letter.code[-1] != "2" else "3")
    assert redeem(town, letter.reference, slip) is None
    assert LetterCode.objects.get().tries == 0
    with pytest.raises(BadInput):
        redeem(town, letter.reference, letter.code, password="12345")
    assert redeem(town, letter.reference, letter.code) is not None


def test_after_thirty_days_it_is_too_old(town: Town, clerk: Actor, family: list[UUID]) -> None:
    letter = printed(clerk, town, family[0])
    with time_machine.travel(timezone.now() + timedelta(days=29, hours=23), tick=False):
        assert letters(viewer=clerk, community=town.community, now=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(days=30, minutes=1), tick=False):
        assert redeem(town, letter.reference, letter.code) is None
        assert letters(viewer=clerk, community=town.community, now=timezone.now()) == []


def test_the_code_of_one_letter_does_not_fit_another(town: Town, clerk: Actor, family: list[UUID]) -> None:
    first, second = printed(clerk, town, family[0]), printed(clerk, town, family[1])
    assert redeem(town, first.reference, second.code) is None
    assert redeem(town, "7KQ2-M4XD", first.code) is None
    assert redeem(town, "", first.code) is None
    again = commands.print_letter(by=clerk, community=town.community, letter=first.letter)
    assert redeem(town, first.reference, first.code) is None, "printed once more, the old code is dead"
    assert redeem(town, first.reference, again.code) is not None
    dropped = commands.drop_letter(by=clerk, community=town.community, letter=second.letter)
    assert dropped is None
    assert redeem(town, second.reference, second.code, username="second") is None


def test_an_account_that_is_signed_in_is_tied(
    town: Town, clerk: Actor, family: list[UUID], actor_for: ActorFor, other_community: UUID
) -> None:
    letter = printed(clerk, town, family[0])
    holder = actor_for("resident", other_community)
    by = replace(guest(town), account=holder.account, role="resident")
    tied = commands.redeem_letter(by=by, community=town.community, letter=letter.reference, code=letter.code)
    assert tied is not None
    assert tied.account == holder.account
    second = printed(clerk, town, family[1])
    with pytest.raises(Conflict):
        commands.redeem_letter(by=by, community=town.community, letter=second.reference, code=second.code)


def sent(town: Town) -> int:
    """What the worker does within seconds."""
    return commands.send_asked_letters(by=SYSTEM, community=town.community)


def ask(client: Client, name: str, number: str) -> str:
    answer = client.post(at("want_letter"), {"name": name, "number": number})
    assert answer.status_code == 200
    return re.sub(r"nonce=\S+|csrf\S+ value=\S+", "", answer.content.decode())


def test_asking_for_a_letter_tells_nothing(town: Town, clerk: Actor, family: list[UUID]) -> None:
    client = Client()
    number = FAMILY[0].number
    right = ask(client, "张大山", number)
    assert LetterCode.objects.count() == 0, "nothing is looked up before the answer"
    sent(town)
    assert LetterCode.objects.get().person_id == family[0]
    assert bytes(LetterCode.objects.get().mark) == b""
    answers = {
        ask(client, "张大山", number),
        ask(client, "李四光", number),
        ask(client, "张大山", "999999190001010014"),
        ask(client, "x", "y"),
    }
    assert answers == {right}
    sent(town)
    assert LetterCode.objects.count() == 1, "one waits already, and nobody else is meant"
    kinds = AuditEvent.objects.filter(command="register.ask_for_letter").values_list("kind", flat=True)
    assert set(kinds) == {"register.letter.asked", "trust.subject"}


def test_a_hit_and_a_miss_are_the_same_work(town: Town, family: list[UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the answer: the same statements, as many seals, nothing opened, no look-up hash made. Counted, not timed."""
    opened: list[object] = []
    monkeypatch.setattr(SubjectKey, "open", lambda *told: opened.append(told))
    seals: list[int] = []
    seal = SubjectKey.seal
    monkeypatch.setattr(SubjectKey, "seal", lambda key, place, text: seals.append(len(text)) or seal(key, place, text))
    work = []
    right = FAMILY[0].number
    for name, number in (("张大山", right), ("李四光", right), ("张大山", "999999190001010014"), ("无某某", "x")):
        with CaptureQueriesContext(connection) as queries:
            commands.ask_for_letter(by=guest(town), community=town.community, name=name, number=number)
        work.append([re.sub(r"s\d+_x\d+|'[^']*'|\b\d+\b", "?", query["sql"]) for query in queries.captured_queries])
    # The first finds the community's keys not yet opened in this process.
    assert work[1] == work[2] == work[3]
    assert len(work[0]) == len(work[1])
    assert not any("register_person" in statement for statements in work for statement in statements)
    assert len(seals) == 4
    assert opened == []


def test_what_was_asked_is_sealed_until_the_job_reads_it_and_gone_then(town: Town, clerk: Actor, family: list[UUID]) -> None:
    commands.ask_for_letter(by=guest(town), community=town.community, name="张大山", number=FAMILY[0].number)
    subjects = Subject.objects.count()
    slip = Slip.objects.get()
    assert "张大山".encode() not in bytes(slip.sealed)
    assert FAMILY[0].number.encode() not in bytes(slip.sealed)
    letters_job(town.community)
    letters_job(town.community)
    assert LetterCode.objects.count() == 1
    assert Slip.objects.count() == 0
    assert Subject.objects.count() == subjects - 1
    queued = DBTaskResult.objects.values_list("args_kwargs", flat=True)
    assert queued
    assert not any("张" in str(told) or FAMILY[0].number in str(told) for told in queued)


def test_not_too_many_letters(town: Town, clerk: Actor, family: list[UUID]) -> None:
    said = {"name": "张大山", "number": FAMILY[0].number}
    for _ in range(4):
        commands.ask_for_letter(by=guest(town), community=town.community, **said)
        sent(town)
        for row in letters(viewer=clerk, community=town.community, now=timezone.now()):
            if row.state is Letter.WANTED:
                commands.print_letter(by=clerk, community=town.community, letter=row.id)
    assert LetterCode.objects.count() == 2
    client = Client()
    for _ in range(12):
        ask(client, "李小兰", FAMILY[1].number)
    sent(town)
    assert LetterCode.objects.count() == 3
    assert AuditEvent.objects.filter(kind="register.letter.asked").count() <= 4 + 10, "then nothing is looked up any more"


def test_who_has_an_account_or_no_home_is_sent_none(town: Town, clerk: Actor, family: list[UUID]) -> None:
    commands.tie_account(by=clerk, community=town.community, person=family[0], shown=Shown.PASSPORT, username="dashan")
    commands.ask_for_letter(by=guest(town), community=town.community, name="张大山", number=FAMILY[0].number)
    assert sent(town) == 0
    alone = register(clerk, town, replace(FAMILY[0], name="王五", number="", birth_date=date(1970, 1, 1), sex="1"), room="")
    with pytest.raises(Conflict):
        commands.want_letter(by=clerk, community=town.community, person=alone.people[0])
    with pytest.raises(Conflict):
        commands.want_letter(by=clerk, community=town.community, person=family[0])
    assert LetterCode.objects.count() == 0


def test_pages_of_the_desk(town: Town, clerk: Actor, family: list[UUID], signed_in: Callable[[Actor], Client]) -> None:
    client = signed_in(clerk)
    page = at("account", person=family[0])
    assert client.get(page).status_code == 200
    assert client.post(page, {"act": "tie", "username": "dashan"}).status_code == 422
    slip = client.post(page, {"act": "tie", "shown": "passport", "username": "dashan"})
    assert slip.headers["Cache-Control"] == "no-store"
    password = re.search(r'class="code">([^<]+)<', slip.content.decode())
    assert password
    assert password[1] not in client.get(page).content.decode()
    fresh = Client()
    assert fresh.post("/accounts/login/", {"login": "dashan", "password": password[1]}).status_code == 302
    assert fresh.get(at("me")).headers["Location"] == "/accounts/password/change/"
    own = {"oldpassword": password[1], "password1": "four quiet words here", "password2": "four quiet words here"}
    fresh.post("/accounts/password/change/", own)
    assert "张大山" in fresh.get(at("me")).content.decode()
    assert client.post(page, {"act": "untie"}).status_code == 302
    assert "张大山" not in fresh.get(at("me")).content.decode()
    assert client.post(page, {"act": "letter"}).headers["Location"] == at("letters")
    (letter,) = letters(viewer=clerk, community=town.community, now=timezone.now())
    assert client.get(at("print_letter", letter=letter.id)).status_code == 302
    paper = client.post(at("print_letter", letter=letter.id))
    text = paper.content.decode()
    assert paper.headers["Cache-Control"] == "no-store"
    assert "张大山" in text
    assert "柳荫苑3号楼 2-501" in text
    assert "<svg" in text
    assert letter.reference in client.get(at("letters")).content.decode()


def test_the_code_by_page(town: Town, clerk: Actor, family: list[UUID]) -> None:
    letter = printed(clerk, town, family[0])
    client = Client()
    assert letter.reference in client.get(at("letter_code") + f"?letter={letter.reference}").content.decode()
    sent = {"letter": letter.reference, "code": new_code(), "username": "dashan", "password": "four quiet words here"}
    wrong = client.post(at("letter_code"), sent)
    assert wrong.status_code == 422
    nobody = client.post(at("letter_code"), sent | {"letter": "2222-2222"})
    clean = [re.sub(r'nonce="[^"]*"|value="[^"]*"', "", page.content.decode()) for page in (wrong, nobody)]
    assert clean[0] == clean[1], "a letter that isn't there is answered like a wrong code"
    done = client.post(at("letter_code"), sent | {"code": letter.code})
    assert done.headers["Location"] == at("me")
    client.post("/accounts/login/", {"login": "dashan", "password": "four quiet words here"})
    assert "张大山" in client.get(at("me")).content.decode()


@pytest.mark.parametrize("role", ["grid_worker", "resident", "auditor", "supervisor"])
def test_pages_of_the_desk_by_role(
    role: str, town: Town, family: list[UUID], actor_for: ActorFor, signed_in: Callable[[Actor], Client]
) -> None:
    client = signed_in(actor_for(role, town.community))
    for page in (at("letters"), at("account", person=family[0])):
        assert client.get(page).status_code == 403
