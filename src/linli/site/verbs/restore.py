"""``linli restore FILE``: the records of an archive, the keys that open them, and the erasures that happened since."""

from __future__ import annotations

import argparse
import fcntl
import tempfile
from collections.abc import Sequence
from pathlib import Path

from linli.kernel.errors import BadInput, Conflict
from linli.kernel.words import sentence
from linli.site.verbs.output import result, say

RUNNING = sentence("backup.running", "Linli is running on this data folder.")
STOP_IT = sentence("backup.stop_it", "Stop it, then restore.")
NOT_EMPTY = sentence("backup.not_empty", "There are records here already. Nothing was changed.")
REPLACE = sentence("backup.replace", "To put the archive in their place, say --replace. Make a backup of what is here first.")
NO_KEYS = sentence("backup.no_keys", "No key archive was named, and none lies in DATA/backups/keys.")
WITHOUT_KEYS = sentence("backup.without_keys", "Name them with --keys.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the archive of records")
    parser.add_argument(
        "--keys", type=Path, nargs="+", metavar="FILE", help="key archives (default: the newest in DATA/backups/keys)"
    )
    parser.add_argument("--passphrase-file", metavar="FILE", help="the passphrase of the keys is the first line of this file")
    parser.add_argument("--replace", action="store_true", help="in place of the records that are here")
    parser.add_argument("--json", action="store_true", help="machine-readable result on standard output")


def run(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    with (Path(settings.DATA) / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(RUNNING, remedy=STOP_IT) from None
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    from linli.site import schema
    from linli.site.backup import databases
    from linli.site.backup.records import put_in_place, unpack
    from linli.trust.keyring.archive import newest_archives

    if not arguments.replace and not databases.is_empty():
        raise Conflict(NOT_EMPTY, remedy=REPLACE)
    paths = arguments.keys or newest_archives()
    if not paths:
        raise BadInput(NO_KEYS, remedy=WITHOUT_KEYS)
    words = _passphrase(paths, arguments.passphrase_file)
    installation = _of_installation(paths, words)
    with tempfile.TemporaryDirectory(dir=Path(settings.DATA) / "cache") as scratch:
        archive = unpack(arguments.file, Path(scratch))
        put_in_place(archive)
    schema.ensure()
    done = {"made_at": archive.made_at.isoformat(), **_keys(paths, installation, words)}
    if arguments.json:
        result(done)
    else:
        say(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in done.items()))
    return 0


def _passphrase(paths: Sequence[Path], file: str | None) -> str | None:
    from linli.site.verbs.keys import passphrase
    from linli.trust.keyring.archive import is_sealed

    return passphrase(file, twice=False) if any(is_sealed(path) for path in paths) else None


def _of_installation(paths: Sequence[Path], words: str | None) -> set[Path]:
    """Which of the archives are the installation's own. Opens every one, so that a wrong passphrase changes nothing."""
    from linli.trust.keyring.installation import is_of_installation

    return {path for path in paths if is_of_installation(path, words)}


def _keys(paths: Sequence[Path], installation: set[Path], words: str | None) -> dict[str, int]:
    """The ledger of erasures first, so that no key of somebody who was erased comes back; then the keys; then erase again."""
    from linli.trust import SYSTEM, replay_erasures
    from linli.trust.erasure import mend_ledger
    from linli.trust.keyring.archive import import_keys
    from linli.trust.keyring.installation import import_installation
    from linli.trust.models import Zone

    mend_ledger()
    for path in sorted(installation):
        import_installation(by=SYSTEM, path=path, passphrase=words)
    back = [import_keys(by=SYSTEM, path=path, passphrase=words) for path in paths if path not in installation]
    again = sum(
        replay_erasures(by=SYSTEM, community=zone) for zone in Zone.objects.filter(kind="community").values_list("id", flat=True)
    )
    return {"keys": sum(one.keys for one in back), "erased": sum(one.erased for one in back), "erased_again": again}
