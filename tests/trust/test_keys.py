"""Key rings: made once, rotated, taken to another suite, kept apart and brought back; killed half-way, nothing is lost."""

from __future__ import annotations

import base64
import io
import json
import os
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.errors import BadInput, NotAllowed
from linli.trust import (
    Blinder,
    Compartment,
    NewSubject,
    Tampered,
    blinder,
    drop_subjects,
    erase_subject,
    on_rotated,
    open_file,
    open_note,
    rewrap_file,
    seal_file,
    seal_note,
    sealed,
    subject_keys,
)
from linli.trust.audit import trail
from linli.trust.keyring import Ring, StoreSilent, change, names, ring
from linli.trust.keyring.ring import KeysMissing
from linli.trust.models import Subject, WrappedKey
from linli.trust.sealing import rewrapping
from linli.trust.sealing.columns import COLUMNS
from linli.trust.sealing.overview import overview
from linli.trust.sealing.resealing import reseal
from linli.trust.sealing.rewrapping import KEEPERS, begin_rotation, prune_ring, rewrap_keys, rotate, unfinished
from tests.trust.subjects import PLACE, make, opened


class TestRing:
    def test_is_made_once_and_for_its_owner_alone(self, data: Path, community: UUID) -> None:
        first = ring(str(community))
        assert ring(str(community)) is first
        path = data / "keys" / f"{community}.json"
        assert path.stat().st_mode & 0o777 == 0o600
        assert names() == [str(community)]
        assert [p.name for p in path.parent.iterdir()] == [path.name]

    def test_two_at_once_make_one(self, data: Path, community: UUID) -> None:
        found: list[Ring] = []
        threads = [threading.Thread(target=lambda: found.append(ring(str(community)))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({r.secret for r in found}) == 1

    def test_another_process_sees_a_change(self, data: Path, community: UUID) -> None:
        before = ring(str(community))
        path = data / "keys" / f"{community}.json"
        old = path.read_text()
        change(str(community), Ring.with_new_version)
        assert ring(str(community)).current == 2
        beside = path.with_suffix(".new")
        beside.write_text(old)
        beside.replace(path)
        assert ring(str(community)) == before

    def test_a_missing_ring_is_not_replaced(self, data: Path, community: UUID, people: list[NewSubject]) -> None:
        (data / "keys" / f"{community}.json").unlink()
        with pytest.raises(KeysMissing):
            subject_keys(community)
        with pytest.raises(KeysMissing):
            make(community, 1)
        assert names() == []

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": 7}', "{", '{"versions": []}'])
    def test_a_broken_ring_says_so(self, data: Path, community: UUID, text: str) -> None:
        (data / "keys" / f"{community}.json").write_text(text)
        with pytest.raises(KeysMissing):
            ring(str(community))

    def test_a_ring_of_another_community_is_refused(self, data: Path, community: UUID, other_community: UUID) -> None:
        ring(str(other_community))
        (data / "keys" / f"{other_community}.json").rename(data / "keys" / f"{community}.json")
        with pytest.raises(KeysMissing):
            ring(str(community))


class TestWrapping:
    def test_a_wrapped_key_belongs_to_its_subject(self, community: UUID, people: list[NewSubject]) -> None:
        one, other = people[0].id, people[1].id
        WrappedKey.objects.filter(subject=one).update(wrapped=WrappedKey.objects.get(subject=other).wrapped)
        with pytest.raises(Tampered):
            subject_keys(community, [one])

    def test_a_subject_taken_back_takes_its_key(self, community: UUID, people: list[NewSubject]) -> None:
        with trail("test", SYSTEM, community):
            assert drop_subjects(community, [p.id for p in people[:3]]) == 3
        assert WrappedKey.objects.count() == Subject.objects.count() == 2


class TestRotation:
    def test_everything_opens_and_the_old_version_goes(self, community: UUID, people: list[NewSubject]) -> None:
        values = {p.id: p.key.seal(PLACE, p.pseudonym) for p in people}
        note = seal_note(by=SYSTEM, community=community, subject=people[0].id, compartment=Compartment.PARTY, text="x")
        index = blinder(community).index("number", "7")
        done = rotate(by=SYSTEM, community=community)
        assert (done.begun, done.version, done.keys, done.notes) == (True, 2, 5, 1)
        assert opened(community, values) == {p.id: p.pseudonym for p in people}
        assert open_note(by=SYSTEM, community=community, note=note, compartment=Compartment.PARTY, reason="x") == "x"
        assert blinder(community).index("number", "7") == index
        assert prune_ring(by=SYSTEM, community=community) == 0
        later = timezone.now() + timedelta(days=31)
        assert prune_ring(by=SYSTEM, community=community, now=later) == 2
        assert sorted(ring(str(community)).versions) == [2]
        assert opened(community, values) == {p.id: p.pseudonym for p in people}
        assert open_note(by=SYSTEM, community=community, note=note, compartment=Compartment.PARTY, reason="x") == "x"

    def test_killed_half_way_it_goes_on(self, community: UUID, people: list[NewSubject], monkeypatch: pytest.MonkeyPatch) -> None:
        values = {p.id: p.key.seal(PLACE, p.pseudonym) for p in people}
        monkeypatch.setattr(rewrapping, "AT_ONCE", 2)

        def killed(_count: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rotate(by=SYSTEM, community=community, told=killed)
        assert sorted(WrappedKey.objects.values_list("version", flat=True)) == [1, 1, 1, 2, 2]
        assert opened(community, values) == {p.id: p.pseudonym for p in people}
        assert unfinished(community)
        assert overview(community)["unfinished"]
        # What is still needed isn't dropped, however old.
        assert prune_ring(by=SYSTEM, community=community, now=timezone.now() + timedelta(days=900)) == 0
        newcomer = make(community, 1)[0]
        done = rotate(by=SYSTEM, community=community)
        assert (done.begun, done.version, done.keys) == (False, 2, 3)
        values[newcomer.id] = newcomer.key.seal(PLACE, newcomer.pseudonym)
        assert opened(community, values) == {p.id: p.pseudonym for p in [*people, newcomer]}

    def test_one_erased_meanwhile_stays_erased(self, community: UUID, people: list[NewSubject]) -> None:
        begin_rotation(by=SYSTEM, community=community)
        erase_subject(by=SYSTEM, community=community, subject=people[0].id, reason="asked")
        assert rewrap_keys(by=SYSTEM, community=community, most=100) == 4
        assert people[0].id not in subject_keys(community)

    def test_those_who_keep_files_are_asked(self, community: UUID, people: list[NewSubject]) -> None:
        asked: list[UUID] = []

        def keeper(which: UUID) -> int:
            asked.append(which)
            return 7

        on_rotated(keeper)
        try:
            assert rotate(by=SYSTEM, community=community).files == 7
        finally:
            KEEPERS.remove(keeper)
        assert asked == [community]

    def test_a_sealed_file_follows(self, data: Path, community: UUID, people: list[NewSubject]) -> None:
        path = data / "x.sealed"
        with path.open("wb") as target:
            seal_file(community, io.BytesIO(b"a row\n" * 300_000), target)
        os.utime(path, (1_600_000_000, 1_600_000_000))
        path.chmod(0o400)
        size = path.stat().st_size
        assert not rewrap_file(community, path)
        for _ in range(2):
            rotate(by=SYSTEM, community=community)
            assert rewrap_file(community, path)
        prune_ring(by=SYSTEM, community=community, now=timezone.now() + timedelta(days=31))
        stat = path.stat()
        assert (stat.st_mtime, stat.st_size, stat.st_mode & 0o777) == (1_600_000_000, size, 0o400)
        back = io.BytesIO()
        with path.open("rb") as source:
            open_file(community, source, back)
        assert back.getvalue() == b"a row\n" * 300_000
        with pytest.raises(Tampered):
            rewrap_file(community, data / "keys" / f"{community}.json")

    def test_another_community_is_left_alone(self, community: UUID, other_community: UUID, people: list[NewSubject]) -> None:
        make(other_community, 1)
        rotate(by=SYSTEM, community=community)
        assert ring(str(other_community)).current == 1
        assert WrappedKey.objects.get(community=other_community).version == 1

    def test_only_an_administrator(self, community: UUID, people: list[NewSubject], actor_for: Callable[..., Actor]) -> None:
        with pytest.raises(NotAllowed):
            rotate(by=actor_for("community_manager", community), community=community)
        assert ring(str(community)).current == 1


@pytest.fixture
def column() -> Iterator[None]:
    """No column is declared but those of the test."""
    before = dict(COLUMNS)
    COLUMNS.clear()
    yield
    COLUMNS.clear()
    COLUMNS.update(before)


class TestAnotherSuite:
    def test_declared_columns_follow(self, community: UUID, people: list[NewSubject], column: None) -> None:
        """A person of the register stands for whatever has a way to a subject; what is sealed there is the test's own."""
        from linli.register.models import Person

        def derive(blind: Blinder, text: str, row: Mapping[str, Any]) -> dict[str, Any]:
            return {"number_index": blind.index("number", f"{row['document_kind']}:{text}"), "name_token": blind.token("n", text)}

        sealed(
            "register.Person",
            "sealed_name",
            PLACE,
            derived=("number_index", "name_token"),
            derives=derive,
            reads=("document_kind",),
            blanks={"birth_month": None, "register_no": ""},
        )
        blind = blinder(community)
        for p in people:
            Person.objects.create(
                community_id=community,
                subject_id=p.id,
                sealed_name=p.key.seal(PLACE, p.pseudonym) if p is not people[4] else b"",
                sex="1",
                document_kind="111",
                register_no="4711",
                known_from=timezone.now(),
                **(derive(blind, p.pseudonym, {"document_kind": "111"}) if p is not people[4] else {}),
            )
        done = reseal(by=SYSTEM, community=community, suite=2)
        assert (done.keys, done.values, done.rows) == (5, 4, 4)
        held = ring(str(community))
        assert (held.suite, held.index_suite, held.moving_to) == (2, 2, None)
        keys, blind = subject_keys(community), blinder(community)
        for p in people[:4]:
            stored = Person.objects.get(subject=p.id)
            assert bytes(stored.sealed_name)[0] == 2
            assert keys[p.id].open(PLACE, stored.sealed_name) == p.pseudonym
            assert bytes(stored.number_index) == blind.index("number", f"111:{p.pseudonym}")
            assert bytes(stored.number_index)[0] == 2
            assert stored.name_token == blind.token("n", p.pseudonym)
        assert bytes(Person.objects.get(subject=people[4].id).sealed_name) == b""
        assert set(WrappedKey.objects.values_list("suite", flat=True)) == {2}
        # Once more there is nothing to do, and back again all of it.
        done = reseal(by=SYSTEM, community=community, suite=2)
        assert (done.keys, done.values, done.rows) == (0, 0, 0)
        assert reseal(by=SYSTEM, community=community, suite=1).values == 4

        erase_subject(by=SYSTEM, community=community, subject=people[0].id, reason="asked")
        gone = Person.objects.get(subject=people[0].id)
        assert (bytes(gone.sealed_name), gone.number_index, gone.name_token) == (b"", None, None)
        assert (gone.birth_month, gone.register_no) == (None, "")
        assert Person.objects.get(subject=people[1].id).register_no == "4711"

    def test_an_unknown_suite(self, community: UUID, people: list[NewSubject]) -> None:
        with pytest.raises(BadInput):
            reseal(by=SYSTEM, community=community, suite=9)
        assert ring(str(community)).current == 1


class _Service(socketserver.StreamRequestHandler):
    """A key service for tests: adds its own key to what it is given, bound to the context."""

    def handle(self) -> None:
        from linli.trust.suites import SUITES, seal, unseal

        question = json.loads(self.rfile.readline())
        value, context = base64.b64decode(question["value"]), question["context"].encode()
        secret = self.server.secret  # type: ignore[attr-defined]
        made = seal(SUITES[1], secret, value, context) if question["do"] == "wrap" else unseal(secret, value, context)
        answer = {"error": "refused"} if made is None else {"value": base64.b64encode(made).decode()}
        self.wfile.write(json.dumps(answer).encode() + b"\n")


class TestKeyService:
    @pytest.fixture
    def service(self, tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[socketserver.UnixStreamServer]:
        path = tmp_path_factory.mktemp("s") / "kms"
        with socketserver.UnixStreamServer(str(path), _Service) as server:
            server.secret = os.urandom(32)  # type: ignore[attr-defined]
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            settings.LINLI_KEY_STORE = f"unix:{path}"
            yield server
            server.shutdown()
            thread.join()

    def test_speaks_the_same_interface(
        self, service: socketserver.UnixStreamServer, data: Path, community: UUID, settings: Any
    ) -> None:
        people = make(community, 2)
        values = {p.id: p.key.seal(PLACE, p.pseudonym) for p in people}
        held = ring(str(community))
        file = (data / "keys" / f"{community}.json").read_text()
        assert base64.b64encode(held.secret).decode() not in file
        assert base64.b64encode(held.index_secret).decode() not in file
        rotate(by=SYSTEM, community=community)
        assert opened(community, values) == {p.id: p.pseudonym for p in people}
        assert overview(community)["store"].startswith("unix:")
        # Moved back into the file: a change of the setting and a rotation.
        settings.LINLI_KEY_STORE = "file"
        rotate(by=SYSTEM, community=community)
        service.secret = os.urandom(32)  # type: ignore[attr-defined]
        assert opened(community, values) == {p.id: p.pseudonym for p in people}

    def test_a_secret_under_another_name_is_refused(self, service: socketserver.UnixStreamServer, data: Path) -> None:
        from linli.trust.keyring import store

        wrapped = store().wrap("a/key/1", b"x" * 32)
        assert store().unwrap("a/key/1", wrapped) == b"x" * 32
        with pytest.raises(StoreSilent):
            store().unwrap("b/key/1", wrapped)

    def test_silence_is_told(self, data: Path, community: UUID, settings: Any) -> None:
        settings.LINLI_KEY_STORE = f"unix:{data}/nobody"
        with pytest.raises(StoreSilent):
            ring(str(community))
        settings.LINLI_KEY_STORE = "vault"
        with pytest.raises(BadInput):
            ring(str(community))


class TestVerb:
    def test_all_of_it(
        self, data: Path, community: UUID, people: list[NewSubject], capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        import argparse

        from linli.site.verbs import keys

        def run(*words: str) -> Any:
            parser = argparse.ArgumentParser()
            keys.add_arguments(parser)
            assert keys.run(parser.parse_args([*words, "--json"])) == 0
            return json.loads(capsys.readouterr().out)

        [row] = run("list")
        assert (row["community"], row["version"], row["keys"], row["unfinished"]) == ("999901001001", 1, 5, False)
        assert run("rotate", "--community", "999901001001")[0]["keys"] == 5
        assert run("reseal", "--suite", "2")[0]["suite"] == 2
        phrase = tmp_path / "phrase"
        phrase.write_text("correct horse battery\n")
        [row] = run("export", "--passphrase-file", str(phrase))
        WrappedKey.objects.all().delete()
        assert run("import", row["file"], "--passphrase-file", str(phrase))[0]["keys"] == 5
        assert run("replay") == [{"community": "999901001001", "erased_again": 0}]
        assert run("prune", "--days", "0")[0] == {"archives": 1}
        phrase.write_text("short\n")
        with pytest.raises(BadInput):
            run("export", "--passphrase-file", str(phrase))
