"""The key of one person, unwrapped: it seals and opens what is known of them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag

from linli.kernel.errors import LinliError
from linli.kernel.words import sentence
from linli.trust.keyring import Ring, ring
from linli.trust.suites import NONCE_BYTES, SUITES, TAG_BYTES, Aead, Suite

TAMPERED = sentence("trust.tampered", "A protected value cannot be opened: it was changed, or it belongs elsewhere.")
ASK_ADMINISTRATOR = sentence("trust.ask_administrator", "Tell the system administrator; the record itself is still there.")

SHORTEST = 1 + NONCE_BYTES + TAG_BYTES
_SIZE = 500


class Tampered(LinliError):
    """A sealed value does not open: changed, moved to another field or person, or sealed with another key."""

    status = 500

    def __init__(self) -> None:
        super().__init__(TAMPERED, remedy=ASK_ADMINISTRATOR)


_used: tuple[bytes, int, Aead] | None = None
"""The cipher used last: the fields of one person are sealed and opened one after the other, and a cipher of its own for each of a
million keys would fill the memory (4 KB each)."""


def _cipher(secret: bytes, suite: int) -> Aead:
    global _used
    last = _used
    if last is not None and last[0] is secret and last[1] == suite:
        return last[2]
    made = SUITES[suite].aead(secret)
    _used = (secret, suite, made)
    return made


def _of_place(place: str) -> bytes:
    return place.encode() + b"\0"


class Wraps(Protocol):
    """What wraps new keys: a ring, or as much of one as another process is told."""

    @property
    def secret(self) -> bytes: ...
    @property
    def suite(self) -> int: ...


class SubjectKey:
    """The key of one data subject. Never printed, never stored but wrapped."""

    __slots__ = ("_secret", "_suite", "subject_id")

    def __init__(self, subject_id: UUID, secret: bytes, suite: int) -> None:
        self.subject_id = subject_id
        self._secret = secret
        self._suite = suite

    def seal(self, place: str, text: str) -> bytes:
        """``text`` sealed for ``place`` (``register.person.name``): suite byte, nonce, ciphertext, tag; 29 bytes longer."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = _cipher(self._secret, self._suite).encrypt(nonce, text.encode(), self._bound(place))
        return SUITES[self._suite].mark + nonce + sealed

    def open(self, place: str, sealed: bytes | memoryview) -> str:
        """What was sealed for this person and ``place``. Tampered for anything else."""
        value = bytes(sealed)
        try:
            return _cipher(self._secret, value[0]).decrypt(value[1:13], value[13:], self._bound(place)).decode()
        except (InvalidTag, IndexError, KeyError, ValueError):
            raise Tampered from None

    def _bound(self, place: str) -> bytes:
        return _of_place(place) + self.subject_id.bytes

    def __repr__(self) -> str:
        return f"SubjectKey({self.subject_id})"


def seal_rows(
    suite: Suite, subjects: Sequence[bytes], secrets: Sequence[bytes], columns: Mapping[str, Sequence[str]]
) -> dict[str, list[bytes]]:
    """By place, the texts of many people sealed as ``SubjectKey.seal`` does; nothing stays nothing.

    ``subjects``: their ids as bytes, beside each the secret of its key and a text in each column.
    """
    noise = os.urandom(NONCE_BYTES * len(subjects) * len(columns))
    prefixes = [_of_place(place) for place in columns]
    sealed: dict[str, list[bytes]] = {place: [] for place in columns}
    appends = [column.append for column in sealed.values()]
    aead, mark, at = suite.aead, suite.mark, 0
    for subject, secret, *texts in zip(subjects, secrets, *columns.values(), strict=True):
        encrypt = aead(secret).encrypt
        for prefix, text, append in zip(prefixes, texts, appends, strict=True):
            if not text:
                append(b"")
                continue
            nonce = noise[at : at + NONCE_BYTES]
            at += NONCE_BYTES
            append(mark + nonce + encrypt(nonce, text.encode(), prefix + subject))
    return sealed


def ring_of(community: UUID) -> Ring:
    """The key ring of a community, made at first use; KeysMissing where keys rest on one that is gone."""
    from linli.trust.models import WrappedKey

    return ring(str(community), expected=lambda: WrappedKey.objects.filter(community=community).exists())


def _bound(subject: bytes) -> bytes:
    """What a wrapped key is bound to: it opens for this subject alone."""
    return b"linli subject key\0" + subject


def wrapped_keys(held: Wraps, subjects: Iterable[UUID], secrets: Iterable[bytes]) -> Iterator[bytes]:
    """The keys of subjects under the ring's current key: suite byte, nonce, ciphertext, tag (61 bytes)."""
    return iter(wrap_rows(held, [subject.bytes for subject in subjects], list(secrets)))


def wrap_rows(held: Wraps, subjects: Sequence[bytes], secrets: Sequence[bytes]) -> list[bytes]:
    """:func:`wrapped_keys` of subjects by the bytes of their ids."""
    suite = SUITES[held.suite]
    encrypt, mark = suite.aead(held.secret).encrypt, suite.mark
    # One question for all: the system's answer takes longer than the encryption.
    noise = os.urandom(NONCE_BYTES * len(subjects))
    nonces = [noise[at : at + NONCE_BYTES] for at in range(0, len(noise), NONCE_BYTES)]
    return [
        mark + nonce + encrypt(nonce, secret, _bound(subject))
        for subject, secret, nonce in zip(subjects, secrets, nonces, strict=True)
    ]


class Unwrapping:
    """Opens wrapped keys of one ring, whichever of its versions and suites wrapped them."""

    def __init__(self, held: Ring) -> None:
        self._ring = held
        self._aeads: dict[tuple[int, int], Aead] = {}

    def __call__(self, subject: UUID, version: int, wrapped: bytes | memoryview) -> bytes:
        value = bytes(wrapped)
        try:
            aead = self._aeads.get((version, value[0]))
            if aead is None:
                aead = self._aeads[version, value[0]] = SUITES[value[0]].aead(self._ring.versions[version].secret)
            return aead.decrypt(value[1:13], value[13:], _bound(subject.bytes))
        except (InvalidTag, IndexError, KeyError, ValueError):
            raise Tampered from None


def subject_keys(community: UUID, subject_ids: Collection[UUID] | None = None) -> dict[UUID, SubjectKey]:
    """The keys of these subjects of a community (None: of all of them). One whose key was destroyed is absent."""
    from linli.trust.models import WrappedKey

    held = ring_of(community)
    unwrap, suite = Unwrapping(held), held.suite
    rows = WrappedKey.objects.values_list("subject_id", "version", "wrapped", "community_id")
    found: dict[UUID, SubjectKey] = {}
    if subject_ids is None:
        batches = [rows.filter(community=community).iterator(chunk_size=5000)]
    else:
        ids = list(subject_ids)
        # By subject alone: told the community too, SQLite walks through all of its keys. Whose a key is, is looked at here.
        batches = [rows.filter(subject_id__in=ids[start : start + _SIZE]).iterator() for start in range(0, len(ids), _SIZE)]
    for batch in batches:
        for subject, version, wrapped, owner in batch:
            if owner != community:
                continue
            found[subject] = SubjectKey(subject, unwrap(subject, version, wrapped), suite)
    return found
