"""The signs of an address: one way of writing digits, dashes, brackets and Latin words; what isn't address is cut off."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {sign: at for at, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMERAL = "零〇一二两三四五六七八九十百"
_CHINESE_NUMBER = re.compile(
    rf"[{_NUMERAL}]{{1,4}}(?=号|栋|幢|座|单元|门|弄|巷|支弄|层|室|房|楼)"
    # 柳湾二村 is the second of several; 五一新村 is a name.
    rf"|(?<![{_NUMERAL}])(?:[一二三四五六七八九]|十[一二三四五六七八九]?)(?=村|区|小区|新村)"
    rf"|(?<=单元)[{_NUMERAL}]{{3,4}}$|(?<=第)[{_NUMERAL}]{{1,3}}"
)
_ANY_NUMERAL = re.compile(f"[{_NUMERAL}]")
_LATIN = (
    (re.compile(r"\b(?:BUILDING|BLDG|BLOCK|BLK)\.?\s*(?:NO\.?\s*)?(\d+|[A-Z]\b)"), r"\1号楼"),
    (re.compile(r"\b(\d+)\s+HAO\s*LOU\b"), r"\1号楼"),
    (re.compile(r"\b(?:UNIT|ENTRANCE|STAIR|STAIRCASE)\.?\s*(\d+)"), r"\1单元"),
    (re.compile(r"\b(?:ROOM|RM|FLAT|APT|APARTMENT)\.?\s*(?:NO\.?\s*)?(\d+[A-Z]?)"), r"\1室"),
    (re.compile(r"\b(\d+)\s*(?:DANYUAN|DAN YUAN)\b"), r"\1单元"),
    (re.compile(r"\b(\d+)\s*SHI\b"), r"\1室"),
    (re.compile(r"\b(\d+)(?:ST|ND|RD|TH)\s+FLOOR\b|\b(?:FLOOR|FL)\.?\s*(\d+)"), r"\1\2层"),
    (re.compile(r"\bNO\.?\s*(\d+)"), r"\1号"),
)
_LATIN_WORD = re.compile(r"[A-Z]{2}")
_DASHES = re.compile(r"[—–‐‑‒―－−﹣─━~～〜ー]+|-{2,}")
_COMMAS = str.maketrans(
    {"，": ",", "。": ",", "；": ";", "：": ":", "、": ",", "﹟": "#", "＃": "#", "·": ",", "|": ";", "\n": ";"}
)
_ODD = re.compile("[，。；：、﹟＃·|\n]")
# Telephones, post codes and file numbers: no house has a number of six digits.
_LONG_NUMBER = re.compile(
    r"(?:\(?(?:联系)?(?:电话|手机号?|TEL\.?|PHONE)[:\s]*)?(?<!\d)"
    r"(?:\d{3,4}[- ]\d{4}[- ]?\d{4}(?!\d)|0\d{2,3}-\d{7,8}(?!\d)|\d{6,}(?:-\d+)?)\)?|(?:邮编|邮政编码)[:\s]*\d*"
)
_MAYBE_LONG = re.compile(r"\d{6}|\d{3}[- ]\d{4}|邮|-\d{7}")
_BRACKET = re.compile(r"[(\[【「〔《][^()\[\]【】「」〔〕《》]*[)\]】」〕》]?")
_BRACKET_SIGNS = re.compile(r"[()\[\]【】「」〔〕《》]")
_SPACE_TO_DROP = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
_AROUND_DASH = re.compile(r" *- *")
_SPACES = re.compile(r"\s+")


def normalise(text: str) -> str:
    """Half width, one kind of dash, Chinese numbers before 号楼, 单元 and the like as digits, spaces between signs gone."""
    flat = _half_width(text)
    # A space between two Latin words or two numbers means something; any other was typed by habit.
    flat = re.sub(r"(?<=[^A-Z0-9])\s+|\s+(?=[^A-Z0-9])", "", flat)
    return _SPACES.sub(" ", flat)


def clean(text: str) -> str:
    """As ``normalise``, but a space beside a number stays, for it may part two numbers; telephones and post codes are gone."""
    flat = _half_width(text)
    if _ODD.search(flat):
        flat = flat.translate(_COMMAS)
    if _MAYBE_LONG.search(flat):
        flat = _LONG_NUMBER.sub(" ", flat)
    if " " in flat:
        flat = _AROUND_DASH.sub("-", flat.strip())
    return flat


def without_remarks(flat: str) -> str:
    """Brackets and what stands in them are gone: (出租), (二房东), (502旁)."""
    return _BRACKET.sub("", flat)


def opened(flat: str) -> str:
    """The brackets are gone, what stood in them stays: 桐荫路18弄(柳荫苑)3号楼."""
    return _BRACKET_SIGNS.sub(" ", flat)


def has_brackets(flat: str) -> bool:
    """Whether anything stands in brackets."""
    return _BRACKET_SIGNS.search(flat) is not None


def _half_width(text: str) -> str:
    flat = unicodedata.normalize("NFKC", text).strip().upper()
    flat = _DASHES.sub("-", flat)
    if " " in flat or "\t" in flat:
        flat = _SPACES.sub(" ", _SPACE_TO_DROP.sub("", flat))
    if _LATIN_WORD.search(flat):
        for pattern, into in _LATIN:
            flat = pattern.sub(into, flat)
    return _CHINESE_NUMBER.sub(_as_digits, flat) if _ANY_NUMERAL.search(flat) else flat


def _as_digits(found: re.Match[str]) -> str:
    number = chinese_number(found[0])
    return found[0] if number is None else str(number)


def chinese_number(text: str) -> int | None:
    """The number that Chinese numerals write, 0 to 999: 三, 十二, 二十, 五〇一, 一百零三. None where they write none."""
    if "十" not in text and "百" not in text:
        return int("".join(str(_DIGITS[sign]) for sign in text))
    total, rest = 0, text
    for unit, worth in (("百", 100), ("十", 10)):
        if unit not in rest:
            continue
        before, _, rest = rest.partition(unit)
        before = before.lstrip("零〇")
        if before and before not in _DIGITS:
            return None
        total += (_DIGITS[before] if before else 1) * worth
    rest = rest.lstrip("零〇")
    if rest and rest not in _DIGITS:
        return None
    return total + (_DIGITS[rest] if rest else 0)
