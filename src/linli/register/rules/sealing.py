"""What of a person is sealed, where, and what may be asked for without opening it. Keys come from outside, nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Protocol

from linli.methods.names import forms
from linli.register.rules.codes import number_kind

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


class BlindsMany(Blinds, Protocol):
    """The same for whole columns; of None there is none."""

    def indexes(self, purpose: str, texts: Iterable[str | None]) -> list[bytes | None]: ...

    def tokens(self, purpose: str, texts: Sequence[str | None]) -> list[int | None]: ...


def sealed(key: Seals, place: str, text: str) -> bytes:
    """Sealed text; nothing stays nothing."""
    return key.seal(place, text) if text else b""


def opened(key: Seals | None, place: str, stored: bytes | memoryview) -> str:
    """The text, empty where nothing was sealed or the key was destroyed."""
    return key.open(place, bytes(stored)) if key is not None and stored else ""


def number_index(blind: Blinds, kind: str, number: str) -> bytes | None:
    """What a document's number is looked up by: with its kind, since two countries may give the same number.

    A citizen's number is one, whichever of their documents shows it.
    """
    text = _indexed(kind, number)
    return blind.index("number", text) if text else None


def _indexed(kind: str, number: str) -> str | None:
    return f"{number_kind(kind)}:{number}" if number else None


def name_tokens(blind: Blinds, name: str) -> dict[str, int | None]:
    """Columns for the search by name: whole, given name alone, whole pinyin without tones, initials. Never the surname alone."""
    texts = _searched(name)
    return {f"{kind}_token": blind.token(kind, text) if text else None for kind, text in zip(_KINDS, texts, strict=True)}


_KINDS = ("name", "given", "pinyin", "initials")


def _searched(name: str) -> tuple[str | None, str | None, str | None, str | None]:
    """Beside ``_KINDS``: by which texts somebody of that name may be looked for."""
    whole, given, spelled, short = forms(name)
    # One sign says next to nothing of whom is meant, and would be found by guessing.
    return whole or None, given if len(given) > 1 else None, spelled or None, short if len(short) > 1 else None


def phone_token(blind: Blinds, phone: str) -> int | None:
    """Column for the search by the last four digits of the telephone."""
    last = _last_digits(phone)
    return blind.token("phone", last) if last else None


def _last_digits(phone: str) -> str | None:
    digits = phone if phone.isdigit() else "".join(sign for sign in phone if sign.isdigit())
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else None


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


def found_by(
    blind: BlindsMany,
    *,
    names: Sequence[str],
    numbers: Iterable[tuple[str, str]],
    phones: Sequence[str],
    births: Sequence[date],
) -> dict[str, list[Any]]:
    """Of many people at once, the columns that ``person_columns`` makes beside the sealed ones. ``numbers``: (kind, number)."""
    searched = {name: _searched(name) for name in set(names)}
    months = {born: born.replace(day=1) for born in set(births)}
    columns: dict[str, list[Any]] = {"number_index": blind.indexes("number", [_indexed(*number) for number in numbers])}
    for at, kind in enumerate(_KINDS):
        columns[f"{kind}_token"] = blind.tokens(kind, [searched[name][at] for name in names])
    columns["phone_token"] = blind.tokens("phone", [_last_digits(phone) for phone in phones])
    columns["birth_month"] = [months[born] for born in births]
    return columns
