"""The known names of streets, estates and buildings, their usual short forms, and what is one sign away from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from linli.register.rules.addresses.signs import normalise

ESTATE, STREET, BUILDING = "estate", "street", "building"

_KINDS_OF_ESTATE = re.compile(r"(?:新村|小区|花园|公寓|大厦|家园|名苑|苑|园|里|坊|居|庭|村)$")
_KINDS_OF_STREET = re.compile(r"(?:大道|路|街|弄|巷|道)$")
_ORDINAL = re.compile(r"^(?P<stem>.{2,}?)(?P<kind>新村|小区|苑|园|里|坊)?(?P<ordinal>[1-9]\d?)(?P<word>村|区|小区|新村)$")
_ROAD_WORDS = {"路": "LU|ROAD|RD", "街": "JIE|STREET|ST", "弄": "NONG|LANE", "巷": "XIANG|ALLEY", "大道": "DADAO|AVENUE|AVE"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a written name may mean. ``short``: it is a short form, and counts only where a number follows."""

    estates: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    buildings: tuple[UUID, ...] = ()
    short: bool = False
    alias: bool = False


@dataclass
class Names:
    """The dictionary of one community. ``estates`` and ``streets`` as stored; ``buildings``: ids by name."""

    estates: Iterable[str]
    streets: Iterable[str]
    buildings: Mapping[str, list[UUID]]
    fragments: Mapping[str, Meaning] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._estates = {normalise(name): name for name in self.estates if name}
        self._streets = {normalise(name): name for name in self.streets if name}
        self.meanings: dict[str, Meaning] = {}
        for written in {*self._estates, *self._streets, *self.buildings}:
            self.meanings[written] = Meaning(
                (self._estates[written],) if written in self._estates else (),
                (self._streets[written],) if written in self._streets else (),
                tuple(self.buildings.get(written, ())),
            )
        self._add_short_forms()
        for written, meaning in self.fragments.items():
            if not written or (written in self.meanings and not self.meanings[written].short):
                continue
            self.meanings[written] = meaning
        self.pattern = _alternation(self.meanings)
        self._near = _Neighbours([(name, ESTATE) for name in self._estates] + [(name, STREET) for name in self._streets])
        self._latin = [
            (pattern, written)
            for written, name in sorted({**self._estates, **self._streets}.items(), key=lambda pair: -len(pair[1]))
            if (pattern := _latin_form(name)) is not None
        ]

    def _add_short_forms(self) -> None:
        """Short forms that only one name has: 白杨村 and 白杨小区 for 白杨新村, 柳湾2村 for 柳湾新村二村, 桐荫 for 桐荫路."""
        wanted: dict[str, list[Meaning]] = {}
        for written, name in self._estates.items():
            for short in estate_short_forms(written):
                wanted.setdefault(short, []).append(Meaning(estates=(name,), short=True))
        for written, name in self._streets.items():
            stem = _KINDS_OF_STREET.sub("", written)
            if stem != written and len(stem) >= 2 and not stem[-1].isdigit():
                wanted.setdefault(stem, []).append(Meaning(streets=(name,), short=True))
        for short, meanings in wanted.items():
            if len(meanings) == 1 and short not in self.meanings:
                self.meanings[short] = meanings[0]

    def near(self, written: str) -> list[tuple[str, str, bool]]:
        """Known names at most one sign from ``written``: (name as stored, kind, whether the wrong sign sounds alike)."""
        found = self._near.of(written)
        return [((self._estates if kind == ESTATE else self._streets)[name], kind, alike) for name, kind, alike in found]

    def in_chinese(self, flat: str) -> str:
        """Known names that are spelt in pinyin (Liuyinyuan, Tongyin Road) as their characters."""
        for pattern, name in self._latin:
            flat = pattern.sub(name, flat)
        return flat


def estate_short_forms(written: str) -> set[str]:
    """What people say for an estate. Each counts only where no other name of the community has the same short form."""
    forms: set[str] = set()
    ordinal = _ORDINAL.match(written)
    if ordinal:
        stem, kind, number = ordinal["stem"], ordinal["kind"] or "", ordinal["ordinal"]
        for base in {stem, stem + kind}:
            forms |= {
                f"{base}{number}村",
                f"{base}{number}区",
                f"{base}第{number}小区",
                f"{base}第{number}新村",
                f"{base}{number}小区",
            }
            forms |= {f"{base}第{number}村"}
        return {form for form in forms if form != written}
    stem = _KINDS_OF_ESTATE.sub("", written)
    if stem != written and len(stem) >= 2 and not stem[-1].isdigit():
        forms |= {stem, f"{stem}小区"}
        if written.endswith("新村"):
            forms.add(f"{stem}村")
    return forms


class _Neighbours:
    """Names within one insertion, deletion, substitution or swap, found through single deletions."""

    def __init__(self, names: list[tuple[str, str]]) -> None:
        self._by_part: dict[str, list[tuple[str, str]]] = {}
        for name, kind in names:
            for part in {name, *_deletions(name)}:
                self._by_part.setdefault(part, []).append((name, kind))

    def of(self, written: str) -> list[tuple[str, str, bool]]:
        seen: dict[tuple[str, str], bool] = {}
        for part in (written, *_deletions(written)):
            for entry in self._by_part.get(part, ()):
                if entry not in seen and (alike := _one_apart(written, entry[0])) is not None:
                    seen[entry] = alike
        return [(name, kind, alike) for (name, kind), alike in seen.items()]


def _deletions(name: str) -> list[str]:
    return [name[:at] + name[at + 1 :] for at in range(len(name))]


def _one_apart(left: str, right: str) -> bool | None:
    """Whether the one sign that differs is no evidence of another name (same sound, swapped, one too many); None beyond one."""
    if left == right:
        return True
    if len(left) == len(right):
        differ = [at for at in range(len(left)) if left[at] != right[at]]
        if len(differ) == 1:
            return alike(left, right, differ[0])
        swapped = len(differ) == 2 and differ[1] == differ[0] + 1
        if swapped and left[differ[0]] == right[differ[1]] and left[differ[1]] == right[differ[0]]:
            return True
        return None
    short, long = sorted((left, right), key=len)
    if len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long))):
        # 白杨村 for 白杨新村 is one name; 园 for 梅园 is nothing.
        return len(short) >= 3
    return None


def alike(left: str, right: str, at: int) -> bool:
    """Whether the signs at ``at`` of two names sound alike (荫 and 阴, 苑 and 院), z and zh, n and ng taken as one."""
    return bool({_sound(left[at]), _sounds(left)[at]} & {_sound(right[at]), _sounds(right)[at]})


@lru_cache(maxsize=8192)
def _sounds(name: str) -> tuple[str, ...]:
    """One sound a sign, as it is said in this name; signs without a sound stand for themselves."""
    from pypinyin import lazy_pinyin

    found = lazy_pinyin(name, errors=lambda signs: list(signs))  # type: ignore[arg-type,return-value]
    return tuple(_blurred(sound) for sound in found) if len(found) == len(name) else tuple(name)


def _sound(sign: str) -> str:
    return _sounds(sign)[0]


def _blurred(sound: str) -> str:
    sound = re.sub(r"^([zcs])h", r"\1", sound)
    return re.sub(r"(?<=[aei])ng$", "n", sound)


def _latin_form(name: str) -> re.Pattern[str] | None:
    """The name in toneless pinyin, syllables apart or together; the word for road also in English. None for Latin names."""
    if not re.fullmatch(r"[㐀-鿿]{2,}", name):
        return None
    from pypinyin import lazy_pinyin

    kind = _KINDS_OF_STREET.search(name)
    words = _ROAD_WORDS.get(kind[0]) if kind else None
    body = name[: kind.start()] if kind and words else name
    spelt = r"[ '-]?".join(re.escape(syllable.upper()) for syllable in lazy_pinyin(body))
    return re.compile(rf"\b{spelt}[ '-]?(?:{words})\b\.?" if words else rf"\b{spelt}\b")


def _alternation(meanings: Mapping[str, Meaning]) -> re.Pattern[str]:
    """One pattern for all names, grouped by first sign so that the scan skips what begins none; the longest counts."""
    groups: dict[str, list[str]] = {}
    for written in meanings:
        groups.setdefault(written[0], []).append(written)
    branches = []
    for first, group in groups.items():
        bodies = "|".join(_body(written, meanings[written]) for written in sorted(group, key=lambda name: (-len(name), name)))
        branches.append(f"{re.escape(first)}(?:{bodies})")
    return re.compile("|".join(branches) or r"(?!)")


def _body(written: str, meaning: Meaning) -> str:
    body = re.escape(written[1:])
    if meaning.short and not written.endswith(("村", "区")):
        ahead = r"(?=[ ,-]?\d)" if meaning.estates else r"(?=\d{1,4}弄)"
        return body + ahead
    if written.isascii():
        return body + (r"(?![A-Z0-9])" if written[-1].isalnum() else "")
    if written.endswith("街"):
        # 钟楼街道 is a sub-district, not the street 钟楼街.
        return body + "(?!道)"
    return body + (r"(?!\d)" if written[-1].isdigit() else "")
