"""Names of people: one spelling to compare by, surname and given name, pinyin without tones, initials.

Han characters are folded to their simplified standard form, Latin letters to small ones without accents, the middle dots of
minority names (· • ． ‧ ・) to one. Surnames sound otherwise than the same character elsewhere (单 shàn, 仇 qiú, 曾 zēng).
Nothing is guessed: a name that can't be divided keeps an empty surname.
Sources: characters from OpenCC (Apache-2.0) and common variants (``data/variants.txt``), sounds from pypinyin (MIT).
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

__all__ = ["Forms", "forms", "initials", "is_han", "normal_name", "pinyin", "split_name"]

DOT = "·"
_DOTS = "·•‧∙⋅●・･．。▪◦᛫・˙"
_LEAVE_OUT = "'’‘`´ʹʼ\u00ad\u200b\u200c\u200d\ufeff\u2060"
_TO_SPACE = "-‐‑‒–—―_/\\\t\r\n\u3000\xa0.,"
_PLAIN: dict[int, str] = {
    **dict.fromkeys(map(ord, _DOTS), DOT),
    **dict.fromkeys(map(ord, _LEAVE_OUT), ""),
    **dict.fromkeys(map(ord, _TO_SPACE), " "),
    **dict(zip(map(ord, "ßøđłæœþðı"), ("ss", "o", "d", "l", "ae", "oe", "th", "d", "i"), strict=True)),
}
_ONLY_HAN = re.compile("[\u4e00-\u9fff]+\\Z")
"""No Latin letter, no mark, no space, and no sign that is another's compatibility form: nothing but variants to fold."""
_HAN = re.compile("[〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_GAPS = re.compile(r"\s+")
_ONLY_ASCII_SMALL = re.compile(r"[a-z]+(?: [a-z]+)*\Z")


def _table(name: str) -> list[str]:
    lines = files("linli.methods").joinpath("data", name).read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def _sections() -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    words: list[str] = []
    for line in _table("surnames.txt"):
        if line.startswith("["):
            words = sections.setdefault(line.strip("[]"), [])
        else:
            words.extend(line.split())
    return sections


_SECTIONS = _sections()
COMPOUND = frozenset(_SECTIONS["compound"])
"""Surnames of more than one character."""
COMMON = frozenset("".join(_SECTIONS["common"]))
"""Surnames of one character that are in use; asked only where a name of four characters could be divided in two ways."""
_SURNAME_SOUNDS = {name: sound.split(",") for name, _, sound in (pair.partition("=") for pair in _SECTIONS["surname sounds"])}
_GIVEN_SOUNDS = {sign: sound for sign, _, sound in (pair.partition("=") for pair in _SECTIONS["given sounds"])}
"""Where a character in a given name sounds otherwise than the table's first reading."""


def normal_name(text: str) -> str:
    """The one spelling of a name that is compared: ``"歐陽　菲菲"`` → ``"欧阳菲菲"``, ``"José  O'Brien"`` → ``"jose obrien"``."""
    if _ONLY_HAN.match(text):
        return text.translate(_folding())
    text = unicodedata.normalize("NFKC", text).casefold().strip()
    if text.isascii():
        if _ONLY_ASCII_SMALL.match(text):
            return text
    else:
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    if _HAN.search(text):
        text = text.replace(".", DOT).replace(" ", "")
    text = text.translate(_folding())
    text = _GAPS.sub(" ", text).strip(" " + DOT)
    if _HAN.search(text):
        text = text.replace(" ", "")
    return text


def is_han(text: str) -> bool:
    """Whether a normal name is written in Chinese characters: the first sign decides."""
    return bool(_HAN.match(text))


def split_name(text: str) -> tuple[str, str]:
    """Surname and given name of a normal or raw name.

    ``"欧阳菲菲"`` → ``("欧阳", "菲菲")``. A name with a middle dot has the given name first (买买提·艾力: given 买买提; the
    father's name after it stands where a surname would). Latin names as passports and registers print them, surname first,
    with or without a comma. Four and more characters whose first is no known surname (扎西顿珠): no surname.
    """
    surname, comma, given = text.replace("，", ",").partition(",")
    if comma:
        return normal_name(surname), normal_name(given)
    name = normal_name(text)
    if DOT in name:
        given, _, surname = name.partition(DOT)
        return surname.strip(), given.strip()
    if is_han(name):
        return _split_han(name)
    surname, _, given = name.partition(" ")
    return (surname, given) if given else ("", surname)


def _split_han(name: str) -> tuple[str, str]:
    for length in (4, 2):
        if len(name) >= length and name[:length] in COMPOUND:
            return name[:length], name[length:]
    if len(name) == 1:
        return name, ""
    if len(name) <= 3 or (len(name) == 4 and name[0] in COMMON):
        return name[0], name[1:]
    return "", name


def pinyin(text: str, *, surname: bool = True) -> str:
    """Sound without tones, joined: ``"单雄信"`` → ``"shanxiongxin"``; ü is v. Latin letters stay.

    ``surname`` False: a given name alone, whose first character has no surname's sound.
    """
    name = normal_name(text)
    if name.isascii():
        return name.replace(" ", "")
    return "".join(_syllables(name, surname=surname))


def initials(text: str, *, surname: bool = True) -> str:
    """First letters: of each character (欧阳菲菲: ``"oyff"``), of each word of a Latin name (KIM MINJUN: ``"km"``)."""
    name = normal_name(text)
    return "".join(sound[0] for sound in _syllables(name, surname=surname))


class Forms(NamedTuple):
    """All that a name is compared and looked for by."""

    normal: str
    given: str
    pinyin: str
    initials: str


def forms(text: str) -> Forms:
    """``normal_name``, the given name, ``pinyin`` and ``initials`` of a name, in one pass over it."""
    name = normal_name(text)
    given = split_name(name)[1] if DOT in name or not is_han(name) else _split_han(name)[1]
    sounds = _syllables(name, surname=True)
    return Forms(name, given, name.replace(" ", "") if name.isascii() else "".join(sounds), "".join([s[0] for s in sounds]))


def _syllables(name: str, *, surname: bool) -> list[str]:
    """Sounds of the characters of a normal name; a Latin word is one."""
    found: list[str] = []
    if surname and (first := _surname_sounds(name)):
        count, found = first
        name = name[count:]
    word = ""
    for sign in name:
        if sign.isascii() and sign.isalnum():
            word += sign
            continue
        if word:
            found.append(word)
            word = ""
        if sound := _sound(sign):
            found.append(sound)
    if word:
        found.append(word)
    return found


def _surname_sounds(name: str) -> tuple[int, list[str]] | None:
    """How many characters the surname takes, and its sounds; None where it sounds as usual."""
    for count in (4, 2, 1):
        if len(name) >= count and (sounds := _SURNAME_SOUNDS.get(name[:count])):
            return count, list(sounds)
    return None


@cache
def _sound(sign: str) -> str:
    """One character's sound in a given name, without its tone; signs without a sound give nothing, other letters themselves."""
    if sign in _GIVEN_SOUNDS:
        return _GIVEN_SOUNDS[sign]
    reading = _readings().get(ord(sign), "").partition(",")[0]
    if reading:
        return _toneless(reading)
    return sign if sign.isalnum() else ""


@cache
def _readings() -> dict[int, str]:
    """Characters' readings with tones, the commonest first. Loaded when first asked for: 42,000 entries, 0.1 s.

    The table alone: importing pypinyin loads its dictionary of phrases as well, which takes half a second and 60 MB.
    """
    folder = next(iter(find_spec("pypinyin").submodule_search_locations))  # type: ignore[union-attr, arg-type]
    table: dict[str, str] = json.loads(Path(folder, "pinyin_dict.json").read_text("utf-8"))
    return {int(code): readings for code, readings in table.items()}


def _toneless(reading: str) -> str:
    apart = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(one for one in apart if not unicodedata.combining(one)).replace("ê", "e")


@cache
def _folding() -> dict[int, str]:
    pairs = "".join(_table("variants.txt"))
    return _PLAIN | {ord(pairs[at]): pairs[at + 1] for at in range(0, len(pairs), 2)}
