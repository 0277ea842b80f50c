"""Care needs: what is hard to do, never an illness. Kept by consent or law only."""

from __future__ import annotations

import re
from enum import StrEnum

from linli.kernel.words import sentence


class Need(StrEnum):
    """What help somebody needs."""

    STAIRS = "stairs"
    MEALS = "meals"
    HEARING = "hearing"
    WASHING = "washing"
    WAYFINDING = "wayfinding"
    POWER = "power"


NAMES = {
    Need.STAIRS: sentence("register.need.stairs", "Walking, stairs"),
    Need.MEALS: sentence("register.need.meals", "Meals"),
    Need.HEARING: sentence("register.need.hearing", "Hearing"),
    Need.WASHING: sentence("register.need.washing", "Washing, dressing"),
    Need.WAYFINDING: sentence("register.need.wayfinding", "Finding the way"),
    Need.POWER: sentence("register.need.power", "A device that needs power"),
}

_WORDS = {
    "上下楼": Need.STAIRS, "行走": Need.STAIRS, "走路": Need.STAIRS, "用餐": Need.MEALS, "助餐": Need.MEALS, "做饭": Need.MEALS,
    "听力": Need.HEARING, "洗浴": Need.WASHING, "助浴": Need.WASHING, "穿衣": Need.WASHING, "认路": Need.WAYFINDING,
    "用电设备": Need.POWER, "供电": Need.POWER,
    "finding_the_way": Need.WAYFINDING, "electric_device": Need.POWER,
} | {need.value: need for need in Need}  # fmt: skip


def parse(text: str) -> tuple[frozenset[Need], str]:
    """The needs named in a cell (separated by 、 , ; or /), and the first word that names none (empty where all do)."""
    found: set[Need] = set()
    for word in re.split(r"[、，,;；/\s]+", text.strip()):
        if not word or word == "无":
            continue
        need = _WORDS.get(word)
        if need is None:
            return frozenset(found), word
        found.add(need)
    return frozenset(found), ""
