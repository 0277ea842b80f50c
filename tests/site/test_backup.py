"""Backups: records and keys apart, brought back together, and nobody who was erased with them. By the command line."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

COMMUNITY = "999901001001"
NAMES = ("邻甲一", "邻乙二")
SECRET = "Needs oxygen at night"

MAKE = """
from django.utils import timezone
from linli.register.models import Person
from linli.register.rules.sealing import person_columns
from linli.territory.commands import add_community
from linli.trust import SYSTEM, Compartment, blinder, community_by_code, new_subjects, seal_note
from linli.trust.audit import trail
from linli.site import schema
schema.ensure()
zone = add_community(by=SYSTEM, code=CODE, name={"en": "Willow Court"})
with trail("test", SYSTEM, zone):
    made = new_subjects(zone, len(NAMES))
for one, name in zip(made, NAMES):
    columns = person_columns(one.key, blinder(zone), {"name": name, "phone": "00055500001"})
    Person.objects.create(community_id=zone, subject_id=one.id, sex="2", known_from=timezone.now(), **columns)
    seal_note(by=SYSTEM, community=zone, subject=one.id, compartment=Compartment.HEALTH, text=SECRET)
print([str(one.id) for one in made][0])
"""

READ = """
import json
from linli.register.models import Person
from linli.register.opening import open_people
from linli.trust import SYSTEM, Compartment, community_by_code, notes_about, open_note
from linli.trust.models import SealedNote
zone = community_by_code(viewer=SYSTEM, code=CODE).id
people = open_people(zone, Person.objects.values_list("id", flat=True))
health = Compartment.HEALTH
notes = [open_note(by=SYSTEM, community=zone, note=n.id, compartment=health, reason="test") for n in SealedNote.objects.all()]
tokens = Person.objects.exclude(name_token=None).count()
names = sorted(p.name for p in people.values() if p.name)
print(json.dumps({"people": len(people), "names": names, "notes": notes, "tokens": tokens}))
"""

ERASE = """
from uuid import UUID
from linli.trust import SYSTEM, community_by_code, erase_subject
erase_subject(by=SYSTEM, community=community_by_code(viewer=SYSTEM, code=CODE).id, subject=UUID(WHOM), reason="asked for it")
"""


@dataclass
class Box:
    """One installation: its data folder and its database."""

    data: Path
    url: str = ""
    said: dict[str, object] = field(default_factory=dict)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DJANGO_"))}
        told = {"LINLI_DATA": str(self.data), "DJANGO_SETTINGS_MODULE": "linli.site.settings"}
        return kept | told | ({"LINLI_DATABASE_URL": self.url} if self.url else {})

    def linli(self, *arguments: str, status: int = 0) -> str:
        """Run a verb; its standard output."""
        command = [sys.executable, "-m", "linli.site.cli", *arguments]
        done = subprocess.run(command, env=self._environment(), capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
        return done.stdout if not status else done.stderr

    def do(self, text: str, **names: object) -> str:
        """Run a piece of Python inside the installation."""
        head = "import django; django.setup()\nfrom linli.trust import SYSTEM, walls\nstanding = walls.everything(SYSTEM)\n"
        given = "".join(f"{name} = {value!r}\n" for name, value in {"CODE": COMMUNITY, **names}.items())
        command = [sys.executable, "-c", head + "standing.__enter__()\n" + given + text]
        done = subprocess.run(command, env=self._environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def read(self) -> dict[str, object]:
        return dict(json.loads(self.do(READ)))


@pytest.fixture(params=["sqlite", "postgresql"])
def boxes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Box, Box]]:
    """An installation, and an empty one on another machine."""
    if request.param == "sqlite":
        yield Box(tmp_path / "one"), Box(tmp_path / "two")
        return
    base = request.getfixturevalue("postgres")
    names = [f"backup_{uuid4().hex[:8]}" for _ in range(2)]
    with psycopg.connect(base, autocommit=True) as server:
        for name in names:
            server.execute(f"CREATE DATABASE {name}")
        one, two = (Box(tmp_path / name, f"{base.rsplit('/', 1)[0]}/{name}") for name in names)
        yield one, two
        for name in names:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.xdist_group("backup")
def test_whoever_is_erased_stays_erased(boxes: tuple[Box, Box]) -> None:
    one, two = boxes
    first = one.do(MAKE, NAMES=NAMES, SECRET=SECRET)
    kept = one.data / "attachments" / "a" / "file.sealed"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"sealed")
    words = one.data.parent / f"{one.data.name}.words"
    words.write_text("correct horse battery\n")
    before = json.loads(one.linli("backup", "--passphrase-file", str(words), "--json"))

    records = Path(before["records"])
    assert records.stat().st_mode & 0o777 == 0o600
    assert all(Path(path).stat().st_mode & 0o777 == 0o600 for path in before["keys"])
    with tarfile.open(records) as tar:
        assert not [name for name in tar.getnames() if name.startswith(("keys", "inbox"))]
        tar.extractall(one.data.parent / "look", filter="data")
    _holds_no_key(one, one.data.parent / "look" / "database")

    one.do(ERASE, WHOM=first)
    after = {"people": 2, "names": [NAMES[1]], "notes": [SECRET], "tokens": 1}
    sealed = ("--passphrase-file", str(words))
    assert "already" in one.linli("restore", str(records), *sealed, status=2)
    assert "damaged" in one.linli("restore", str(_damaged(records)), "--replace", *sealed, status=2)
    assert one.read() == after
    # Where the keys lie as they did, the ledger beside them knows who is to stay gone.
    kept.unlink()
    told = json.loads(one.linli("restore", str(records), "--replace", *sealed, "--keys", *before["keys"], "--json"))
    assert (told["keys"], told["erased"], told["erased_again"]) == (1, 1, 1)
    assert one.read() == after
    assert kept.read_bytes() == b"sealed"

    # On another machine the newest key archive brings the ledger.
    now = json.loads(one.linli("backup", "--plain", "--json"))
    told = json.loads(two.linli("restore", str(records), "--keys", *now["keys"], "--json"))
    assert (told["keys"], told["erased_again"]) == (1, 1)
    assert two.read() == after


def _holds_no_key(box: Box, database: Path) -> None:
    if box.url:
        told = subprocess.run(
            ["pg_restore", "--data-only", "--table=trust_wrappedkey", "-f", "-", database],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "COPY" not in told.stdout
        return
    source = sqlite3.connect(box.data / "db" / "linli.sqlite3")
    wrapped = [row[0] for row in source.execute("SELECT wrapped FROM trust_wrappedkey")]
    source.close()
    text = database.read_bytes()
    assert wrapped
    assert not any(value in text for value in wrapped)


def _damaged(records: Path) -> Path:
    text = bytearray(records.read_bytes())
    text[4096] ^= 1
    broken = records.with_name("broken.tar")
    broken.write_bytes(text)
    return broken
