"""The police station's weekly file: rows as clerks type them, with their slips, in the encodings that are really sent."""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from io import BytesIO
from xml.sax.saxutils import escape

from numpy.random import Generator

from linli.kernel.weeks import Week
from linli.site.demo.addresses import Addresses
from linli.site.demo.mappings import POPULATION_HEADINGS, RELATION_WORDS, SHEET, SHEET_TITLE
from linli.site.demo.people import FLOATING, IDENTITY_CARD, LODGING, ORIGINS, OVERSEAS, PERMANENT, Person
from linli.site.demo.town import DEATH, LEFT, REGISTERED, Entry

MISSING, DOUBLED, WRONG_CHECK, NO_SUCH_DAY = 0.015, 0.0015, 0.001, 0.001
"""Shares of rows: not verified this week, sent twice, check character wrong, impossible birth date."""
HOME_REGION, LODGING_REGION = "999901", "999902"
_WORDS = {code: word for word, code in RELATION_WORDS.items()}
_NUMBER, _BIRTH = POPULATION_HEADINGS.index("公民身份号码"), POPULATION_HEADINGS.index("出生日期")


def written_date(day: date, style: int) -> str:
    """The day in one of the four ways that clerks write it."""
    match style:
        case 0:
            return day.isoformat()
        case 1:
            return f"{day:%Y%m%d}"
        case 2:
            return f"{day.year}/{day.month}/{day.day}"
        case _:
            return f"{day.year}年{day.month}月{day.day}日"


class PopulationFile:
    """Writes the rows of one community week by week."""

    def __init__(self, addresses: Addresses, rng: Generator) -> None:
        self._addresses, self._rng = addresses, rng

    def lines(self, entries: list[Entry], week: Week, unseen: set[int]) -> list[str]:
        """Comma-separated lines without line ends, heading first. ``unseen``: people (by id()) who are left out on purpose."""
        rng = self._rng
        lines = [",".join(POPULATION_HEADINGS)]
        absent = rng.random(len(entries)) < MISSING
        slips = rng.random((len(entries), 3))
        days = [(week.first_day + timedelta(days=k)).isoformat() for k in range(7)]
        for at, entry in enumerate(entries):
            person = entry.person
            if id(person) in unseen or (absent[at] and entry.kind == REGISTERED):
                continue
            if not person.head_text:
                person.head_text = self._head(person, week)
            if entry.on is None:
                line = f"{person.head_text},{entry.kind},,{days[person.home.dwelling % 7]}"
            else:
                on = entry.on.isoformat()
                line = f"{person.head_text},{entry.kind},{on},{on if entry.kind in (LEFT, DEATH) else days[6]}"
            if slips[at, 0] < WRONG_CHECK and person.number and person.document == IDENTITY_CARD:
                line = _replaced(line, _NUMBER, person.number[:-1] + ("0" if person.number[-1] != "0" else "7"))
            elif slips[at, 1] < NO_SUCH_DAY:
                line = _replaced(line, _BIRTH, _impossible(person.birth))
            lines.append(line)
            if slips[at, 2] < DOUBLED:
                lines.append(line)
        return lines

    def _head(self, person: Person, week: Week) -> str:
        home = person.home
        relation = person.relation
        if home.words:
            relation = _WORDS.get(relation, relation)
        region, hukou = self._hukou(person)
        document = person.document if person.number or person.document not in ("", IDENTITY_CARD) else ""
        return ",".join(
            (
                person.key,
                home.number,
                relation,
                person.typed_name or person.name,
                "男" if person.male else "女",
                person.number,
                document,
                written_date(person.birth, person.date_style),
                person.ethnic,
                person.education,
                hukou,
                region,
                self._addresses.free(home.dwelling, home.style, home.garbled),
                home.kind,
                person.since.isoformat(),
                person.phone,
                person.needs,
                person.consent,
            )
        )

    def _hukou(self, person: Person) -> tuple[str, str]:
        home = person.home
        if home.kind == PERMANENT:
            return HOME_REGION, self._addresses.formal(home.dwelling)
        if home.kind == LODGING:
            return LODGING_REGION, f"北桥街道{('钟楼', '西仓', '河东')[home.style % 3]}路{home.style % 90 + 1}号"
        if home.kind == FLOATING:
            return ORIGINS[home.origin][0], ORIGINS[home.origin][1]
        assert home.kind == OVERSEAS
        return "", ""


def _replaced(line: str, column: int, value: str) -> str:
    cells = line.split(",")
    cells[column] = value
    return ",".join(cells)


def _impossible(birth: date) -> str:
    return f"{birth.year}-02-30" if birth.day % 2 else f"{birth.year + 100 if birth.year < 1999 else 2091}-{birth:%m-%d}"


def as_csv(lines: list[str], encoding: str) -> bytes:
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def as_workbook(lines: list[str]) -> bytes:
    """An XLSX of one sheet with a title above the headings. Written by hand, because its bytes must not depend on the clock."""
    rows = [[SHEET_TITLE], *(line.split(",") for line in lines)]
    body = []
    for number, cells in enumerate(rows, 1):
        body.append(f'<row r="{number}">')
        for at, cell in enumerate(cells):
            if cell:
                body.append(f'<c r="{_letter(at)}{number}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
        body.append("</row>")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    top = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    parts = {
        "[Content_Types].xml": f'{top}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{top}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{top}<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        f'<sheet name="{SHEET}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{top}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{top}<worksheet xmlns="{main}"><sheetData>{"".join(body)}</sheetData></worksheet>',
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, text.encode())
    return out.getvalue()


def _letter(at: int) -> str:
    return chr(ord("A") + at)
