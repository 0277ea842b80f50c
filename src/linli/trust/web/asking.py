"""What somebody asked a page for, kept apart from its address: addresses stand in histories, bookmarks and the logs of proxies.

A form is sent by POST, what it asked is sealed into the session, and the answer's address carries a random id alone. So paging,
going back and loading anew work, for half an hour and until signing out; the id opens nothing in another session.
"""

from __future__ import annotations

import base64
import io
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from linli.trust.sealing.files import open_file, seal_file
from linli.trust.sealing.keys import Tampered

KEPT_SECONDS = 30 * 60
MOST = 20
"""So many answers back a browser may go; the oldest goes first."""
_SESSION = "linli_asked"


def keep_asked(request: HttpRequest, community: UUID, asked: Mapping[str, Any]) -> str:
    """Seal what was asked (anything JSON can say) into the session. Returns the random id to ask for it by (22 signs)."""
    sealed = io.BytesIO()
    seal_file(community, io.BytesIO(json.dumps(asked, ensure_ascii=False).encode()), sealed)
    key = secrets.token_urlsafe(16)
    held = [*_held(request), [key, str(community), int(time.time()), base64.b64encode(sealed.getvalue()).decode()]]
    request.session[_SESSION] = held[-MOST:]
    return key


def asked_before(request: HttpRequest, community: UUID, key: str) -> dict[str, Any] | None:
    """What was asked under this id, in this session and community, within the half hour; else None.

    What has had its time leaves the session with the first look after it.
    """
    held = _held(request)
    if len(held) != len(request.session.get(_SESSION, ())):
        request.session[_SESSION] = held
    for known, whose, _at, sealed in held:
        if known == key and whose == str(community):
            plain = io.BytesIO()
            try:
                open_file(community, io.BytesIO(base64.b64decode(sealed)), plain)
            except Tampered:
                return None
            return dict(json.loads(plain.getvalue()))
    return None


def _held(request: HttpRequest) -> list[list[Any]]:
    since = time.time() - KEPT_SECONDS
    return [entry for entry in request.session.get(_SESSION, []) if entry[2] > since]
