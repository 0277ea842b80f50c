"""National code tables of the population register, and the words and short forms under which they are delivered.

The tables are data (:mod:`linli.kernel.code_tables`): GB/T 2261.1 (sex), GB/T 4761-2008 (relation to the head; two digits, with its
one-digit form), GB/T 4658 (education), GB/T 3304 (ethnicity), GA/T 517 (documents), GB/T 2260 (regions).
"""

# ruff: noqa: E501 - tables are read by their columns
from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from linli.kernel.code_tables import table

_SEX = table("GB/T 2261.1")
SEXES = (
    {code: code for code in _SEX.codes()} | {word.upper(): code for word, code in _SEX.words().items()} | {"男": "1", "女": "2"}
)
"""Code or word, in capitals → code."""

_RELATION = table("GB/T 4761")
RELATIONS = {code: _RELATION.name(code, "zh") for code in _RELATION.codes()}
HEADS = frozenset({"01", "02"})
# One digit says less; it is taken for the group, so that 1 (配偶) does not become a husband or a wife.
_ONE_DIGIT = {code: "02" if code == "0" else f"{code}0" for code in table("GB/T 4761 one digit").codes()}

_EDUCATION = table("GB/T 4658")
EDUCATION = {code: _EDUCATION.name(code, "zh") for code in _EDUCATION.codes() if code.endswith("0")}
"""The groups of two digits: what the register keeps."""

_ETHNICITY = table("GB/T 3304")
ETHNICITIES = {code: _ETHNICITY.name(code, "zh") for code in _ETHNICITY.codes() if code < "57"}
"""The 56 of the standard, without 97 and 98."""

IDENTITY_CARD = "111"
CITIZEN_DOCUMENTS = frozenset({IDENTITY_CARD, "112", "113"})
"""Identity card, temporary card, household booklet: each carries the citizen's own number, so it is one number on all three."""
_DOCUMENT = table("GA/T 517")
DOCUMENTS = {code: _DOCUMENT.name(code, "zh") for code in _DOCUMENT.codes()}
# Documents of people who are not registered on the mainland. A passport is taken for a foreign one: citizens show their identity card.
OVERSEAS_DOCUMENTS = frozenset({"411", "412", "414", "417", "418", "420", "421", "511", "516", "553", "554", "555", "L11", "L16"})

_REGION = table("GB/T 2260")
PROVINCES = {
    code[:2]: (_REGION.name(code, "en"), row.also[0] if (row := _REGION.get(code)) and row.also else _REGION.name(code, "zh"))
    for code in _REGION.codes()
    if code.endswith("0000")
}
"""First two digits of a region code → its English and its short Chinese name."""


class Change(StrEnum):
    """What a row says happened (变动类别)."""

    REGISTERED = "registered"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"
    BORN = "born"
    DIED = "died"
    AMENDED = "amended"


LEAVING = frozenset({Change.MOVED_OUT, Change.DIED})
_CHANGE_WORDS = {
    "登记": Change.REGISTERED, "在册": Change.REGISTERED, "核实": Change.REGISTERED, "迁入": Change.MOVED_IN, "流入": Change.MOVED_IN,
    "迁出": Change.MOVED_OUT, "流出": Change.MOVED_OUT, "注销": Change.MOVED_OUT, "出生": Change.BORN, "死亡": Change.DIED, "变更": Change.AMENDED,
} | {change.value: change for change in Change} | {"changed": Change.AMENDED}  # fmt: skip


def sex(text: str) -> str | None:
    """GB/T 2261.1 code, or None where the text is none."""
    return SEXES.get(text.strip().upper())


def relation(text: str) -> str | None:
    """GB/T 4761 two-digit code from a two-digit or one-digit code or a word, or None."""
    bare = text.strip()
    return _ONE_DIGIT.get(bare) or _RELATION.code(bare)


def education(text: str) -> str | None:
    """GB/T 4658 group (10, 20 …) from a code or a word, or None."""
    bare = text.strip()
    if len(bare) == 2 and bare.isdigit():
        return bare[0] + "0" if bare[0] + "0" in EDUCATION else None
    found = _EDUCATION.code(bare)
    return found[0] + "0" if found else None


def ethnicity(text: str) -> str | None:
    """GB/T 3304 code from a code or a word, or None."""
    return _ETHNICITY.code(text)


def document(text: str) -> str | None:
    """GA/T 517 code from a code or a word, or None."""
    return _DOCUMENT.code(text)


def number_kind(kind: str) -> str:
    """The kind of document under which a number is looked up: a citizen's number is one, whichever of their papers shows it."""
    return IDENTITY_CARD if not kind or kind in CITIZEN_DOCUMENTS else kind


def change(text: str) -> Change | None:
    """What happened, from its word, or None."""
    return _CHANGE_WORDS.get(text.strip())


def is_family(code: str) -> bool:
    """Whether a relation is one of spouse, descendant, ascendant or sibling; ``8x`` and ``9x`` are too loose to live on."""
    return code[:1] in "1234567" and code not in {"", *HEADS}


def province(region: str) -> str:
    """First two digits of a region code, ``"00"`` where it names none."""
    return region[:2] if region[:2] in PROVINCES else "00"


def choices(table: Mapping[str, object]) -> list[tuple[str, str]]:
    """A table as choices of a model field, without names: what people read comes from the catalogue."""
    return [(code, code) for code in table]
