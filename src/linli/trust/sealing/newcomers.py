"""What is known of many new people at once, sealed under keys of their own: pure work, so that a second process can do it.

Nothing here asks a database or a setting: the keys of the community come with what is to be sealed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from linli.trust.sealing.blinding import Blinder
from linli.trust.sealing.keys import seal_rows, wrap_rows
from linli.trust.suites import SECRET_BYTES, SUITES


@dataclass(frozen=True)
class Told:
    """What is said of ``count`` people. ``texts``: by place, one each; ``found_by(blinder, **looked_up)``, a function known by
    its name in a module, gives the columns that they are found by."""

    count: int
    texts: Mapping[str, Sequence[str]] = field(repr=False)
    found_by: Callable[..., Mapping[str, Sequence[Any]]]
    looked_up: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Piece:
    """``Told`` with the new ids of those people (16 bytes each, one behind the other) and as much of a key ring as that takes."""

    subjects: bytes
    secret: bytes = field(repr=False)
    suite: int
    index_secret: bytes = field(repr=False)
    index_suite: int
    told: Told


class Sealed(NamedTuple):
    """By person: the wrapped key; by place the sealed texts; the columns that they are found by."""

    wrapped: list[bytes]
    texts: dict[str, list[bytes]]
    found_by: Mapping[str, Sequence[Any]]


def seal_piece(piece: Piece) -> Sealed:
    """A new key for each person, wrapped; everything that is told of them sealed under it. The keys themselves are let go of."""
    told, ids = piece.told, piece.subjects
    subjects = [ids[at : at + 16] for at in range(0, len(ids), 16)]
    noise = os.urandom(SECRET_BYTES * told.count)
    secrets = [noise[at : at + SECRET_BYTES] for at in range(0, len(noise), SECRET_BYTES)]
    return Sealed(
        wrap_rows(piece, subjects, secrets),
        seal_rows(SUITES[piece.suite], subjects, secrets, told.texts),
        told.found_by(Blinder(piece.index_secret, piece.index_suite), **told.looked_up),
    )
