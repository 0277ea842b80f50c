"""Documents that show who somebody is: how their numbers are written, and how near their end is.

Sources: GA/T 517-2004 (kinds), GB 11643-1999 (eighteen signs; fifteen before 1999), the form of the permanent residence card
issued since December 2023, 港澳台居民居住证申领发放办法 (2018; numbers from 81, 82, 83). The forms of other documents follow
common practice: a number that doesn't fit is *asked about*, never refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from linli.kernel import citizen_number
from linli.kernel.periods import months_later
from linli.register.rules.codes import CITIZEN_DOCUMENTS, IDENTITY_CARD

PERMANENT_RESIDENCE_CARD = "553"
HONG_KONG_MACAO_RESIDENCE = "L16"
TAIWAN_RESIDENCE = "L11"


class Holder(StrEnum):
    """Whom a number of eighteen signs belongs to."""

    CITIZEN = "citizen"
    FOREIGN_RESIDENT = "foreign_resident"
    HONG_KONG = "hong_kong"
    MACAO = "macao"
    TAIWAN = "taiwan"


_BY_REGION = {"810000": Holder.HONG_KONG, "820000": Holder.MACAO, "830000": Holder.TAIWAN}
KIND_OF_HOLDER = {
    Holder.CITIZEN: IDENTITY_CARD,
    Holder.FOREIGN_RESIDENT: PERMANENT_RESIDENCE_CARD,
    Holder.HONG_KONG: HONG_KONG_MACAO_RESIDENCE,
    Holder.MACAO: HONG_KONG_MACAO_RESIDENCE,
    Holder.TAIWAN: TAIWAN_RESIDENCE,
}
"""The document (GA/T 517) that a number of this holder stands on."""


def holder(number: str) -> Holder | None:
    """Whom a number belongs to by its form; None where it fails the check digit or names no day.

    All five kinds pass the check of GB 11643, but only one is a citizen's. The region 999999 of synthetic people is a citizen's.
    """
    bare = as_eighteen(number)
    if not citizen_number.is_valid(bare):
        return None
    if bare.startswith("9") and not bare.startswith(citizen_number.NEVER_ISSUED_REGION):
        return Holder.FOREIGN_RESIDENT
    return _BY_REGION.get(bare[:6], Holder.CITIZEN)


def as_eighteen(number: str) -> str:
    """A number in the form in which it is compared: normalised, and fifteen digits made eighteen.

    The old number lacks century and check digit. Its last three signs were 996 to 999 for people born before 1900.
    Anything that is no old number comes back normalised only.
    """
    bare = citizen_number.normalise(number)
    if len(bare) != 15 or not bare.isascii() or not bare.isdigit():
        return bare
    first17 = bare[:6] + ("18" if bare[12:] >= "996" else "19") + bare[6:]
    full = first17 + citizen_number.check_character(first17)
    return full if citizen_number.birth_date(full) is not None else bare


def same_number(first: str, second: str) -> bool:
    """Whether two numbers are one, in either length. Two empty ones are not: nobody is known by having none."""
    return bool(first.strip()) and as_eighteen(first) == as_eighteen(second)


class Fault(StrEnum):
    """What is odd about a number: a question to ask at the desk, no refusal by itself."""

    CHECK = "check"
    FORM = "form"
    KIND = "kind"
    BIRTH = "birth"


_FORMS = {
    "117": re.compile(r"[A-Z]\d{9}"),
    "414": re.compile(r"(?=.*\d)[A-Z0-9]{6,15}"),
    "511": re.compile(r"\d{8}|\d{10}[A-Z]?"),
    "516": re.compile(r"[HM]\d{8}(\d{2})?"),
}
_OLD_RESIDENCE_CARD = re.compile(r"[A-Z]{3}\d{12}")
_EIGHTEEN = CITIZEN_DOCUMENTS | {PERMANENT_RESIDENCE_CARD, HONG_KONG_MACAO_RESIDENCE, TAIWAN_RESIDENCE}


def clean(kind: str, number: str) -> str:
    """The number as it is kept and compared: eighteen signs for what has them, else capitals without spaces, dashes, brackets."""
    bare = citizen_number.normalise(number)
    if kind in _EIGHTEEN or not kind:
        return as_eighteen(bare)
    return re.sub(r"[-–()（）·.]", "", bare)


def fault(kind: str, number: str, born: date | None = None) -> Fault | None:
    """What is odd about the number of a document, or None. A missing number is no fault: newborns and others have none."""
    bare = clean(kind, number)
    if not bare:
        return None
    if kind == PERMANENT_RESIDENCE_CARD and _OLD_RESIDENCE_CARD.fullmatch(bare):
        return None
    if kind in _EIGHTEEN:
        belongs = holder(bare)
        if belongs is None:
            return Fault.CHECK
        meant = IDENTITY_CARD if kind in CITIZEN_DOCUMENTS else kind
        if KIND_OF_HOLDER[belongs] != meant:
            return Fault.KIND
        return Fault.BIRTH if born is not None and citizen_number.birth_date(bare) != born else None
    form = _FORMS.get(kind)
    return Fault.FORM if form is not None and not form.fullmatch(bare) else None


REGISTER_BIRTH_WITHIN_MONTHS = 1
"""户口登记条例 art. 7: a birth is registered within one month; until then nobody can have a number."""


def ask_for_number(born: date, number: str, day: date) -> bool:
    """Whether it is time to ask for the number of somebody who has none: not before a newborn must have been registered."""
    return not number.strip() and day > months_later(born, REGISTER_BIRTH_WITHIN_MONTHS)


WARN_DAYS = (90, 30, 0)
"""Days before the end at which the holder is told. The last is the day itself."""


@dataclass(frozen=True)
class Expiry:
    """How a document stands on a day. ``step``: the warning that is due (90, 30, 0) or None; ``days_left`` may be negative."""

    days_left: int | None
    step: int | None
    expired: bool


def expiry(good_to: date | None, day: date) -> Expiry:
    """How a document good up to and including ``good_to`` stands; None is one without end."""
    if good_to is None:
        return Expiry(None, None, False)
    left = (good_to - day).days
    step = min((days for days in WARN_DAYS if left <= days), default=None)
    return Expiry(left, step, left < 0)


def warnings_between(good_to: date, after: date, until: date) -> list[tuple[date, int]]:
    """(day, step) of the warnings that fall into ``(after, until]``, so that a weekly run misses none and repeats none."""
    days = [(date.fromordinal(good_to.toordinal() - step), step) for step in WARN_DAYS if good_to.toordinal() > step]
    return [(on, step) for on, step in days if after < on <= until]
