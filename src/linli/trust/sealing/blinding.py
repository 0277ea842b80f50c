"""Keyed hashes of one community: what is sealed is found by them, and nobody without the key can try names or numbers out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from linli.trust.keyring import Ring
from linli.trust.sealing.keys import ring_of
from linli.trust.suites import SHORT_BYTES, SUITES, Mac


class Blinder:
    """The keyed hashes of one community. Deterministic there; another community, purpose or kind of hash has other values."""

    __slots__ = ("_macs", "_master", "_suite")

    def __init__(self, secret: bytes, suite: int) -> None:
        self._suite = SUITES[suite]
        self._master = self._suite.mac(secret)
        self._macs: dict[tuple[str, str], Mac] = {}

    def _mac(self, kind: str, purpose: str) -> Mac:
        found = self._macs.get((kind, purpose))
        if found is None:
            found = self._macs[kind, purpose] = self._suite.mac(self._master(f"{kind}\0{purpose}".encode()))
        return found

    def index(self, purpose: str, text: str) -> bytes:
        """For exact look-up: suite byte and 128 bits (17 bytes)."""
        return self._suite.mark + self._mac("index", purpose)(text.encode())[:SHORT_BYTES]

    def token(self, purpose: str, text: str) -> int:
        """For search: 24 bits, so that a value never stands for one text alone; what is found is opened and compared."""
        return int.from_bytes(self._mac("token", purpose)(text.encode())[:3], "big")

    def indexes(self, purpose: str, texts: Iterable[str | None]) -> list[bytes | None]:
        """``index`` of many texts; of None there is none."""
        mac, mark = self._mac("index", purpose), self._suite.mark
        return [None if text is None else mark + mac(text.encode())[:SHORT_BYTES] for text in texts]

    def tokens(self, purpose: str, texts: Sequence[str | None]) -> list[int | None]:
        """``token`` of many texts, each hashed once; of None there is none."""
        mac = self._mac("token", purpose)
        known: dict[str | None, int | None] = {
            text: int.from_bytes(mac(text.encode())[:3], "big") for text in set(texts) if text is not None
        }
        known[None] = None
        return [known[text] for text in texts]

    def print(self, purpose: str, text: str | bytes) -> bytes:
        """Fingerprint of a whole row of a source: suite byte and 128 bits (17 bytes)."""
        message = text.encode() if isinstance(text, str) else text
        return self._suite.mark + self._mac("print", purpose)(message)[:SHORT_BYTES]

    def prints(self, purpose: str, texts: Iterable[bytes]) -> bytes:
        """The fingerprints of many rows, 17 bytes each, one behind the other (``numpy.frombuffer(…, "V17")``)."""
        mac, mark = self._mac("print", purpose), self._suite.mark
        return b"".join([mark + mac(text)[:SHORT_BYTES] for text in texts])

    def __repr__(self) -> str:
        return "Blinder()"


def blinder_of(ring: Ring, suite: int | None = None) -> Blinder:
    """The keyed hashes of a ring, by the suite it uses or by another."""
    return Blinder(ring.index_secret, suite or ring.index_suite)


def blinder(community: UUID) -> Blinder:
    """The keyed hashes of one community."""
    return blinder_of(ring_of(community))
