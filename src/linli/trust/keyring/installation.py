"""The installation's own keys and ledgers in one archive: what signs the trail, its signed heads, and who was erased.

Together with one key archive for each community it brings back all of DATA/keys but the web's secret: who was signed in signs in
again.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Where
from linli.trust.audit import record
from linli.trust.door import command
from linli.trust.keyring import archive
from linli.trust.keyring.ring import folder, write_file
from linli.trust.rules import Permission

SIGNERS = "audit.json"
_LEDGER = re.compile(r"[a-z-]+\.jsonl")


def _kept() -> list[Path]:
    return sorted([*folder().glob("*.jsonl"), *folder().glob(SIGNERS)])


@command("trust.export_installation", may=Permission.KEYS_MANAGE, system=True)
def export_installation(*, by: Actor, passphrase: str | None, to: Path | None = None) -> Path:
    """Write the archive (mode 0600), sealed under ``passphrase`` or (None) plain. Returns where it lies."""
    files = {path.name: base64.b64encode(path.read_bytes()).decode() for path in _kept()}
    path = to or archive.archive_folder() / f"installation-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z.keys"
    write_file(path, archive.packed(json.dumps({"installation": files}).encode() + b"\n", passphrase))
    record("trust.key_archive", counts={"files": len(files)})
    return path


def is_of_installation(path: Path, passphrase: str | None) -> bool:
    """Whether an archive is one of these, not of a community. BadInput for a file that is none or a wrong passphrase."""
    return "installation" in _told(path, passphrase)


@command("trust.import_installation", may=Permission.KEYS_MANAGE, system=True)
def import_installation(*, by: Actor, path: Path, passphrase: str | None) -> int:
    """Bring back what is missing here; nothing that is here is lost. Returns how many files were added to."""
    told = _told(path, passphrase)
    damaged = BadInput(archive.NO_ARCHIVE, where=Where(file=path.name))
    try:
        files = {name: base64.b64decode(text, validate=True).decode() for name, text in told["installation"].items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise damaged from None
    mended = 0
    for name, text in files.items():
        if name != SIGNERS and not _LEDGER.fullmatch(name):
            raise damaged
        place = folder() / name
        here = place.read_text("utf-8") if place.exists() else ""
        both = _signers(here, text) if name == SIGNERS else _lines(here, text)
        if both != here:
            write_file(place, both.encode())
            mended += 1
    record("trust.key_archive", counts={"files": mended})
    return mended


def _told(path: Path, passphrase: str | None) -> dict[str, dict[str, str]]:
    line = archive.unpacked(path, passphrase).split(b"\n", 1)[0]
    try:
        return dict(json.loads(line))
    except (ValueError, TypeError):
        raise BadInput(archive.NO_ARCHIVE, where=Where(file=path.name)) from None


def _lines(here: str, there: str) -> str:
    """The archive's lines first, which are older, then those that only this installation has."""
    old = [line for line in there.splitlines() if line.strip()]
    known = set(old)
    return "".join(f"{line}\n" for line in [*old, *(line for line in here.splitlines() if line.strip() and line not in known)])


def _signers(here: str, there: str) -> str:
    """Every key that ever signed stays; the one that signs now is the newest, which comes last."""
    mine = list(json.loads(here)["keys"]) if here else []
    old = list(json.loads(there)["keys"])
    known = {key["public"] for key in old}
    return json.dumps({"keys": sorted([*old, *(key for key in mine if key["public"] not in known)], key=lambda k: k["made_at"])})
