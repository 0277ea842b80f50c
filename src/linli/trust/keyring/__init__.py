"""Key rings: the keys of one community that wrap all others, and what keeps them."""

from __future__ import annotations

from linli.trust.keyring.ring import KEYS_MISSING, RING_BROKEN, Ring, change, folder, names, ring
from linli.trust.keyring.stores import FileStore, KeyStore, SocketStore, StoreSilent, store

__all__ = [
    "KEYS_MISSING",
    "RING_BROKEN",
    "FileStore",
    "KeyStore",
    "Ring",
    "SocketStore",
    "StoreSilent",
    "change",
    "folder",
    "names",
    "ring",
    "store",
]
