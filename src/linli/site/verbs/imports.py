"""``linli imports take|map|propose|undo``: one file in, a mapping declared or proposed, an import undone."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from linli.kernel.errors import NotFound
from linli.site.verbs.output import result, say

if TYPE_CHECKING:
    from linli.intake import Kept, Outcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    take = actions.add_parser("take", help="take a file in")
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument("--mapping", metavar="NAME", help="read it by this mapping (default: recognised by name and headings)")
    take.add_argument("--dry-run", action="store_true", help="show what would happen; write no record")
    declare = actions.add_parser("map", help="declare how a kind of file is recognised and read")
    declare.add_argument("file", type=Path, metavar="FILE.json")
    proposing = actions.add_parser("propose", help="how a file that no mapping fits might be read: a mapping to look at and mend")
    proposing.add_argument("file", type=Path, metavar="FILE")
    proposing.add_argument("--kind", default="register.population", help="what the file is (default: register.population)")
    proposing.add_argument("--declare", action="store_true", help="declare it as it is proposed")
    undo = actions.add_parser("undo", help="undo an import")
    undo.add_argument("batch", metavar="BATCH")
    undo.add_argument("--reason", required=True)
    for action in (take, declare, proposing, undo):
        action.add_argument("--community", required=True, metavar="CODE")
        action.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def run(arguments: argparse.Namespace) -> int:
    from linli.trust import SYSTEM, community_by_code

    community = community_by_code(viewer=SYSTEM, code=arguments.community).id
    actions = {"take": _take, "map": _map, "propose": _propose, "undo": _undo}
    return actions[arguments.action](arguments, community)


def _take(arguments: argparse.Namespace, community: UUID) -> int:
    from linli.intake import preview, take_in
    from linli.trust import SYSTEM

    look = preview if arguments.dry_run else take_in
    report = look(by=SYSTEM, community=community, path=arguments.file, mapping=arguments.mapping)
    if arguments.json:
        result(report.as_json())
    said = ", ".join(f"{number:,} {verdict}" for verdict, number in report.verdicts.items() if number)
    if report.waits:
        say(f"{report.file_name}: a second person has to approve it on its page (import {report.batch}). Nothing was written.")
    elif report.again:
        say(f"{report.file_name} was taken in before (import {report.batch}); nothing was written.")
    else:
        say(f"{report.file_name}: {report.rows:,} rows = {said}. {'Nothing was written.' if arguments.dry_run else ''}".rstrip())
    name_refused(report.refused)
    return 1 if report.waits or (report.anything_refused and not report.again) else 0


def name_refused(refused: tuple[Outcome, ...], most: int = 10) -> None:
    """The first rows that were refused: place, reason and remedy."""
    from django.utils.translation import override

    from linli.faces.words import render

    with override("en"):
        for outcome in refused[:most]:
            column = f", column {outcome.column}" if outcome.column else ""
            remedy = f" {render(outcome.remedy)}" if outcome.remedy else ""
            say(f"row {outcome.row}{column}: {render(outcome.words) if outcome.words else ''}{remedy}")
    if len(refused) > most:
        say(f"… and {len(refused) - most:,} rows more; the page of the import lists them all.")


def _map(arguments: argparse.Namespace, community: UUID) -> int:
    from linli.intake import declare_mapping, read_definition
    from linli.trust import SYSTEM

    definition = read_definition(arguments.file)
    mapping = declare_mapping(by=SYSTEM, community=community, definition=definition)
    if arguments.json:
        result({"mapping": str(mapping), "name": definition["name"], "kind": definition["kind"]})
    say(f"{definition['name']} is declared: {definition['kind']}.")
    return 0


def _propose(arguments: argparse.Namespace, community: UUID) -> int:
    from linli.intake import KINDS, declare_mapping
    from linli.trust import SYSTEM

    if arguments.kind not in KINDS:
        say(f"There is no kind of file called {arguments.kind}. There are: {', '.join(sorted(KINDS))}.")
        return 2
    definition, unread = proposed(arguments.file, community, arguments.kind)
    if not arguments.declare:
        result(definition)
        say("Look at it, mend it, keep it as FILE.json and declare it: linli imports map FILE.json")
    else:
        mapping = declare_mapping(by=SYSTEM, community=community, definition=definition)
        if arguments.json:
            result({"mapping": str(mapping), **definition})
        say(f"{definition['name']} is declared: {arguments.kind}.")
    say_columns(definition, unread)
    return 0


def proposed(path: Path, community: UUID, kind: str) -> tuple[dict[str, Any], list[str]]:
    """The mapping that a file's usual headings propose, with the harmless options, and the headings that it does not read."""
    from linli.intake import KINDS, free_name, proposal_for
    from linli.trust import SYSTEM

    found = proposal_for(path=path, kinds=[KINDS[kind]])
    options = {choice.name: next(iter(choice.values)) for choice in KINDS[kind].choices}
    name = free_name(viewer=SYSTEM, community=community, file_name=path.name)
    definition = found.definition(name=name, file_name=path.name, options=options)
    return definition, [column.heading for column in found.columns if not column.field]


def say_columns(definition: dict[str, Any], unread: Sequence[str]) -> None:
    """Which heading was taken for what, and which for nothing."""
    say("Read: " + ", ".join(f"{heading} as {field}" for field, heading in definition["columns"].items()))
    if unread:
        say("Not read: " + ", ".join(unread))


def _undo(arguments: argparse.Namespace, community: UUID) -> int:
    from linli.intake import batch_detail, undo
    from linli.trust import NOT_FOUND, SYSTEM

    try:
        batch = UUID(arguments.batch)
    except ValueError:
        raise NotFound(NOT_FOUND) from None
    undone = undo(by=SYSTEM, community=community, batch=batch, reason=arguments.reason)
    found = batch_detail(viewer=SYSTEM, community=community, batch=batch).undo or {}
    if arguments.json:
        result({"restored": undone.restored, "rows": found["rows"], "kept": [_kept(one) for one in undone.kept]})
    say(f"{found['rows']:,} of {found['written']:,} rows that the file wrote are again what stood before it.")
    if undone.kept:
        say(f"{len(undone.kept):,} rows stay as they are, because later work stands on them:")
        name_kept(undone.kept)
    return 1 if undone.kept else 0


def _kept(one: Kept) -> dict[str, Any]:
    """For machines: keys, ids and instants, nobody's name."""
    why = one.why
    return {"row": one.row, "object": one.object_id, "words": why.words.as_json(), "at": why.at, "by": why.by, "batch": why.file}


def name_kept(kept: Sequence[Kept], most: int = 10) -> None:
    """The first rows that stay: which, why, since when."""
    from django.utils.translation import override

    from linli.faces.words import render

    with override("en"):
        for one in kept[:most]:
            since = f" ({one.why.at:%Y-%m-%d %H:%M})" if one.why.at else ""
            say(f"row {one.row or '-'}: {render(one.words)}{since}")
    if len(kept) > most:
        say(f"… and {len(kept) - most:,} rows more; the page of the import lists them all.")
