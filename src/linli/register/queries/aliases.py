"""What people confirmed about addresses, as the reader of addresses wants it."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from uuid import UUID

from linli.kernel.actor import Actor
from linli.register.models import AddressAlias
from linli.register.rules.addresses import Index


def teach(index: Index, *, viewer: Actor, community: UUID, known: Collection[UUID]) -> Index:
    """``index`` with what was confirmed: texts, the names they show (derived anew), and texts that name nothing here.

    ``known``: the buildings of the index; what was confirmed of others is left out.
    """
    if not viewer.sees_community(community):
        return index
    rows = AddressAlias.objects.filter(community=community, ended_at__isnull=True).order_by("id")
    for text, building, dwelling in rows.values_list("text", "building_id", "dwelling_id"):
        if building is None:
            index.aliases.reject(text)
        elif building in known:
            with suppress(KeyError):
                index.learn(index.aliases, text, building=building, dwelling=dwelling)
    return index
