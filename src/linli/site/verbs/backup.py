"""``linli backup``: records and keys, each into archives of their own."""

from __future__ import annotations

import argparse
from pathlib import Path

from linli.site.verbs.output import result, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", type=Path, metavar="DIR", help="folder of the archive of records (default: DATA/backups/records)")
    parser.add_argument("--keys-to", type=Path, metavar="DIR", help="folder of the key archives (default: DATA/backups/keys)")
    parser.add_argument("--plain", action="store_true", help="keys without a passphrase: the files themselves must be kept safe")
    parser.add_argument("--passphrase-file", metavar="FILE", help="the passphrase of the keys is the first line of this file")
    parser.add_argument("--json", action="store_true", help="machine-readable result on standard output")


def run(arguments: argparse.Namespace) -> int:
    from linli.site.backup.records import write_records
    from linli.site.verbs.keys import passphrase
    from linli.trust import SYSTEM
    from linli.trust.erasure import mend_ledger
    from linli.trust.keyring.archive import archive_folder, export_keys, prune_archives
    from linli.trust.keyring.installation import export_installation
    from linli.trust.models import Zone

    words = None if arguments.plain else passphrase(arguments.passphrase_file, twice=True)
    mend_ledger()
    # Records first: a key of somebody who came in between is one too many; a person without a key would be lost.
    records = write_records(arguments.to)
    written = [export_installation(by=SYSTEM, passphrase=words)]
    written += [
        export_keys(by=SYSTEM, community=zone, passphrase=words)
        for zone in Zone.objects.filter(kind="community").order_by("code").values_list("id", flat=True)
    ]
    keys = [_moved(path, arguments.keys_to) for path in written]
    pruned = prune_archives()
    if arguments.json:
        result({"records": str(records), "keys": [str(path) for path in keys], "pruned": pruned})
    else:
        say(f"records {records}")
        say(f"keys {keys[0].parent if arguments.keys_to else archive_folder()}: {len(keys)} archives, {pruned} old ones deleted")
    return 0


def _moved(path: Path, to: Path | None) -> Path:
    if to is None:
        return path
    import shutil

    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Path(shutil.move(path, to / path.name))
