"""The key that signs heads: made at first need, in ``DATA/keys/audit.json``, mode 0600. Older keys stay, to check what they
signed."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.utils import timezone

from linli.trust.chain.links import SUITE


@dataclass(frozen=True)
class Signer:
    """The newest key of this installation. ``name``: 32 hexadecimal digits, the beginning of its public half."""

    name: str
    private: Ed25519PrivateKey

    def sign(self, text: bytes) -> bytes:
        return self.private.sign(text)


def _file() -> Path:
    return Path(settings.DATA) / "keys" / "audit.json"


def _read() -> list[dict[str, str]]:
    path = _file()
    if not path.exists():
        _make(path)
    return list(json.loads(path.read_text("utf-8"))["keys"])


def _make(path: Path) -> None:
    """Write the first key whole, or leave what another process has written at the same moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = Ed25519PrivateKey.generate()
    key = {
        "suite": SUITE,
        "private": private.private_bytes_raw().hex(),
        "public": private.public_key().public_bytes_raw().hex(),
        "made_at": timezone.now().isoformat(),
    }
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"keys": [key]}, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def signer() -> Signer:
    """The key that signs now."""
    newest = _read()[-1]
    return Signer(newest["public"][:32], Ed25519PrivateKey.from_private_bytes(bytes.fromhex(newest["private"])))


def public_key() -> str:
    """The public half of the key that signs now, as 64 hexadecimal digits: who keeps heads keeps it, too."""
    return _read()[-1]["public"]


def is_signed(text: bytes, signature: bytes, key: str) -> bool:
    """Whether one of this installation's keys, the one of that name, signed ``text``."""
    for known in _read():
        if known["public"][:32] == key:
            try:
                Ed25519PublicKey.from_public_bytes(bytes.fromhex(known["public"])).verify(bytes(signature), text)
            except InvalidSignature:
                return False
            return True
    return False
