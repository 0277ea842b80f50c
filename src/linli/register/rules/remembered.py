"""An address that somebody explained, as it is kept to be known again."""

from __future__ import annotations

from linli.register.rules.addresses import normalise
from linli.register.rules.addresses.signs import clean

_LONGEST = 200


def remembered(address: str) -> str:
    """What of an address is kept in plain: one way of writing it, without telephones and file numbers."""
    return normalise(clean(address))[:_LONGEST]
