"""Tying an account to the person it belongs to: at the desk with a document, or with the code from a letter to the dwelling.

Knowing a name and a number opens nothing: asking for a letter is answered alike whether or not there is such a person.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, NotFound
from linli.kernel.ids import new_reference
from linli.methods.names import normal_name
from linli.register.models import LetterCode, Person, Residence, Tie
from linli.register.opening import open_people
from linli.register.queries.people import may_see
from linli.register.rules.by_hand import Said, completed
from linli.register.rules.sealing import number_index
from linli.register.rules.thresholds import threshold
from linli.register.rules.ties import (
    ACCOUNT_TAKEN,
    NO_ACCOUNT,
    NO_HOME,
    TIED_ALREADY,
    How,
    Letter,
    Shown,
    expires,
    letter_state,
    new_code,
    plain_code,
)
from linli.trust import (
    NOT_FOUND,
    Permission,
    account_called,
    add_resident_account,
    blinder,
    command,
    leave_slip,
    make_resident,
    record,
    take_slips,
)
from linli.work import run_job

LETTER = "letter"
ASKED = "register.letter"
"""The kind of slip on which a request for a letter waits."""
LETTERS_JOB = "register.letters"


@dataclass(frozen=True)
class Tied:
    """What came of it. ``password``: the one-time password of a new account, told once and kept nowhere."""

    tie: UUID
    account: UUID
    username: str = ""
    password: str = ""


@dataclass(frozen=True)
class Printed:
    """A letter to be printed now: its code stands nowhere else."""

    letter: UUID
    person: UUID
    reference: str
    code: str


@command("register.tie_account", may=Permission.RESIDENT_TIE)
def tie_account(
    *, by: Actor, community: UUID, person: UUID, shown: Shown, account: str = "", username: str = "", email: str = ""
) -> Tied:
    """The person stands at the desk and has shown a document. ``account``: the user name or e-mail address of an account of
    theirs; else one is made as ``username`` with a one-time password.

    NotFound out of scope; Conflict where either is tied already; BadInput for an account that isn't there or a bad user name.
    """
    known = _person(by, community, person)
    password = ""
    if account.strip():
        found = account_called(account)
        if found is None:
            raise BadInput(NO_ACCOUNT)
    else:
        found, password = add_resident_account(username=username.strip(), email=email.strip())
    tie = _tie(by, community, known, found, How.DESK)
    record("register.tie.made", ids=[person, tie], reason=shown.value)
    return Tied(tie, found, username.strip(), password)


@command("register.untie_account", may=Permission.PORTAL_READ)
def untie_account(*, by: Actor, community: UUID, person: UUID) -> None:
    """The account speaks for the person no longer: at the desk, or by the resident's own wish. Told twice changes nothing."""
    known = Person.objects.filter(community=community, id=person).first()
    own = known is not None and by.subject is not None and known.subject_id == by.subject
    if known is None or not (own or (by.may(Permission.RESIDENT_TIE) and may_see(viewer=by, community=community, person=person))):
        raise NotFound(NOT_FOUND)
    ended = Tie.objects.filter(community=community, person=person, ended_at__isnull=True).update(ended_at=timezone.now())
    record("register.tie.ended", ids=[person], counts={"ended": ended})


@command("register.want_letter", may=Permission.RESIDENT_TIE)
def want_letter(*, by: Actor, community: UUID, person: UUID) -> UUID:
    """A letter with a code for somebody whom the clerk has found. Returns its id. Conflict where an account is tied, or there is
    no dwelling that a letter could go to."""
    known = _person(by, community, person)
    if Tie.objects.filter(person=known, ended_at__isnull=True).exists():
        raise Conflict(TIED_ALREADY)
    if not _has_home(known):
        raise Conflict(NO_HOME)
    letter = _waiting(known) or _new_letter(by, known)
    record("register.letter.wanted", ids=[person, letter.id])
    return letter.id


@command("register.ask_for_letter", may=Permission.PORTAL_READ)
def ask_for_letter(*, by: Actor, community: UUID, name: str, number: str, document_kind: str = "") -> None:
    """Anybody may ask with a name and a number. Nothing is looked up before the answer: neither it nor the time it takes can
    tell who is on the register. A job reads what was asked (:func:`send_asked_letters`)."""
    told = {"name": name, "number": number, "document_kind": document_kind}
    leave_slip(community, ASKED, json.dumps(told, ensure_ascii=False))
    run_job.enqueue(name=LETTERS_JOB, community=str(community))
    record("register.letter.asked", counts={"asked": 1})


@command("register.send_asked_letters", may=Permission.RESIDENT_TIE)
def send_asked_letters(*, by: Actor, community: UUID) -> int:
    """Put a letter on the list where name and number belong to one person who lives here, has no account and was not sent too
    many of late. Returns how many; run again, it finds nothing left to do."""
    wanted = 0
    asked = take_slips(community, ASKED)
    for text in asked:
        person = _meant_by(community, **json.loads(text))
        if person is not None and _may_be_sent(person):
            letter = _new_letter(by, person)
            record("register.letter.wanted", ids=[person.id, letter.id])
            wanted += 1
    record("register.letter.answered", counts={"asked": len(asked)})
    return wanted


def _meant_by(community: UUID, name: str, number: str, document_kind: str) -> Person | None:
    said = completed(Said(name=name, number=number, document_kind=document_kind))
    index = number_index(blinder(community), said.document_kind, said.number)
    found = list(Person.objects.filter(community=community, number_index=index, died_on__isnull=True)[:5]) if index else []
    plain = open_people(community, [person.id for person in found])
    meant = [p for p in found if plain[p.id].key and normal_name(plain[p.id].name) == normal_name(name)]
    return meant[0] if len(meant) == 1 else None


@command("register.print_letter", may=Permission.RESIDENT_TIE)
def print_letter(*, by: Actor, community: UUID, letter: UUID) -> Printed:
    """Make the code of a letter, to be shown on this one page. Printed once more, it has a new code and the old one is dead.

    NotFound for one that is used, void, or out of scope.
    """
    found = LetterCode.objects.select_for_update(of=("self",)).filter(community=community, id=letter).first()
    if found is None or not may_see(viewer=by, community=community, person=found.person_id):
        raise NotFound(NOT_FOUND)
    now = timezone.now()
    if _state(found) in (Letter.USED, Letter.VOID):
        raise NotFound(NOT_FOUND)
    code = new_code()
    found.mark = _mark(community, found, plain_code(code) or "")
    found.made_at, found.expires_at, found.by = now, expires(now), by.account
    found.save(update_fields=["mark", "made_at", "expires_at", "by"])
    record("register.letter.printed", ids=[found.person_id, found.id])
    return Printed(found.id, found.person_id, found.reference, code)


@command("register.drop_letter", may=Permission.RESIDENT_TIE)
def drop_letter(*, by: Actor, community: UUID, letter: UUID) -> None:
    """A letter that is not to be sent, or came back: its code is dead."""
    found = LetterCode.objects.filter(community=community, id=letter).first()
    if found is None or not may_see(viewer=by, community=community, person=found.person_id):
        raise NotFound(NOT_FOUND)
    found.tries = max(found.tries, threshold("letter_tries"))
    found.save(update_fields=["tries"])
    record("register.letter.dropped", ids=[found.person_id, letter])


@command("register.redeem_letter", may=Permission.PORTAL_READ)
def redeem_letter(*, by: Actor, community: UUID, letter: str, code: str, username: str = "", password: str = "") -> Tied | None:
    """Tie an account with the code from a letter: the account that is signed in, else a new one.

    None where letter number and code don't fit, for whatever reason: which one is told to nobody. A wrong code counts against its
    letter, so the answer is no exception, which would take the count back. BadInput for a bad user name or password, which counts
    nothing and leaves the code good; Conflict where the account belongs to somebody else.
    """
    typed = plain_code(code)
    found = LetterCode.objects.select_for_update(of=("self",)).filter(
        community=community, reference=letter.strip().upper()[:12]
    ).exclude(reference="").first()  # fmt: skip
    if found is None or typed is None or _state(found) is not Letter.GOOD:
        record("register.letter.tried", ids=[found.id] if found else [], counts={"wrong": 1})
        return None
    if not hmac.compare_digest(bytes(found.mark), _mark(community, found, typed)):
        found.tries += 1
        found.save(update_fields=["tries"])
        record("register.letter.tried", ids=[found.person_id, found.id], counts={"wrong": 1})
        return None
    person = Person.objects.get(id=found.person_id)
    if by.account is not None:
        account = by.account
    else:
        account, _ = add_resident_account(username=username.strip(), password=password)
    tie = _tie(by, community, person, account, How.LETTER)
    found.used_at = timezone.now()
    found.save(update_fields=["used_at"])
    record("register.tie.made", ids=[person.id, tie, found.id], reason=How.LETTER.value)
    return Tied(tie, account, username.strip())


def _person(by: Actor, community: UUID, person: UUID) -> Person:
    known = Person.objects.select_for_update(of=("self",)).filter(community=community, id=person, died_on__isnull=True).first()
    if known is None or not may_see(viewer=by, community=community, person=person):
        raise NotFound(NOT_FOUND)
    return known


def _tie(by: Actor, community: UUID, person: Person, account: UUID, how: How) -> UUID:
    standing = Tie.objects.filter(community=community, ended_at__isnull=True)
    if standing.filter(person=person).exists():
        raise Conflict(TIED_ALREADY)
    if standing.filter(account=account).exists():
        raise Conflict(ACCOUNT_TAKEN)
    made = Tie.objects.create(
        community_id=community, person=person, account=account, how=how.value, at=timezone.now(), by=by.account
    )
    make_resident(account=account, community=community)
    # A letter that is still under way would open a second door.
    LetterCode.objects.filter(person=person, used_at__isnull=True).update(tries=threshold("letter_tries"))
    return made.id


def _mark(community: UUID, letter: LetterCode, code: str) -> bytes:
    """Keyed, and bound to this letter: the same code in another letter has another hash."""
    return blinder(community).index(LETTER, f"{letter.id}:{code}")


def _state(letter: LetterCode) -> Letter:
    return letter_state(
        printed=bool(letter.mark), used=letter.used_at is not None, tries=letter.tries, expires=letter.expires_at,
        now=timezone.now(),
    )  # fmt: skip


def _waiting(person: Person) -> LetterCode | None:
    return next(
        (one for one in LetterCode.objects.filter(person=person, used_at__isnull=True) if _state(one) is Letter.WANTED), None
    )


def _has_home(person: Person) -> bool:
    return Residence.objects.filter(person=person, to_date__isnull=True, dwelling__isnull=False).exists()


def _may_be_sent(person: Person) -> bool:
    lately = expires(timezone.now()) - timezone.now()
    sent = LetterCode.objects.filter(person=person, made_at__gt=timezone.now() - lately).count()
    return (
        not Tie.objects.filter(person=person, ended_at__isnull=True).exists()
        and sent < threshold("letters_a_month")
        and _waiting(person) is None
        and _has_home(person)
    )


def _new_letter(by: Actor, person: Person) -> LetterCode:
    now = timezone.now()
    return LetterCode.objects.create(
        community_id=person.community_id, person=person, reference=new_reference(), made_at=now, expires_at=expires(now),
        by=by.account,
    )  # fmt: skip
