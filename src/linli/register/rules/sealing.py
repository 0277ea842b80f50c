"""What of a person is sealed, where, and what may be asked for without opening it. Keys come from outside, nothing is kept."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from linli.methods.names import initials, normal_name, pinyin, split_name
from linli.register.rules.codes import IDENTITY_CARD

NAME = "register.person.name"
NUMBER = "register.person.number"
FORMER_NUMBER = "register.formernumber.number"
PHONE = "register.person.phone"
BIRTH = "register.person.birth"
HOME_ADDRESS = "register.residence.address"
HUKOU_ADDRESS = "register.hukou.address"
HELPER = "register.careneed.helper"
LANDLORD = "register.tenancy.landlord"
PERMIT_NUMBER = "register.permit.number"
TOLD = "register.reviewitem.told"
DECLARED = "register.declaration.told"
"""Places: a ciphertext opens only at the place, and for the subject, that it was sealed for."""

PHONE_DIGITS = 4


class Seals(Protocol):
    """The key of one data subject."""

    def seal(self, place: str, text: str) -> bytes: ...

    def open(self, place: str, sealed: bytes) -> str: ...


class Blinds(Protocol):
    """The keyed hashes of one community."""

    def index(self, purpose: str, text: str) -> bytes: ...

    def token(self, kind: str, text: str) -> int: ...


def sealed(key: Seals, place: str, text: str) -> bytes:
    """Sealed text; nothing stays nothing."""
    return key.seal(place, text) if text else b""


def opened(key: Seals | None, place: str, stored: bytes | memoryview) -> str:
    """The text, empty where nothing was sealed or the key was destroyed."""
    return key.open(place, bytes(stored)) if key is not None and stored else ""


def number_index(blind: Blinds, kind: str, number: str) -> bytes | None:
    """What a document's number is looked up by: with its kind, since two countries may give the same number."""
    return blind.index("number", f"{kind or IDENTITY_CARD}:{number}") if number else None


def name_tokens(blind: Blinds, name: str) -> dict[str, int | None]:
    """Columns for the search by name: whole, given name alone, whole pinyin without tones, initials. Never the surname alone."""
    whole = normal_name(name)
    given = split_name(whole)[1]
    spelled, short = pinyin(whole), initials(whole)
    return {
        "name_token": blind.token("name", whole) if whole else None,
        # One sign says next to nothing of whom is meant, and would be found by guessing.
        "given_token": blind.token("given", given) if len(given) > 1 else None,
        "pinyin_token": blind.token("pinyin", spelled) if spelled else None,
        "initials_token": blind.token("initials", short) if len(short) > 1 else None,
    }


def phone_token(blind: Blinds, phone: str) -> int | None:
    """Column for the search by the last four digits of the telephone."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    return blind.token("phone", digits[-PHONE_DIGITS:]) if len(digits) >= PHONE_DIGITS else None


def person_columns(key: Seals, blind: Blinds, values: dict[str, Any], *, document_kind: str = "") -> dict[str, Any]:
    """Plain values of a person → what is stored of them; values that are not personal pass through.

    ``values`` may hold name, number, document_number, phone, birth_date and any column that is stored as it is;
    ``document_kind``: what a number belongs to, where ``values`` doesn't say.
    """
    columns = {name: value for name, value in values.items() if name not in _SEALED}
    if "name" in values:
        columns["sealed_name"] = sealed(key, NAME, values["name"])
        columns |= name_tokens(blind, values["name"])
    if "number" in values or "document_number" in values:
        number = values.get("number") or values.get("document_number") or ""
        columns["sealed_number"] = sealed(key, NUMBER, number)
        columns["number_index"] = number_index(blind, values.get("document_kind") or document_kind, number)
    if "phone" in values:
        columns["sealed_phone"] = sealed(key, PHONE, values["phone"])
        columns["phone_token"] = phone_token(blind, values["phone"])
    if "birth_date" in values:
        born: date = values["birth_date"]
        columns["sealed_birth"] = sealed(key, BIRTH, born.isoformat())
        columns["birth_month"] = born.replace(day=1)
    return columns


_SEALED = frozenset({"name", "number", "document_number", "phone", "birth_date"})
