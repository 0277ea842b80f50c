"""What keeps the secrets of a key ring: a file of this installation, or a key service that wraps and unwraps them.

A key service (KMS, HSM) never sees a person's key: it wraps the few keys of a ring, so it is asked once per process and ring, not
once per person. ``LINLI_KEY_STORE`` is ``file`` or ``unix:PATH``, a socket that speaks one JSON object a line.
"""

from __future__ import annotations

import base64
import binascii
import json
import socket
from typing import Protocol

from django.conf import settings

from linli.kernel.errors import BadInput, LinliError
from linli.kernel.words import sentence

STORE_SILENT = sentence("trust.keys.store_silent", "The key service does not answer.")
ASK_STORE = sentence("trust.keys.ask_store", "See that it runs, and that LINLI_KEY_STORE names its socket.")
STORE_UNKNOWN = sentence("trust.keys.store_unknown", 'LINLI_KEY_STORE is "file" or "unix:" and the path of a socket.')


class StoreSilent(LinliError):
    """The key service did not answer, or refused."""

    status = 503


class KeyStore(Protocol):
    """Wraps secrets of 32 bytes. ``context`` says what a secret is for; unwrapping under another context is refused."""

    name: str

    def wrap(self, context: str, secret: bytes) -> bytes: ...

    def unwrap(self, context: str, wrapped: bytes) -> bytes: ...


class FileStore:
    """The ring's own file (mode 0600) is what keeps the secrets: they stand in it as they are."""

    name = "file"

    def wrap(self, context: str, secret: bytes) -> bytes:
        return secret

    def unwrap(self, context: str, wrapped: bytes) -> bytes:
        return wrapped


class SocketStore:
    """A key service behind a local socket. Question: ``{"do": "wrap"|"unwrap", "context": …, "value": base64}``; answer
    ``{"value": base64}`` or ``{"error": …}``, one line each."""

    def __init__(self, path: str, *, seconds: float = 10) -> None:
        self.name = f"unix:{path}"
        self._path, self._seconds = path, seconds

    def wrap(self, context: str, secret: bytes) -> bytes:
        return self._ask("wrap", context, secret)

    def unwrap(self, context: str, wrapped: bytes) -> bytes:
        return self._ask("unwrap", context, wrapped)

    def _ask(self, what: str, context: str, value: bytes) -> bytes:
        question = json.dumps({"do": what, "context": context, "value": base64.b64encode(value).decode()})
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(self._seconds)
                line.connect(self._path)
                line.sendall(question.encode() + b"\n")
                with line.makefile("rb") as answers:
                    answer = json.loads(answers.readline(65536))
            return base64.b64decode(answer["value"], validate=True)
        except (OSError, ValueError, KeyError, TypeError, binascii.Error):
            raise StoreSilent(STORE_SILENT, remedy=ASK_STORE) from None


def store() -> KeyStore:
    """What this installation keeps the secrets of new and changed rings with."""
    return store_named(getattr(settings, "LINLI_KEY_STORE", "file"))


def store_named(name: str) -> KeyStore:
    """The store by the name that a ring's file carries. BadInput for a name that is none."""
    if name == "file":
        return FileStore()
    if name.startswith("unix:"):
        return SocketStore(name.removeprefix("unix:"))
    raise BadInput(STORE_UNKNOWN)
