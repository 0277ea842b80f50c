"""What stands before the name: province, city, district, sub-district, community. Ours, or somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterable

from linli.register.rules.addresses.signs import normalise

_LEVELS = (
    ("province", ("省", "自治区")),
    ("city", ("市", "自治州", "地区", "盟")),
    ("county", ("区", "县", "旗", "新区")),
    ("street", ("街道", "街道办事处", "街道办", "镇", "乡")),
    ("community", ("社区", "社区居委会", "居委会", "居委", "村委会")),
)
_LEVEL_OF = {word: level for level, words in _LEVELS for word in words}
_PART = re.compile(
    r"(?P<name>[㐀-鿿0-9]{1,10}?)(?P<word>自治区|自治州|街道办事处|街道办|街道|社区居委会|社区|居委会|居委|村委会|省|市|新区|区|县|旗|镇|乡)"
)
_LABEL = re.compile(
    r"^(?:(?:现|常|居|家庭|户籍|实际)*(?:住址|地址|居住地|居住地址|住地|现住|现居|居住|住在|住)"
    r"|本市|本区|中国|租住(?:在|于)?|[㐀-鿿]{2,3}[, ]*,)[:, ]*"
)
_CHINESE = re.compile(r"[㐀-鿿]")
_CITY = re.compile(r",? *(?:\d{4,5}|\d{3} \d{2})?[ ,]*(?P<city>[^\W\d_][^\d,;]{2,30}?)(?: \d{1,2})?$")
_NOTHING = re.compile(r"^[ ,.:;/-]*(?:第?\d{1,3}号?网格)?[ ,.:;/-]*$")


class Prefix:
    """The names of our own areas. ``areas``: from province to community, in any order, those that are known."""

    def __init__(self, areas: Iterable[str] = ()) -> None:
        areas = list(areas)
        self._ours: dict[str, set[str]] = {}
        self._stems: list[str] = []
        for area in areas:
            for part in _PART.finditer(normalise(area)):
                self._ours.setdefault(_LEVEL_OF[part["word"]], set()).add(part["name"])
                self._stems.append(part["name"])
        self._latin = {normalise(area) for area in areas if not _CHINESE.search(area)}
        self._stems.sort(key=lambda stem: -len(stem))
        self._judged: dict[str, str] = {"": ""}

    def judge(self, text: str) -> str:
        """'' where ``text`` says nothing of areas, 'ours', 'elsewhere' where it names another, 'unknown' for anything else."""
        known = self._judged.get(text)
        if known is None:
            if len(self._judged) > 50_000:
                self._judged = {"": ""}
            known = self._judged[text] = self._judge(text)
        return known

    def without_city(self, text: str) -> str:
        """``text`` without our own city, and its post code, at its end: Mannerheimintie 10, 00100 Helsinki."""
        found = _CITY.search(text)
        return text[: found.start()] if found is not None and found["city"] in self._latin else text

    def without(self, text: str) -> str:
        """``text`` without our own areas at its beginning."""
        rest = _LABEL.sub("", text).lstrip(" ,.:;-/")
        while (part := _PART.match(rest)) is not None and self._is_ours(
            part["name"], self._ours.get(_LEVEL_OF[part["word"]], set())
        ):
            rest = rest[part.end() :].lstrip(" ,.:;-/")
        return rest

    def _judge(self, text: str) -> str:
        rest = _LABEL.sub("", text).strip(" ,.:;-/")
        named = False
        while rest:
            part = _PART.match(rest)
            if part is None:
                stem = next((stem for stem in self._stems if len(stem) >= 2 and rest.startswith(stem)), None)
                if stem is None:
                    break
                named, rest = True, rest[len(stem) :].lstrip(" ,.:;-/")
                continue
            level, name = _LEVEL_OF[part["word"]], part["name"]
            ours = self._ours.get(level)
            if ours is not None and not self._is_ours(name, ours):
                return "elsewhere"
            named = named or ours is not None
            rest = rest[part.end() :].lstrip(" ,.:;-/")
        if not _NOTHING.match(rest):
            return "unknown"
        return "ours" if named else ""

    def _is_ours(self, name: str, ours: set[str]) -> bool:
        """``name`` is one of ours, maybe with higher areas written before it without their kind (江海云州 + 市)."""
        for own in ours:
            if name.endswith(own):
                before = name[: len(name) - len(own)]
                for stem in self._stems:
                    before = before.replace(stem, "")
                if not before:
                    return True
        return False
