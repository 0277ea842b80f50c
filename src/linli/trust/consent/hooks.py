"""What ends when a consent ends: flats join here, and are called inside the transaction that takes the consent back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linli.kernel.actor import Actor


@dataclass(frozen=True)
class Ended:
    """A consent that no longer stands: whose, to what, since when. ``by`` is whoever wrote it down."""

    by: Actor
    community: UUID
    subject: UUID
    purpose: str
    at: datetime


Hook = Callable[[Ended], None]
_HOOKS: dict[str, list[Hook]] = defaultdict(list)


def on_withdrawn(purpose: str, hook: Hook) -> None:
    """Have ``hook`` called when somebody takes back (or newly refuses) consent to ``purpose``; called by ``site.wiring``.

    It ends what rests on the consent, records its own audit event, and raises to stop the whole.
    """
    if hook not in _HOOKS[purpose]:
        _HOOKS[purpose].append(hook)


def tell_ended(ended: Ended) -> int:
    """Call everyone who joined. Returns how many."""
    hooks = _HOOKS[ended.purpose]
    for hook in hooks:
        hook(ended)
    return len(hooks)
