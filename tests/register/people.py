"""Synthetic people for tests: numbers of the never issued region, telephones 000 5550."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from linli.intake import Row
from linli.kernel import citizen_number
from linli.kernel.ids import new_id
from linli.register.rules.addresses import Index, Place
from linli.register.rules.codes import Change
from linli.register.rules.residence import Status

MONDAY = date(2026, 11, 16)
AS_OF = datetime(2026, 11, 15, 16, tzinfo=UTC)
CODE = "999901001001"


def number(birth: date, sequence: int) -> str:
    return citizen_number.make(birth, sequence)


def cells(name: str = "张小兰", *, birth: date = date(1954, 3, 7), sequence: int = 12, **more: Any) -> dict[str, Any]:
    """Parsed values of one row: a woman with a number who lives at 柳荫苑3号楼2单元501室."""
    values: dict[str, Any] = {
        "name": name,
        "number": number(birth, sequence),
        "sex": citizen_number.sex(number(birth, sequence)),
        "birth": birth,
        "document": "111",
        "relation": "02",
        "household": "H0001",
        "address": "柳荫苑3号楼2单元501室",
        "residence": Status.PERMANENT,
        "hukou_region": "999901",
        "since": max(birth, date(1998, 5, 1)),
        "change": Change.REGISTERED,
    }
    values.update(more)
    return values


def rows(*many: Mapping[str, Any]) -> list[Row]:
    """Numbered as a spreadsheet shows them: the heading is row 1."""
    return [Row(at, values) for at, values in enumerate(many, 2)]


def index() -> Index:
    """Two estates, one with two buildings, and a lane."""
    places = [
        Place(new_id(), "柳荫苑3号楼", "柳荫苑", "3", "桐荫路", "18弄", 2),
        Place(new_id(), "柳荫苑13号楼", "柳荫苑", "13", "桐荫路", "18弄", 2),
        Place(new_id(), "白杨新村3号楼", "白杨新村", "3", "北园路", "36弄", 2),
        Place(new_id(), "染坊弄7号", "染坊弄", "7", "北园路", "54弄", 0),
    ]
    dwellings: dict[tuple[UUID, str, str], UUID] = {
        (place.id, unit, room): new_id() for place in places[:3] for unit in "12" for room in ("101", "501")
    }
    dwellings[(places[3].id, "", "101")] = new_id()
    return Index(places, dwellings)
