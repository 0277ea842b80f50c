"""Many people at once, by id alone: a million of them are one array, not a million objects."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import numpy as np
import numpy.typing as npt

Hex = npt.NDArray[np.bytes_]
"""S32: hexadecimal ids."""


class Ids:
    """A set of ids, kept as a rising array of their 32 hexadecimal digits."""

    __slots__ = ("hex",)

    def __init__(self, hex: Hex) -> None:
        self.hex: Hex = hex if len(hex) < 2 or bool(np.all(hex[:-1] < hex[1:])) else np.unique(hex)

    @classmethod
    def of(cls, ids: Iterable[UUID]) -> Ids:
        """From single ids."""
        return cls(np.array([one.hex for one in ids], "S32"))

    def __len__(self) -> int:
        return len(self.hex)

    def __contains__(self, one: object) -> bool:
        if not isinstance(one, UUID) or not len(self.hex):
            return False
        wanted = np.bytes_(one.hex.encode())
        at = int(np.searchsorted(self.hex, wanted))
        return at < len(self.hex) and bool(self.hex[at] == wanted)

    def within(self, other: Ids) -> Ids:
        """Those that ``other`` holds as well."""
        return Ids(np.intersect1d(self.hex, other.hex, assume_unique=True))

    def without(self, other: Ids) -> Ids:
        """Those that ``other`` doesn't hold."""
        return Ids(np.setdiff1d(self.hex, other.hex, assume_unique=True))

    def joined(self, other: Ids) -> Ids:
        """Those that either holds."""
        return Ids(np.union1d(self.hex, other.hex))

    def packed(self) -> bytes:
        """16 bytes each, rising."""
        return bytes.fromhex(b"".join(self.hex.tolist()).decode())

    @classmethod
    def unpacked(cls, packed: bytes) -> Ids:
        """From what :meth:`packed` gave, also where several were put one behind the other."""
        return cls(np.unique(np.array([packed[at : at + 16].hex() for at in range(0, len(packed), 16)], "S32")))

    def uuids(self) -> list[UUID]:
        """One by one, rising."""
        return [UUID(hex=one.decode()) for one in self.hex]


NOBODY = Ids(np.empty(0, "S32"))
