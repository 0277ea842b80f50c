"""``linli VERB``: the command line. Exit status 0 done, 1 done but something was rejected, 2 unusable input."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import nullcontext
from importlib import import_module

# verb → (module with ``add_arguments(parser)`` and ``run(arguments) -> int``, one line of help)
VERBS: dict[str, tuple[str, str]] = {
    "admin": ("linli.site.verbs.admin", "accounts, the roles they hold, and tokens for programs"),
    "audit": ("linli.site.verbs.audit", "seal the trail of who did what, check it, hand out its signed heads"),
    "backup": ("linli.site.verbs.backup", "write the records and the keys into archives of their own"),
    "cases": ("linli.site.verbs.cases", "take in reported matters from a file"),
    "codes": ("linli.site.verbs.codes", "list the national code tables; take in a newer published list"),
    "community": ("linli.site.verbs.community", "add a community"),
    "demo": ("linli.site.verbs.demo", "write a synthetic community as files and load it"),
    "divide": ("linli.site.verbs.divide", "divide a territory into grids that hold about the same"),
    "django": ("linli.site.verbs.django", "Django's own commands: migrate, check, shell"),
    "flows": ("linli.site.verbs.flows", "take in counter readings from a file"),
    "focus": ("linli.site.verbs.focus", "list what deserves attention"),
    "grids": ("linli.site.verbs.grids", "draft, check and publish grids; take them in and write them as a GeoPackage"),
    "imports": ("linli.site.verbs.imports", "take a file in, declare a mapping, undo an import"),
    "keys": ("linli.site.verbs.keys", "the keys of personal data: list, rotate, reseal, export, import, prune, replay"),
    "link": ("linli.site.verbs.link", "find rows that are the same person, in one file or between two"),
    "monday": ("linli.site.verbs.monday", "run the Monday round of a community"),
    "register": ("linli.site.verbs.register", "look for people who are on the register twice"),
    "renew": ("linli.site.verbs.renew", "renew the register of residents from a file, as of a day"),
    "restore": ("linli.site.verbs.restore", "bring records and keys back from archives; who was erased stays erased"),
    "retention": ("linli.site.verbs.retention", "show what will be deleted and what the law holds; run the week's deletion"),
    "territory": ("linli.site.verbs.territory", "take in buildings, streets and grids from a file"),
    "up": ("linli.site.verbs.up", "start web, worker and scheduler"),
}

WITHOUT_DJANGO = frozenset({"divide", "link"})
"""Verbs on files alone: they start at once, on a machine without any installation."""

UNUSABLE, BROKEN = 2, 70
"""Exit statuses: of unusable input, and of a fault of ours (as sysexits.h has it), which must not look like rejected rows."""


def _verb(arguments: Sequence[str]) -> str | None:
    """The verb among the arguments: the first that is neither an option nor the folder after ``--data``."""
    before = ""
    for argument in arguments:
        if before != "--data" and not argument.startswith("-"):
            return argument if argument in VERBS else None
        before = argument
    return None


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; a fault of the input is one clear message on standard error and exit status 2."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="linli", description="Run an urban community on its own data.")
    parser.add_argument("--data", metavar="DIR", help="the data folder (default: $LINLI_DATA, else var/)")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    chosen = _verb(arguments)
    for verb, (module, help_line) in VERBS.items():
        below = verbs.add_parser(verb, help=help_line, description=help_line)
        below.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS, help="the data folder")
        if verb == chosen:
            import_module(module).add_arguments(below)
    if chosen == "django":
        place = arguments.index("django")
        known, rest = parser.parse_args(arguments[: place + 1]), arguments[place + 1 :]
        known.rest = rest
    else:
        known = parser.parse_args(arguments)
    if known.data:
        os.environ["LINLI_DATA"] = known.data
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.site.settings")
    # What Linli writes holds people's data: only its owner may read it, whatever the shell says.
    os.umask(0o077)
    try:
        return _run(known)
    except KeyboardInterrupt:
        return 130
    except OSError as fault:
        sys.stderr.write(f"{fault}\n")
        return UNUSABLE
    except Exception:  # noqa: BLE001 - the last resort: told whole, with a status of its own
        traceback.print_exc()
        return BROKEN


def _acts_for_all(known: argparse.Namespace) -> bool:
    """Whether a verb is the system's own act. What keeps running says for each job, each look, whom it works for."""
    return known.verb != "up" and not (known.verb == "django" and known.rest[:1] in (["run_worker"], ["run_scheduler"]))


def _run(known: argparse.Namespace) -> int:
    if known.verb in WITHOUT_DJANGO:
        return int(import_module(VERBS[known.verb][0]).run(known) or 0)
    import django

    django.setup()
    from linli.kernel.errors import LinliError
    from linli.site.memory import settle
    from linli.site.verbs.output import complain
    from linli.trust import SYSTEM, walls

    try:
        if known.verb not in ("django", "restore", "up"):
            from linli.site import schema

            schema.ensure()
        settle()
        with walls.everything(SYSTEM) if _acts_for_all(known) else nullcontext():
            return int(import_module(VERBS[known.verb][0]).run(known) or 0)
    except LinliError as fault:
        complain(fault)
        return UNUSABLE
    finally:
        _close()


def _close() -> None:
    """Leave the database as the next process likes to find it: a journal that nobody closed is read through when it is opened."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


if __name__ == "__main__":
    raise SystemExit(main())
