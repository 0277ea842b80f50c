"""What a layer and its columns are called in the files that people have, and what their values mean here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from linli.kernel.errors import BadInput
from linli.kernel.words import sentence


class LayerRole(StrEnum):
    """What a layer of a file is for. A layer of another name is only taken when its role is declared."""

    BOUNDARY = "boundary"
    GRIDS = "grids"
    BUILDINGS = "buildings"
    STREETS = "streets"
    PLOTS = "plots"
    WATER = "water"
    COUNTERS = "counters"


NO_ROLE = sentence("territory.no_role", "%(role)s is not a role that a layer can have.")
ROLE_REMEDY = sentence(
    "territory.role_remedy", "Roles are boundary, grids, buildings, streets, plots, water and counters: --layer buildings=NAME."
)

COLUMNS: Mapping[str, Sequence[str]] = {
    "key": ("key", "id", "uid", "osm_id", "osm_way_id", "编号", "代码", "code"),
    "code": ("code", "代码", "编号", "id"),
    "label": ("label", "grid", "网格号", "网格编号", "编号", "code"),
    "name": ("name", "名称", "楼栋名称", "楼栋", "网格名称", "路名", "小区楼栋"),
    "name_en": ("name_en", "name:en", "英文名称"),
    "name_zh": ("name_zh", "name:zh", "name:zh-hans", "中文名称"),
    "estate": ("estate", "小区", "小区名称", "addr:estate"),
    "street": ("street", "街路", "道路", "路名", "addr:street"),
    "number": ("number", "楼号", "栋号", "幢号"),
    "house_number": ("house_number", "门牌", "门牌号", "addr:housenumber"),
    "units": ("units", "单元数"),
    "storeys": ("storeys", "levels", "层数", "楼层数", "building:levels"),
    "use": ("use", "用途", "building"),
    "kind": ("highway", "fclass", "class", "等级", "道路等级"),
    "interval_minutes": ("interval_minutes", "间隔分钟"),
}
"""Headings by what they say, best first; compared without regard to case."""

_USES_AS_WRITTEN: Mapping[str, str] = {
    "residential": "residential apartments house dormitory terrace detached 住宅 居住 公寓 宿舍",
    "mixed": "mixed 商住 综合",
    "shop": "shop retail commercial supermarket market 商铺 商业",
    "office": "office 办公",
    "school": "school kindergarten university college 学校 幼儿园",
    "public": "public civic hospital church government 公共 医院",
    "industrial": "industrial warehouse 工业 仓库",
    "other": "other garage garages shed roof service 其他",
}
USES: Mapping[str, str] = {word: use for use, words in _USES_AS_WRITTEN.items() for word in words.split()}

_OTHER_TAG = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')


def use_of(text: object) -> str:
    """The code of a building's use; empty where the file doesn't say or says only that it is a building."""
    plain = str(text or "").strip().lower()
    if plain in ("", "yes", "none"):
        return ""
    return USES.get(plain, "other")


def role_of(layer: str) -> LayerRole | None:
    """The role that a layer has by its name alone."""
    plain = layer.strip().lower()
    return LayerRole(plain) if plain in LayerRole.__members__.values() else None


def parse_role(text: str) -> LayerRole:
    """A declared role; BadInput where there is none of that name."""
    found = role_of(text)
    if found is None:
        raise BadInput(NO_ROLE, remedy=ROLE_REMEDY, role=text)
    return found


def other_tags(text: str | None) -> dict[str, str]:
    """The tags that GDAL's OSM driver packs into one column (``"key"=>"value",…``)."""
    return {key: value.replace('\\"', '"') for key, value in _OTHER_TAG.findall(text or "")}


def pick(row: Mapping[str, Any], what: str) -> Any:
    """The first non-empty value of the columns that may say ``what``; ``row`` has lower-case headings. None where none does."""
    for heading in COLUMNS[what]:
        value = row.get(heading)
        if value is None or value == "" or value != value:
            continue
        return value
    return None


def text_of(row: Mapping[str, Any], what: str, limit: int = 120) -> str:
    """:func:`pick` as trimmed text."""
    value = pick(row, what)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()[:limit] if value is not None else ""


def whole_of(row: Mapping[str, Any], what: str, limit: int = 999) -> int | None:
    """:func:`pick` as a whole number from 0 to ``limit``, None where it is no such number."""
    value = pick(row, what)
    try:
        number = int(float(value)) if value is not None else None
    except (TypeError, ValueError):
        return None
    return number if number is not None and 0 <= number <= limit else None


def names_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Names by language, ``{"en", "zh-Hans"}``; one name serves for both where the file has only one."""
    plain = text_of(row, "name")
    en, zh = text_of(row, "name_en") or plain, text_of(row, "name_zh") or plain
    if not (en or zh):
        return {}
    return {"en": en or zh, "zh-Hans": zh or en}
