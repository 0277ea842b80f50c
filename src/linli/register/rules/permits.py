"""The residence permit (居住证): who may have it, what is missing, when it must be endorsed, and how it stands on a day.

Source: 居住证暂行条例 (State Council 2015, no. 663), art. 2, 9, 10. Months and years as :mod:`linli.kernel.periods` counts them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from linli.kernel.periods import months_later, years_later
from linli.kernel.words import sentence
from linli.register.rules.ages import age_on

HALF_A_YEAR_MONTHS = 6
ISSUE_DAYS = 15
ENDORSE_WITHIN_MONTHS = 1
MAY_ACT_FROM_AGE = 16


class Ground(StrEnum):
    """One of the three conditions besides half a year's stay (art. 2)."""

    EMPLOYMENT = "employment"
    DWELLING = "dwelling"
    STUDY = "study"


class Paper(StrEnum):
    """What is brought to the desk (art. 9). ``kinship``: that the one who comes is guardian or near relative."""

    IDENTITY = "identity"
    PHOTO = "photo"
    PROOF_OF_ADDRESS = "proof_of_address"
    PROOF_OF_EMPLOYMENT = "proof_of_employment"
    PROOF_OF_DWELLING = "proof_of_dwelling"
    PROOF_OF_STUDY = "proof_of_study"
    IDENTITY_OF_REPRESENTATIVE = "identity_of_representative"
    KINSHIP = "kinship"


PROOF = {
    Ground.EMPLOYMENT: Paper.PROOF_OF_EMPLOYMENT,
    Ground.DWELLING: Paper.PROOF_OF_DWELLING,
    Ground.STUDY: Paper.PROOF_OF_STUDY,
}
PAPERS = {
    Paper.IDENTITY: sentence("register.permit.paper.identity", "Identity card"),
    Paper.PHOTO: sentence("register.permit.paper.photo", "Photograph"),
    Paper.PROOF_OF_ADDRESS: sentence("register.permit.paper.address", "Proof of the address where you live"),
    Paper.PROOF_OF_EMPLOYMENT: sentence(
        "register.permit.paper.employment", "Proof of work: business licence, labour contract or the employer's statement"
    ),
    Paper.PROOF_OF_DWELLING: sentence(
        "register.permit.paper.dwelling", "Proof of a home: lease, title, purchase contract or a statement of whoever lodges you"
    ),
    Paper.PROOF_OF_STUDY: sentence("register.permit.paper.study", "Proof of study: student card or the school's statement"),
    Paper.IDENTITY_OF_REPRESENTATIVE: sentence(
        "register.permit.paper.representative", "Identity card of the guardian or near relative who comes"
    ),
    Paper.KINSHIP: sentence("register.permit.paper.kinship", "Proof that this person is guardian or near relative"),
}


class Unmet(StrEnum):
    """A condition that isn't met, or not yet."""

    SAME_CITY = "same_city"
    TOO_SHORT = "too_short"
    NO_GROUND = "no_ground"
    MUST_COME_IN_PERSON = "must_come_in_person"


UNMET = {
    Unmet.SAME_CITY: sentence("register.permit.unmet.same_city", "The hukou lies in this city: no residence permit is needed."),
    Unmet.TOO_SHORT: sentence("register.permit.unmet.too_short", "Half a year here is full on %(day)s."),
    Unmet.NO_GROUND: sentence("register.permit.unmet.no_ground", "Work, a home or study here is needed: say which."),
    Unmet.MUST_COME_IN_PERSON: sentence(
        "register.permit.unmet.in_person", "They come themselves: only children under 16 and people who can’t are represented."
    ),
}


@dataclass(frozen=True)
class Application:
    """What is known at the desk. ``city`` and ``hukou_city``: first four digits of the region; ``grounds``: those claimed."""

    day: date
    born: date
    lives_since: date
    city: str
    hukou_city: str
    grounds: frozenset[Ground]
    papers: frozenset[Paper]
    represented: bool = False
    frail: bool = False


@dataclass(frozen=True)
class Answer:
    """All that stands in the way, told once and completely (art. 10). ``from_day``: the day on which half a year is full."""

    unmet: tuple[Unmet, ...]
    missing: tuple[Paper, ...]
    from_day: date

    @property
    def complete(self) -> bool:
        return not self.unmet and not self.missing


def may_be_represented(born: date, day: date, *, frail: bool) -> bool:
    """Below 16, old people who can't come and disabled people may send guardian or near relative (art. 9)."""
    return frail or age_on(born, day) < MAY_ACT_FROM_AGE


def answer(application: Application) -> Answer:
    """What still stands in the way of a permit. Any one ground with its proof is enough; without a ground all three are named."""
    full = months_later(application.lives_since, HALF_A_YEAR_MONTHS)
    unmet = []
    if application.city == application.hukou_city:
        unmet.append(Unmet.SAME_CITY)
    if application.day < full:
        unmet.append(Unmet.TOO_SHORT)
    if not application.grounds:
        unmet.append(Unmet.NO_GROUND)
    allowed = may_be_represented(application.born, application.day, frail=application.frail)
    if application.represented and not allowed:
        unmet.append(Unmet.MUST_COME_IN_PERSON)
    return Answer(tuple(unmet), tuple(_missing(application)), full)


def _missing(application: Application) -> list[Paper]:
    needed = [Paper.IDENTITY, Paper.PHOTO, Paper.PROOF_OF_ADDRESS]
    proofs = [PROOF[ground] for ground in Ground if ground in application.grounds]
    if proofs and not application.papers.intersection(proofs):
        needed += proofs
    if application.represented:
        needed += [Paper.IDENTITY_OF_REPRESENTATIVE, Paper.KINSHIP]
    return [paper for paper in needed if paper not in application.papers]


def issue_by(accepted: date) -> date:
    """The last day for issuing: 15 days from acceptance (art. 10; its 30 days for remote places are none of a city's)."""
    return accepted + timedelta(days=ISSUE_DAYS)


class State(StrEnum):
    """How a permit stands. ``due``: valid, and its window for endorsement is open."""

    NOT_YET = "not_yet"
    VALID = "valid"
    DUE = "due"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True)
class Permit:
    """A permit with its endorsements in any order. ``ended``: the day from which it counts no longer."""

    issued: date
    endorsed: tuple[date, ...] = ()
    ended: date | None = None


@dataclass(frozen=True)
class PermitStanding:
    """A permit on a day. ``years``: full years of unbroken stay shown; ``opens``, ``due``: window of the next endorsement.

    While suspended ``due`` lies in the past; from the day of a late endorsement it works again, and the years begin anew.
    """

    state: State
    years: int
    opens: date | None
    due: date | None


def standing(permit: Permit, day: date) -> PermitStanding:
    """How the permit stands on ``day``, by what happened until then. An endorsement before its window counts for nothing."""
    if day < permit.issued:
        return PermitStanding(State.NOT_YET, 0, None, None)
    begun, endorsed = _terms(permit.issued, permit.endorsed, day)
    due = years_later(begun, endorsed + 1)
    opens = months_later(due, -ENDORSE_WITHIN_MONTHS)
    years = min(endorsed + 1, _full_years(begun, day))
    if permit.ended is not None and permit.ended <= day:
        return PermitStanding(State.ENDED, years, None, None)
    state = State.SUSPENDED if day > due else State.DUE if day >= opens else State.VALID
    return PermitStanding(state, years, opens, due)


def _terms(issued: date, endorsements: Collection[date], day: date) -> tuple[date, int]:
    """From when the years count, and how many of them have been endorsed."""
    begun, endorsed = issued, 0
    for on in sorted(on for on in endorsements if issued < on <= day):
        due = years_later(begun, endorsed + 1)
        if on > due:
            begun, endorsed = on, 0
        elif on >= months_later(due, -ENDORSE_WITHIN_MONTHS):
            endorsed += 1
    return begun, endorsed


def _full_years(begun: date, day: date) -> int:
    years = day.year - begun.year
    return years if years_later(begun, years) <= day else years - 1
