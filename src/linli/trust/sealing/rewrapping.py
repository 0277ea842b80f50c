"""Rotation: a new version of the key that wraps others, and every key wrapped anew under it, a batch at a time.

Killed half-way, everything still opens: each wrapped key says which version it needs, and the ring keeps the old ones until
``prune`` finds them unused. The next rotation goes on where the last one stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput
from linli.kernel.words import sentence
from linli.trust.audit import record
from linli.trust.compartments import Compartment, bound, compartment_ring
from linli.trust.door import command
from linli.trust.keyring import Ring, change, names
from linli.trust.models import SealedNote, WrappedKey
from linli.trust.rules import Permission
from linli.trust.sealing.keys import Tampered, Unwrapping, ring_of, subject_keys, wrapped_keys
from linli.trust.suites import SUITES, seal, unseal, works

SUITE_UNKNOWN = sentence("trust.keys.suite_unknown", "Cipher suite %(suite)s is not known here, or its ciphers are missing.")
AT_ONCE = 20_000
KEPT_DAYS = 30
"""How long a retired version, and a key archive, is kept."""

KEEPERS: list[Callable[[UUID], int]] = []
Told = Callable[[int], None]


def on_rotated(keeper: Callable[[UUID], int]) -> None:
    """Have ``keeper(community)`` wrap anew what it keeps under the community's key outside of trust's tables (sealed files).

    It returns how many it wrapped, and is called after each rotation and before an old version is dropped.
    """
    if keeper not in KEEPERS:
        KEEPERS.append(keeper)


@dataclass(frozen=True)
class Rotated:
    """``begun``: a new version was made, rather than an unfinished rotation finished; how many were wrapped anew."""

    begun: bool
    version: int
    keys: int
    notes: int
    files: int


def rotate(*, by: Actor, community: UUID, told: Told = lambda _: None) -> Rotated:
    """Make a new version of a community's key (and its compartments'), or finish what was begun. ``told`` hears of each batch."""
    begun = not unfinished(community)
    if begun:
        begin_rotation(by=by, community=community)
    return finish(by=by, community=community, begun=begun, told=told)


def finish(*, by: Actor, community: UUID, begun: bool, told: Told = lambda _: None) -> Rotated:
    """Wrap anew whatever isn't under the current versions."""
    keys = notes = 0
    while some := rewrap_keys(by=by, community=community, most=AT_ONCE):
        keys += some
        told(some)
    for compartment in _compartments(community):
        while some := rewrap_notes(by=by, community=community, compartment=compartment, most=AT_ONCE):
            notes += some
    files = sum(keeper(community) for keeper in KEEPERS)
    return Rotated(begun, ring_of(community).current, keys, notes, files)


def unfinished(community: UUID) -> bool:
    """Whether keys are still wrapped by an older version."""
    if WrappedKey.objects.filter(community=community, version__lt=ring_of(community).current).exists():
        return True
    return any(_old_notes(community, c).exists() for c in _compartments(community))


def _compartments(community: UUID) -> Iterator[Compartment]:
    there = set(names())
    return (c for c in Compartment if f"{community}.{c.value}" in there)


def _old_notes(community: UUID, compartment: Compartment):  # type: ignore[no-untyped-def]
    current = compartment_ring(community, compartment).current
    return SealedNote.objects.filter(community=community, compartment=compartment.value, version__lt=current)


@command("trust.begin_rotation", may=Permission.KEYS_MANAGE)
def begin_rotation(*, by: Actor, community: UUID, suite: int | None = None) -> int:
    """A new version of the community's key, and of its compartments'; ``suite`` for all that is sealed from now on.

    Returns the version. BadInput for a suite that is not known or does not work here.
    """
    if suite is not None and not works(suite):
        raise BadInput(SUITE_UNKNOWN, suite=suite)

    def renew(held: Ring) -> Ring:
        made = held.with_new_version()
        return made if suite is None else replace(made, suite=suite, moving_to=suite)

    ring_of(community)
    made = change(str(community), renew)
    for compartment in _compartments(community):
        change(f"{community}.{compartment.value}", renew)
    record("trust.key_ring", counts={"version": made.current, "suite": made.suite})
    return made.current


@command("trust.rewrap_keys", may=Permission.KEYS_MANAGE)
def rewrap_keys(*, by: Actor, community: UUID, most: int) -> int:
    """Wrap up to ``most`` keys of older versions under the current one. Returns how many there were."""
    held = ring_of(community)
    unwrap = Unwrapping(held)
    old = WrappedKey.objects.filter(community=community, version__lt=held.current)
    rows = list(old.values_list("subject_id", "version", "wrapped")[:most])
    subjects = [subject for subject, _, _ in rows]
    made = list(wrapped_keys(held, subjects, (unwrap(*row) for row in rows)))
    if rows:
        _store(held, subjects, made)
    record("trust.key_ring", counts={"rewrapped": len(rows), "version": held.current})
    return len(rows)


def _store(held: Ring, subjects: list[UUID], made: list[bytes]) -> None:
    """Write wrapped keys, and only over older versions: one that was erased meanwhile stays erased."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "UPDATE trust_wrappedkey k SET wrapped = n.wrapped, version = %s, suite = %s"
                " FROM unnest(%s::uuid[], %s::bytea[]) AS n(subject, wrapped) WHERE k.subject_id = n.subject AND k.version < %s",
                [held.current, held.suite, subjects, made, held.current],
            )
        else:
            connection.connection.executemany(
                "UPDATE trust_wrappedkey SET wrapped = ?, version = ?, suite = ? WHERE subject_id = ? AND version < ?",
                ((w, held.current, held.suite, s.hex, held.current) for s, w in zip(subjects, made, strict=True)),
            )


@command("trust.rewrap_notes", may=Permission.KEYS_MANAGE)
def rewrap_notes(*, by: Actor, community: UUID, compartment: Compartment, most: int) -> int:
    """Seal up to ``most`` notes of a compartment anew under its current key, unread. Returns how many there were."""
    held = compartment_ring(community, compartment)
    place = f"trust.note.{compartment.value}"
    notes = list(_old_notes(community, compartment)[:most])
    keys = subject_keys(community, {note.subject_id for note in notes})
    for note in notes:
        version, key = held.versions.get(note.version), keys.get(note.subject_id)
        inner = unseal(version.secret, bytes(note.sealed), bound(compartment.value, note.id)) if version else None
        if inner is None:
            raise Tampered
        if key is not None:
            inner = key.seal(place, key.open(place, inner))
        sealed = seal(SUITES[held.suite], held.secret, inner, bound(compartment.value, note.id))
        SealedNote.objects.filter(id=note.id, version=note.version).update(sealed=sealed, version=held.current)
    record("trust.key_ring", fields=[compartment.value], counts={"notes": len(notes), "version": held.current})
    return len(notes)


@command("trust.prune_ring", may=Permission.KEYS_MANAGE)
def prune_ring(*, by: Actor, community: UUID, now: datetime | None = None, days: int = KEPT_DAYS) -> int:
    """Drop for ever the versions retired more than ``days`` ago that nothing needs any more. Returns how many.

    The days are there for whoever still works with an older ring at this moment, and for backups.
    """
    for keeper in KEEPERS:
        keeper(community)
    before = (now or timezone.now()) - timedelta(days=days)
    dropped = 0
    used = {str(community): set(WrappedKey.objects.filter(community=community).values_list("version", flat=True).distinct())}
    for compartment in _compartments(community):
        rows = SealedNote.objects.filter(community=community, compartment=compartment.value)
        used[f"{community}.{compartment.value}"] = set(rows.order_by().values_list("version", flat=True).distinct())
    there = set(names())
    for name, versions in used.items():
        if name not in there:
            continue

        def drop(held: Ring, versions: set[int] = versions) -> Ring:
            kept = {
                n: v
                for n, v in held.versions.items()
                if n == held.current or n in versions or v.retired is None or v.retired > before
            }
            return replace(held, versions=kept)

        dropped += len(change(name, lambda held: held).versions) - len(change(name, drop).versions)
    record("trust.key_ring", counts={"dropped": dropped})
    return dropped
