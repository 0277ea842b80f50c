"""Key archives: kept apart, brought back, and never with somebody who was erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from linli.kernel.actor import SYSTEM
from linli.kernel.errors import BadInput, Conflict
from linli.trust import (
    Compartment,
    NewSubject,
    erase_subject,
    replay_erasures,
    seal_note,
)
from linli.trust.keyring import ring
from linli.trust.keyring.archive import archive_folder, export_keys, import_keys, prune_archives
from linli.trust.models import WrappedKey
from linli.trust.sealing.rewrapping import prune_ring, rotate
from tests.trust.subjects import PLACE, opened


class TestArchive:
    @pytest.mark.parametrize("passphrase", [None, "correct horse battery"])
    def test_brings_everything_back(self, data: Path, community: UUID, people: list[NewSubject], passphrase: str | None) -> None:
        values = {p.id: p.key.seal(PLACE, p.pseudonym) for p in people}
        seal_note(by=SYSTEM, community=community, subject=people[0].id, compartment=Compartment.HEALTH, text="x")
        path = export_keys(by=SYSTEM, community=community, passphrase=passphrase)
        assert path.parent == archive_folder()
        assert path.stat().st_mode & 0o777 == 0o600
        WrappedKey.objects.all().delete()
        for file in (data / "keys").glob("*.json"):
            file.unlink()
        back = import_keys(by=SYSTEM, path=path, passphrase=passphrase)
        assert (back.rings, back.keys, back.erased) == (2, 5, 0)
        assert opened(community, values) == {p.id: p.pseudonym for p in people}
        back = import_keys(by=SYSTEM, path=path, passphrase=passphrase)
        assert (back.rings, back.keys) == (0, 0)

    def test_an_erased_person_stays_erased(
        self, community: UUID, people: list[NewSubject], django_capture_on_commit_callbacks: Callable[..., Any]
    ) -> None:
        """An older archive and an older database come back; after the replay nothing of the person opens."""
        one = people[0]
        text = one.key.seal(PLACE, "张三")
        path = export_keys(by=SYSTEM, community=community, passphrase=None)
        before = WrappedKey.objects.filter(subject=one.id).values().get()
        with django_capture_on_commit_callbacks(execute=True):
            erase_subject(by=SYSTEM, community=community, subject=one.id, reason="asked")
        back = import_keys(by=SYSTEM, path=path, passphrase=None)
        assert (back.keys, back.erased) == (0, 1)
        # The whole database of before the erasure: the table of erasures has forgotten it, too.
        from linli.trust.models import Erasure

        Erasure.objects.all().delete()
        assert import_keys(by=SYSTEM, path=path, passphrase=None).erased == 1
        WrappedKey.objects.create(**before)
        assert opened(community, {one.id: text}) == {one.id: "张三"}
        assert replay_erasures(by=SYSTEM, community=community) == 1
        assert opened(community, {one.id: text}) == {}
        rotate(by=SYSTEM, community=community)
        assert opened(community, {one.id: text}) == {}

    def test_an_archive_of_before_a_rotation(self, community: UUID, people: list[NewSubject]) -> None:
        values = {p.id: p.key.seal(PLACE, p.pseudonym) for p in people}
        path = export_keys(by=SYSTEM, community=community, passphrase=None)
        rotate(by=SYSTEM, community=community)
        prune_ring(by=SYSTEM, community=community, now=timezone.now() + timedelta(days=31))
        WrappedKey.objects.filter(subject__in=[people[0].id, people[1].id]).delete()
        back = import_keys(by=SYSTEM, path=path, passphrase=None)
        assert (back.rings, back.keys) == (1, 2)
        assert opened(community, values) == {p.id: p.pseudonym for p in people}
        assert rotate(by=SYSTEM, community=community).keys == 2
        assert opened(community, values) == {p.id: p.pseudonym for p in people}

    def test_another_ring_is_not_overwritten(self, data: Path, community: UUID, people: list[NewSubject]) -> None:
        path = export_keys(by=SYSTEM, community=community, passphrase=None)
        WrappedKey.objects.all().delete()
        (data / "keys" / f"{community}.json").unlink()
        now = ring(str(community))
        with pytest.raises(Conflict):
            import_keys(by=SYSTEM, path=path, passphrase=None)
        assert ring(str(community)) == now

    def test_bad_files(self, data: Path, community: UUID, people: list[NewSubject], tmp_path: Path) -> None:
        path = export_keys(by=SYSTEM, community=community, passphrase="correct horse battery")
        with pytest.raises(BadInput, match="passphrase"):
            import_keys(by=SYSTEM, path=path, passphrase=None)
        with pytest.raises(BadInput, match="does not open"):
            import_keys(by=SYSTEM, path=path, passphrase="wrong horse battery")
        whole = export_keys(by=SYSTEM, community=community, passphrase=None).read_bytes()
        bad = tmp_path / "bad.keys"
        for text in (b"", b"PK\x03\x04", whole[:-1], whole[:40], b"LINLIKEYS1\n{}\n", b"LINLIKEYS1\n[1]\n{}\n"):
            bad.write_bytes(text)
            with pytest.raises(BadInput):
                import_keys(by=SYSTEM, path=bad, passphrase=None)

    def test_old_archives_go(self, data: Path, community: UUID, people: list[NewSubject]) -> None:
        path = export_keys(by=SYSTEM, community=community, passphrase=None)
        assert prune_archives() == 0
        assert prune_archives(now=datetime.now(UTC) + timedelta(days=31)) == 1
        assert not path.exists()
