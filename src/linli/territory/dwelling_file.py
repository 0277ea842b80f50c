"""Reading the surveyor's list of dwellings: 楼栋, 单元, 室, 面积, 用途; GB18030 or UTF-8."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from linli.kernel.errors import BadInput, Where
from linli.kernel.words import sentence
from linli.territory.reader import NO_FILE, NO_FILE_REMEDY
from linli.territory.rules.attributes import use_of

NOT_TEXT = sentence("territory.not_text", "The list is written neither in GB18030 nor in UTF-8.")
NOT_TEXT_REMEDY = sentence("territory.not_text_remedy", "Save it again as CSV, from the program that made it.")
NO_HEADING = sentence("territory.no_heading", "The heading %(heading)s is missing; there are %(found)s.")
NO_HEADING_REMEDY = sentence("territory.no_heading_remedy", "The first line names the columns: 楼栋, 单元, 室, 面积, 用途.")
NO_BUILDING = sentence("territory.no_building", "No building is called %(building)s.")
TWO_BUILDINGS = sentence("territory.two_buildings", "Several buildings are called %(building)s.")
BUILDING_REMEDY = sentence(
    "territory.building_remedy", "Write the building as the map names it, or name it in the territory file first."
)
NO_ROOM = sentence("territory.no_room", "The row names no building or no room.")
BAD_AREA = sentence("territory.bad_area", "%(area)s is no area in square metres.")
BAD_AREA_REMEDY = sentence("territory.bad_area_remedy", "Write a number such as 62.5, or leave the cell empty.")

HEADINGS = {"building": "楼栋", "unit": "单元", "room": "室", "area": "面积", "use": "用途"}
REQUIRED = ("building", "room")


@dataclass(frozen=True)
class DwellingRow:
    """One readable row; ``row`` counts as a spreadsheet does."""

    file: str
    row: int
    building: str
    unit: str
    room: str
    area_m2: float | None
    use: str

    def unknown(self, *, several: bool) -> BadInput:
        """The fault of a row whose building can't be told."""
        where = Where(file=self.file, row=self.row, column=HEADINGS["building"])
        return BadInput(TWO_BUILDINGS if several else NO_BUILDING, where=where, remedy=BUILDING_REMEDY, building=self.building)


@dataclass(frozen=True)
class DwellingFile:
    """A list that was read: its readable rows, and a fault for each other row."""

    file_name: str
    sha256: str
    rows: list[DwellingRow] = field(default_factory=list)
    faults: list[BadInput] = field(default_factory=list)


def read_dwellings(path: Path) -> DwellingFile:
    """Read a list of dwellings. BadInput where it can't be used as a whole; single bad rows become faults of the result."""
    if not path.is_file():
        raise BadInput(NO_FILE, remedy=NO_FILE_REMEDY, path=str(path))
    data = path.read_bytes()
    file = DwellingFile(path.name, hashlib.sha256(data).hexdigest())
    lines = csv.reader(io.StringIO(_text(data, path.name), newline=""))
    headings = [heading.strip() for heading in next(lines, [])]
    places = {}
    for what, heading in HEADINGS.items():
        if heading in headings:
            places[what] = headings.index(heading)
        elif what in REQUIRED:
            found = ", ".join(headings) or "∅"
            raise BadInput(NO_HEADING, where=Where(file=path.name, row=1), remedy=NO_HEADING_REMEDY, heading=heading, found=found)
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        try:
            file.rows.append(_row(path.name, number, cells, places))
        except BadInput as fault:
            file.faults.append(fault)
    return file


def _row(file: str, number: int, cells: Sequence[str], places: dict[str, int]) -> DwellingRow:
    def cell(what: str) -> str:
        at = places.get(what)
        return cells[at].strip() if at is not None and at < len(cells) else ""

    if not cell("building") or not cell("room"):
        raise BadInput(NO_ROOM, where=Where(file=file, row=number), remedy=NO_HEADING_REMEDY)
    area = None
    if text := cell("area").removesuffix("㎡").removesuffix("平方米").strip():
        try:
            area = float(text)
        except ValueError:
            area = -1.0
        if not 0 < area < 100_000:
            raise BadInput(
                BAD_AREA, where=Where(file=file, row=number, column=HEADINGS["area"]), remedy=BAD_AREA_REMEDY, area=text
            )
    return DwellingRow(
        file,
        number,
        cell("building")[:120],
        cell("unit").removesuffix("单元")[:16],
        cell("room").removesuffix("室")[:32],
        area,
        use_of(cell("use")),
    )


def _text(data: bytes, name: str) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        return data.decode("utf-8-sig", errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(NOT_TEXT, where=Where(file=name), remedy=NOT_TEXT_REMEDY)
