"""Whether one row can be believed at all: its cells against each other, and against the other rows of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.kernel import citizen_number
from linli.kernel.words import Words, sentence
from linli.register.rules.codes import IDENTITY_CARD, LEAVING, Change, number_kind
from linli.register.rules.entries import Entry
from linli.register.rules.masking import masked_number
from linli.register.rules.residence import Status

CHECKSUM = sentence("register.refused.checksum", "The identity number fails its check digit.")
BIRTH_DIFFERS = sentence("register.refused.birth_differs", "The date of birth differs from the one in the identity number.")
SEX_DIFFERS = sentence("register.refused.sex_differs", "The sex differs from the one in the identity number.")
NO_BIRTH = sentence("register.refused.no_birth", "Neither an identity number nor a date of birth is given.")
NO_SEX = sentence("register.refused.no_sex", "Neither an identity number nor the sex is given.")
FUTURE = sentence("register.refused.future", "The date lies after the day of the file, %(day)s.")
BEFORE_BIRTH = sentence("register.refused.before_birth", "The date lies before the date of birth.")
DOUBLED = sentence("register.refused.doubled", "The same person already stands in row %(row)s.")
sentence("register.refused.doubled.any", "The same person already stands in an earlier row.")
TWO_NAMES = sentence("register.refused.two_names", "Row %(row)s has the same number with another name.")
sentence("register.refused.two_names.any", "Another row has the same number with another name.")

CHECK_NUMBER = sentence("register.remedy.check_number", "Check the number on the document and correct it in the source.")
CHECK_DATE = sentence("register.remedy.check_date", "Check both against the document; correct whichever is wrong in the source.")
GIVE_BIRTH = sentence("register.remedy.give_birth", "Give the date of birth, for example 1985-03-07.")
GIVE_SEX = sentence("register.remedy.give_sex", "Give 1 or 男 for male, 2 or 女 for female.")
CORRECT_DATE = sentence("register.remedy.correct_date", "Correct the date in the source.")
DROP_ROW = sentence("register.remedy.drop_row", "Nothing to do if both rows agree; else remove the wrong one from the source.")
ASK_BOTH = sentence("register.remedy.ask_both", "Neither row is taken. Ask both people for their document.")


@dataclass(frozen=True)
class Refusal:
    """Why a row is refused: the reason, the remedy, the field at fault and its cell, masked."""

    words: Words
    remedy: Words
    column: str = ""
    shown: str = ""


def read(number: int, values: Mapping[str, Any], day: date) -> Entry | Refusal:
    """One row as an entry, or why it is refused. ``day``: the day at whose beginning the file stands."""
    document_kind = values.get("document") or ""
    said_number = values.get("number") or ""
    overseas = number_kind(document_kind) != IDENTITY_CARD
    citizen = "" if overseas else said_number
    birth, sex = values.get("birth"), values.get("sex") or ""
    if citizen:
        fault = _number_fault(citizen, birth, sex)
        if fault:
            return fault
        birth, sex = citizen_number.birth_date(citizen), citizen_number.sex(citizen)
    if birth is None:
        return Refusal(Words(NO_BIRTH), Words(GIVE_BIRTH), "birth")
    if not sex:
        return Refusal(Words(NO_SEX), Words(GIVE_SEX), "sex")
    for column in ("birth", "since", "change_date", "consent"):
        given = birth if column == "birth" else values.get(column)
        if given is None:
            continue
        if given > day:
            words = Words(FUTURE, {"day": {"day": day.isoformat(), "style": "year"}})
            return Refusal(words, Words(CORRECT_DATE), column, str(given.year))
        if given < birth:
            return Refusal(Words(BEFORE_BIRTH), Words(CORRECT_DATE), column, str(given.year))
    return Entry(
        row=number,
        name=values["name"],
        sex=sex,
        birth_date=birth,
        number=citizen,
        document_kind=document_kind or (IDENTITY_CARD if citizen else ""),
        document_number=said_number if overseas else "",
        register_no=values.get("key") or "",
        phone=values.get("phone") or "",
        ethnicity=values.get("ethnic") or "",
        education=values.get("education") or "",
        household=values.get("household") or "",
        relation=values.get("relation") or "",
        said=values.get("residence"),
        region=values.get("hukou_region") or "",
        hukou_text=values.get("hukou_address") or "",
        address=values.get("address") or "",
        since=values.get("since"),
        needs=values.get("needs") or frozenset(),
        consent=values.get("consent"),
        change=values.get("change") or Change.REGISTERED,
        change_date=values.get("change_date"),
        verified=values.get("verified"),
    )


def _number_fault(number: str, birth: date | None, sex: str) -> Refusal | None:
    if not citizen_number.is_valid(number):
        return Refusal(Words(CHECKSUM), Words(CHECK_NUMBER), "number", masked_number(number))
    if birth is not None and citizen_number.birth_date(number) != birth:
        return Refusal(Words(BIRTH_DIFFERS), Words(CHECK_DATE), "birth", str(birth.year))
    if sex in ("1", "2") and citizen_number.sex(number) != sex:
        return Refusal(Words(SEX_DIFFERS), Words(CHECK_DATE), "sex", sex)
    return None


def doubles(entries: Sequence[Entry]) -> dict[int, Refusal]:
    """Refusals by row number: a person written twice (the first row counts), and two names on one number (none counts).

    Nobody is the same as somebody else because both have no number.
    """
    refused: dict[int, Refusal] = {}
    bearer: dict[str, Entry] = {}
    shared: dict[str, list[Entry]] = {}
    first: dict[object, int] = {}
    for entry in entries:
        if entry.number:
            first_of = bearer.setdefault(entry.number, entry)
            if first_of is not entry:
                shared.setdefault(entry.number, [first_of]).append(entry)
            continue
        keys: list[object] = []
        if entry.document_number:
            keys.append((entry.document_kind, entry.document_number, entry.name))
        else:
            keys.append((entry.name, entry.birth_date, entry.sex, entry.address))
            if entry.register_no:
                keys.append((entry.register_no, entry.name))
        earlier = next((first[key] for key in keys if key in first), None)
        if earlier is not None:
            refused[entry.row] = Refusal(Words(DOUBLED, {"row": str(earlier)}), Words(DROP_ROW), "name")
        else:
            first.update((key, entry.row) for key in keys)
    for group in shared.values():
        if len({entry.name for entry in group}) == 1:
            for entry in group[1:]:
                refused[entry.row] = Refusal(Words(DOUBLED, {"row": str(group[0].row)}), Words(DROP_ROW), "number")
            continue
        for entry in group:
            other = next(e for e in group if e.name != entry.name)
            shown = masked_number(entry.number)
            refused[entry.row] = Refusal(Words(TWO_NAMES, {"row": str(other.row)}), Words(ASK_BOTH), "number", shown)
    return refused


def lives_here(entry: Entry) -> bool:
    """Whether the row speaks of somebody who lives here from now on."""
    return entry.change not in LEAVING and entry.said is not Status.ABSENT
