"""What a register is, as digests, told by a process of its own: ``python -m tests.support.register_state CODE [VERB …]``.

Prints one JSON line: ``raw`` of every row as it lies in the tables, ``content`` of what the rows say with everything opened and
no id in it. With a VERB the command line runs it in between, and ``then`` is the content afterwards.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from typing import Any
from uuid import UUID

LEFT_OUT = ("trust.Audit", "trust.Chain", "trust.Head", "intake.Gate")
"""The trail and the order of turns go on whatever happens."""


def main(code: str, *verb: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.site.settings")
    import django

    django.setup()
    from linli.trust import SYSTEM, community_by_code, walls

    with walls.everything(SYSTEM):
        community = community_by_code(viewer=SYSTEM, code=code).id
        told: dict[str, Any] = {"raw": raw(), "content": content(community), "sound": sound()}
        if verb:
            from linli.site import cli

            with redirect_stdout(sys.stderr):
                told["status"] = cli.main([*verb])
            told["then"] = content(community)
    sys.stdout.write(json.dumps(told) + "\n")


def raw() -> str:
    """Every row that a renewal may touch."""
    from django.apps import apps

    tables = [m for m in apps.get_models() if m._meta.app_label in ("register", "territory", "trust", "intake")]
    tables = [m for m in tables if not m._meta.label.startswith(LEFT_OUT)]
    return _digest(f"{m._meta.label} {_plain(row)}" for m in tables for row in m._base_manager.values_list())


def content(community: UUID) -> str:
    """Who lives where and with whom, since when and until when, by what the sources call them."""
    from linli.intake.models import RowPrint
    from linli.register.models import Household, Hukou, Lapse, Membership, Person, RegisterRound, Residence
    from linli.register.opening import open_people
    from linli.register.rules.sealing import HOME_ADDRESS, HUKOU_ADDRESS, opened

    people = open_people(community, Person.objects.values_list("id", flat=True))
    who = {one.id: (one.name, one.number, one.register_no, str(one.birth_date)) for one in people.values()}
    keys = {one.id: one.key for one in people.values()}
    lines = [
        f"person {who[p.id]} {p.sex} {p.phone} {p.ethnicity} {p.education} {p.document_kind} {p.died_on}" for p in people.values()
    ]
    for row in Residence.objects.select_related("building", "dwelling"):
        told = opened(keys[row.person_id], HOME_ADDRESS, row.sealed_address)
        where = (row.building.name, row.dwelling and (row.dwelling.unit, row.dwelling.room))
        lines.append(f"home {who[row.person_id]} {told} {where} {row.said} {row.came} {row.from_date} {row.to_date} {row.ending}")
    for hukou in Hukou.objects.all():
        told = opened(keys[hukou.person_id], HUKOU_ADDRESS, hukou.sealed_address)
        lines.append(f"hukou {who[hukou.person_id]} {hukou.region} {told} {hukou.here} {hukou.from_date} {hukou.to_date}")
    for one in Membership.objects.select_related("household"):
        house = one.household.number
        lines.append(f"member {who[one.person_id]} {house} {one.relation} {one.from_date} {one.to_date}")
    lines += [f"house {number}" for number in Household.objects.values_list("number", flat=True)]
    lines += [f"lapse {who[one.person_id]} {one.from_monday} {one.to_monday}" for one in Lapse.objects.all()]
    lines += [f"round {r.monday} {r.seen} {json.dumps(r.counts, sort_keys=True)}" for r in RegisterRound.objects.all()]
    lines += [f"print {bytes(p.print).hex()} {who[p.object_id]}" for p in RowPrint.objects.all()]
    return _digest(lines)


def sound() -> bool:
    """Whether the database itself finds nothing wrong."""
    from django.db import connection

    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        whole = cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return whole and not cursor.execute("PRAGMA foreign_key_check").fetchall()


def _plain(row: Iterable[Any]) -> str:
    return " ".join(bytes(v).hex() if isinstance(v, bytes | memoryview) else str(v) for v in row)


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


if __name__ == "__main__":
    main(*sys.argv[1:])
