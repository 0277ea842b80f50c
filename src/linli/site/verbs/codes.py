"""``linli codes show|import``: the national code tables, and a newer published list taken into this installation."""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from linli.kernel.errors import BadInput, NotFound, Where
from linli.kernel.words import sentence
from linli.site.verbs.output import result, say

NO_TABLE = sentence("site.codes.no_table", "There is no table %(name)s.")
SEE_TABLES = sentence("site.codes.see_tables", "linli codes show lists the tables.")
UNREADABLE = sentence("site.codes.unreadable", "This is no list with the columns code and name, in UTF-8.")
WRITE_LIST = sentence("site.codes.write_list", "Write the heading code,name and a line for each code of the published list.")
BAD_CODE = sentence("site.codes.bad_code", "%(code)s is no code of this table, or stands there twice.")
WHOLE_LIST = sentence("site.codes.whole_list", "Give every code once. GB/T 2260 has six digits.")
OLDER_LIST = sentence("site.codes.older", "The table already knows changes after %(day)s.")
IN_ORDER = sentence("site.codes.in_order", "Take lists in their order, the oldest first.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two actions and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser("show", help="list the tables, or the codes of one")
    show.add_argument("table", nargs="?", metavar="TABLE", help='such as "GB/T 3304"')
    show.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="as of a day (default: the codes valid still)")
    take = actions.add_parser("import", help="take a complete published list in, as of its day")
    take.add_argument("file", type=Path, metavar="FILE.csv", help="columns code,name")
    take.add_argument("--table", required=True, metavar="TABLE")
    take.add_argument("--on", type=date.fromisoformat, required=True, metavar="DATE", help="the day as of which it was published")
    take.add_argument("--source", required=True, metavar="TEXT", help="who published it, under which title")
    take.add_argument("--under", default="", metavar="CODE", help="only codes that begin so, where the list is of one province")
    take.add_argument("--dry-run", action="store_true", help="show what would change; write nothing")
    for action in (show, take):
        action.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def run(arguments: argparse.Namespace) -> int:
    return _show(arguments) if arguments.action == "show" else _import(arguments)


def _show(arguments: argparse.Namespace) -> int:
    from linli.kernel.code_tables import FILES, table

    if arguments.table is None:
        tables = {name: len(table(name).codes()) for name in FILES}
        if arguments.json:
            result(tables)
        for name, number in tables.items():
            say(f"{name}: {number}")
        return 0
    codes = table(_known(arguments.table))
    chosen = codes.codes(arguments.on)
    names = {lang: [codes.name(code, lang, arguments.on) for code in chosen] for lang in ("zh", "en")}
    rows = [dict(zip(("code", "zh", "en"), row, strict=True)) for row in zip(chosen, names["zh"], names["en"], strict=True)]
    if arguments.json:
        result(rows)
    else:
        for row in rows:
            say("  ".join(row.values()))
    return 0


def _known(name: str) -> str:
    from linli.kernel.code_tables import FILES

    if name not in FILES:
        raise NotFound(NO_TABLE, remedy=SEE_TABLES, name=name)
    return name


def _import(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    from linli.kernel import code_tables

    name = _known(arguments.table)
    known = code_tables.table(name).rows
    listed = _read(arguments.file, six_digits=name == "GB/T 2260")
    try:
        merged = code_tables.merge(known, listed, on=arguments.on, source=arguments.source, under=arguments.under)
    except ValueError:
        raise BadInput(OLDER_LIST, remedy=IN_ORDER, day=arguments.on.isoformat()) from None
    begun = sum(row.valid_from == arguments.on for row in merged)
    ended = sum(row.valid_to == arguments.on for row in merged)
    if not arguments.dry_run:
        folder = settings.DATA / "codes"
        folder.mkdir(mode=0o700, exist_ok=True)
        target = folder / f"{code_tables.FILES[name]}.csv"
        part = target.with_suffix(".part")
        part.write_text(code_tables.write(merged), encoding="utf-8")
        os.replace(part, target)
        code_tables.use(folder)
    if arguments.json:
        result({"table": name, "listed": len(listed), "begun": begun, "ended": ended, "written": not arguments.dry_run})
    say(f"{name}: {len(listed):,} codes listed, {begun:,} begin and {ended:,} end on {arguments.on.isoformat()}.")
    say("Nothing was written." if arguments.dry_run else "Linli reads the table at its next start.")
    return 0


def _read(path: Path, *, six_digits: bool) -> Mapping[str, str]:
    """Code → name; BadInput with the row where it is no such list."""
    found: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if not {"code", "name"} <= set(reader.fieldnames or ()):
                raise BadInput(UNREADABLE, where=Where(path.name, 1), remedy=WRITE_LIST)
            for line in reader:
                code, name = (line["code"] or "").strip(), (line["name"] or "").strip()
                wrong = six_digits and not (len(code) == 6 and code.isascii() and code.isdigit())
                if not code or not name or code in found or wrong:
                    where = Where(path.name, reader.line_num)
                    raise BadInput(BAD_CODE, where=where, remedy=WHOLE_LIST, code=code[:20])
                found[code] = name
    except (OSError, UnicodeDecodeError, csv.Error):
        raise BadInput(UNREADABLE, where=Where(path.name), remedy=WRITE_LIST) from None
    if not found:
        raise BadInput(UNREADABLE, where=Where(path.name), remedy=WRITE_LIST)
    return found
