"""``linli keys``: the keys that personal data are sealed with: listed, rotated, sealed anew, kept apart, brought back."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from linli.kernel.errors import BadInput
from linli.kernel.words import sentence
from linli.site.verbs.output import progress, result, say

PASSPHRASE_SHORT = sentence("keys.passphrase_short", "A passphrase has at least 12 characters.")
PASSPHRASE_DIFFERS = sentence("keys.passphrase_differs", "The two passphrases are not the same.")
PASSPHRASE_HOW = sentence("keys.passphrase_how", "Name a file that holds it with --passphrase-file, or choose --plain.")
SHORTEST = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)

    def act(name: str, help_line: str) -> argparse.ArgumentParser:
        below = acts.add_parser(name, help=help_line, description=help_line)
        below.add_argument("--json", action="store_true", help="machine-readable result on standard output")
        if name != "import":
            below.add_argument("--community", metavar="CODE", help="one community only (default: all)")
        return below

    act("list", "the key rings, their versions and suites, and what is under them")
    act("rotate", "make a new version of the key and wrap every key anew; finishes what was begun")
    act("reseal", "seal everything anew with another cipher suite").add_argument(
        "--suite", type=int, required=True, metavar="N", help="1: AES-256-GCM and HMAC-SHA-256; 2: SM4-GCM and HMAC-SM3"
    )
    export = act("export", "write a key archive to DATA/backups/keys")
    export.add_argument("--plain", action="store_true", help="without a passphrase: the file itself must be kept safe")
    export.add_argument("--passphrase-file", metavar="FILE", help="the passphrase is the first line of this file")
    back = act("import", "bring back from a key archive what is missing here; erased people stay erased")
    back.add_argument("file", metavar="FILE")
    back.add_argument("--passphrase-file", metavar="FILE", help="the passphrase is the first line of this file")
    prune = act("prune", "delete key archives and retired key versions past their time")
    prune.add_argument("--days", type=int, default=30, metavar="N", help="older than this (default 30)")
    act("replay", "erase again whoever a backup brought back")


def run(arguments: argparse.Namespace) -> int:
    from linli.trust.erasure import mend_ledger

    mend_ledger()
    rows = _ACTS[arguments.act](arguments)
    if arguments.json:
        result(rows)
    else:
        for row in rows:
            say(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in row.items()))
    return 0


def _communities(arguments: argparse.Namespace) -> list[tuple[str, UUID]]:
    from linli.site.verbs.scope import community_zone
    from linli.trust.models import Zone

    if arguments.community:
        return [(arguments.community, community_zone(arguments.community).id)]
    return [(zone.code, zone.id) for zone in Zone.objects.filter(kind="community").order_by("code")]


def _each(
    body: Callable[[argparse.Namespace, str, UUID], dict[str, Any]],
) -> Callable[[argparse.Namespace], list[dict[str, Any]]]:
    def run_each(arguments: argparse.Namespace) -> list[dict[str, Any]]:
        return [{"community": code, **body(arguments, code, zone)} for code, zone in _communities(arguments)]

    return run_each


@_each
def _list(_arguments: argparse.Namespace, _code: str, community: UUID) -> dict[str, Any]:
    from linli.trust.sealing.overview import overview

    return overview(community)


@_each
def _rotate(arguments: argparse.Namespace, code: str, community: UUID) -> dict[str, Any]:
    from linli.trust import SYSTEM
    from linli.trust.sealing.rewrapping import rotate

    with progress(quiet=arguments.json) as bar:
        task = bar.add_task(code, total=None)
        done = rotate(by=SYSTEM, community=community, told=lambda n: bar.advance(task, n))
    return {"begun": done.begun, "version": done.version, "keys": done.keys, "notes": done.notes, "files": done.files}


@_each
def _reseal(arguments: argparse.Namespace, code: str, community: UUID) -> dict[str, Any]:
    from linli.trust import SYSTEM
    from linli.trust.sealing.resealing import reseal

    with progress(quiet=arguments.json) as bar:
        task = bar.add_task(code, total=None)
        done = reseal(by=SYSTEM, community=community, suite=arguments.suite, told=lambda n: bar.advance(task, n))
    return {"suite": arguments.suite, "keys": done.keys, "values": done.values, "rows": done.rows}


def _export(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    from linli.trust import SYSTEM
    from linli.trust.keyring.archive import export_keys, prune_archives

    words = None if arguments.plain else passphrase(arguments.passphrase_file, twice=True)
    rows = [
        {"community": code, "file": str(export_keys(by=SYSTEM, community=zone, passphrase=words))}
        for code, zone in _communities(arguments)
    ]
    prune_archives()
    return rows


def _import(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    from linli.trust import SYSTEM, replay_erasures
    from linli.trust.keyring.archive import import_keys, is_sealed
    from linli.trust.queries import zone_code

    path = Path(arguments.file)
    words = passphrase(arguments.passphrase_file, twice=False) if is_sealed(path) else None
    back = import_keys(by=SYSTEM, path=path, passphrase=words)
    again = replay_erasures(by=SYSTEM, community=back.community)
    code = zone_code(viewer=SYSTEM, zone=back.community)
    return [{"community": code, "rings": back.rings, "keys": back.keys, "erased": back.erased, "erased_again": again}]


def _prune(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    from linli.trust import SYSTEM
    from linli.trust.keyring.archive import prune_archives
    from linli.trust.sealing.rewrapping import prune_ring

    rows: list[dict[str, Any]] = [{"archives": prune_archives(days=arguments.days)}]
    for code, zone in _communities(arguments):
        rows.append({"community": code, "versions": prune_ring(by=SYSTEM, community=zone, days=arguments.days)})
    return rows


@_each
def _replay(_arguments: argparse.Namespace, _code: str, community: UUID) -> dict[str, Any]:
    from linli.trust import SYSTEM, replay_erasures

    return {"erased_again": replay_erasures(by=SYSTEM, community=community)}


def passphrase(file: str | None, *, twice: bool) -> str:
    """From the file, else asked for at the terminal: never an argument, which everybody on the machine could read."""
    if file:
        lines = Path(file).read_text("utf-8").splitlines()
        given = lines[0] if lines else ""
    elif sys.stdin.isatty():
        given = getpass.getpass("Passphrase: ")
        if twice and getpass.getpass("Once more: ") != given:
            raise BadInput(PASSPHRASE_DIFFERS)
    else:
        raise BadInput(PASSPHRASE_SHORT, remedy=PASSPHRASE_HOW)
    if len(given) < SHORTEST:
        raise BadInput(PASSPHRASE_SHORT, remedy=PASSPHRASE_HOW)
    return given


_ACTS: dict[str, Callable[[argparse.Namespace], list[dict[str, Any]]]] = {
    "list": _list,
    "rotate": _rotate,
    "reseal": _reseal,
    "export": _export,
    "import": _import,
    "prune": _prune,
    "replay": _replay,
}
