"""Opaque ids, and the short references that people read to each other on the telephone."""

from __future__ import annotations

import os
import secrets
import struct
import threading
import time
from collections.abc import Iterator
from uuid import UUID, SafeUUID

# No 0/O, 1/I/L, U/V: the letters that are misheard or misread. 29 is prime, so one wrong or swapped sign is always noticed.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"


_lock = threading.Lock()
_newest = [0, 0]
_noise: list[int] = []
"""Random numbers of 62 bits for the next ids: the system is asked for some hundreds at once, which takes hardly longer."""
_AT_ONCE = 256

# Two processes must never draw from the same store.
os.register_at_fork(after_in_child=_noise.clear)
_empty, _set_int, _set_safe = object.__new__, UUID.int.__set__, UUID.is_safe.__set__  # type: ignore[misc, attr-defined]


def _uuid(value: int) -> UUID:
    """The UUID of a number that is known to be one; past its own beginning, which weighs six ways of being called each time."""
    made: UUID = _empty(UUID)
    _set_int(made, value)
    _set_safe(made, SafeUUID.unknown)
    return made


def _tick() -> tuple[int, int]:
    """Milliseconds and a 12-bit counter that together only ever grow within this process (RFC 9562 §6.2, method 1)."""
    with _lock:
        now = time.time_ns() // 1_000_000
        milliseconds, counter = _newest
        if now > milliseconds:
            _newest[:] = now, secrets.randbits(11)
        elif counter < 0xFFF:
            _newest[1] = counter + 1
        else:
            _newest[:] = milliseconds + 1, 0
        return _newest[0], _newest[1]


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562 §5.7): sortable by time of making, also within one millisecond of this process, otherwise random."""
    milliseconds, counter = _tick()
    return _uuid((milliseconds & ((1 << 48) - 1)) << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | _random())


def _random() -> int:
    try:
        return _noise.pop()
    except IndexError:
        fresh = [value >> 2 for value in struct.unpack(f"<{_AT_ONCE}Q", os.urandom(8 * _AT_ONCE))]
        last: int = fresh.pop()
        _noise.extend(fresh)
        return last


def new_ids(count: int) -> list[UUID]:
    """``count`` ids as ``new_id`` makes them, in order, for those who need a million."""
    return [_uuid(value) for value in _values(count)]


def new_hexes(count: int) -> list[str]:
    """``new_ids`` as 32 hexadecimal digits each, as bulk tables take them: no object for every id."""
    return [value.to_bytes(16).hex() for value in _values(count)]


def _values(count: int) -> Iterator[int]:
    """Ids as numbers. The ticks of all of them are taken at once."""
    noise = struct.unpack(f"<{count}Q", os.urandom(8 * count))
    with _lock:
        now = time.time_ns() // 1_000_000
        tick = _newest[0] << 12 | _newest[1]
        tick = max(tick + 1, now << 12 | secrets.randbits(11))
        last = tick + count - 1
        _newest[:] = last >> 12, last & 0xFFF
    for at in range(tick, tick + count):
        head = (at >> 12 & ((1 << 48) - 1)) << 80 | 0x7 << 76 | (at & 0xFFF) << 64 | 0b10 << 62
        yield head | noise[at - tick] >> 2


def new_reference(length: int = 7) -> str:
    """A random short reference ending in its check character, e.g. ``7KQ2-M4XD``."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(length))
    whole = body + check_character(body)
    return f"{whole[:4]}-{whole[4:]}"


def check_character(body: str) -> str:
    """Weighted sum modulo 29 (positions 2, 3, …); finds every single error and every swap of neighbours."""
    total = sum((position + 2) * ALPHABET.index(sign) for position, sign in enumerate(body))
    return ALPHABET[-total % len(ALPHABET)]


def is_reference(text: str) -> bool:
    """Whether ``text`` is a well-formed reference; spaces, hyphens and lower case are forgiven."""
    sign = text.replace("-", "").replace(" ", "").upper()
    return len(sign) > 1 and all(c in ALPHABET for c in sign) and check_character(sign[:-1]) == sign[-1]
