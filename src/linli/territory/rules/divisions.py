"""Codes of administrative divisions and of grids.

Statistical division codes have 2, 4, 6, 9 or 12 digits (province, city, county, sub-district, community); each begins with the
code of the division above (National Bureau of Statistics, coding rules for statistical divisions; GB/T 2260 for the first six).
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from linli.kernel.errors import BadInput
from linli.kernel.words import sentence


class Level(StrEnum):
    """How far down the administrative tree a division stands."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"


LENGTHS = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.SUBDISTRICT: 9, Level.COMMUNITY: 12}
SINCE_ALWAYS = date(1949, 10, 1)
"""Where a file does not say since when something holds, it holds for every Monday that can be asked about."""

NO_CODE = sentence("territory.no_code", "%(code)s is not a code of this level.")
CODE_REMEDY = sentence(
    "territory.code_remedy",
    "A community has 12 digits and its sub-district the first 9 of them. A place without official codes takes small "
    "letters, digits and "
    "hyphens, beginning with a letter.",
)
NOT_BELOW = sentence(
    "territory.not_below", "Community %(code)s does not lie in sub-district %(above)s: its code begins differently."
)
NO_LABEL = sentence("territory.no_label", "%(label)s is not a grid number.")
LABEL_REMEDY = sentence("territory.label_remedy", "A grid is numbered with up to four digits, such as 07.")

_FREE = re.compile(r"[a-z][a-z0-9-]{1,30}")


def level_of(code: str) -> Level | None:
    """The level of an official code by its length, or None where it has no such length or other signs than digits."""
    if not (code.isascii() and code.isdigit()):
        return None
    return next((level for level, length in LENGTHS.items() if len(code) == length), None)


def ancestors(code: str) -> list[str]:
    """The official codes above ``code``, province first; empty for a free code."""
    level = level_of(code)
    return [code[:length] for length in LENGTHS.values() if length < len(code)] if level else []


def check_code(code: str, level: Level) -> str:
    """``code`` if it can name a division of ``level``; BadInput otherwise."""
    if level_of(code) is level or _FREE.fullmatch(code):
        return code
    raise BadInput(NO_CODE, remedy=CODE_REMEDY, code=code)


def check_below(code: str, above: str) -> None:
    """BadInput where both codes are official and the lower one does not begin with the upper one."""
    if level_of(code) and level_of(above) and not code.startswith(above):
        raise BadInput(NOT_BELOW, remedy=CODE_REMEDY, code=code, above=above)


def grid_label(value: object) -> str:
    """A grid's number as people write it: two digits at least. BadInput for what is no number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value if value is not None else "").strip()
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 4):
        raise BadInput(NO_LABEL, remedy=LABEL_REMEDY, label=text or "∅")
    return f"{int(text):02d}" if len(text) < 3 else text


def grid_code(community: str, label: str) -> str:
    """A grid's official code: that of its community (12 digits) and a sequence of three (DB11 §5.2); its label, where the
    community has none."""
    return f"{community}{int(label):03d}" if level_of(community) is Level.COMMUNITY and label.isdigit() else label


def free_labels(count: int) -> list[str]:
    """Grid numbers 1 to ``count``, all of one width, two digits at least."""
    width = max(2, len(str(count)))
    return [f"{number:0{width}d}" for number in range(1, count + 1)]
