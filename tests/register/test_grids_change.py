"""New grids are published: nobody's record is touched, and every Monday answers with the grids of its day."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from django.apps import apps

from linli.kernel.weeks import Week
from linli.register.queries.asof import moment, residents
from linli.territory import commands, jobs, queries
from linli.territory.rules.lineage import Fate
from linli.trust import SYSTEM
from tests.register.ground import Town, build, line, take

pytestmark = pytest.mark.django_db
FIRST_DAY = date(2026, 12, 7)


def _register() -> dict[str, str]:
    """A digest of every row of the register and of who its people are to trust, as they lie in the tables."""
    found = {}
    for model in apps.get_models():
        label = model._meta.label_lower
        if model._meta.app_label == "register" or label in ("trust.subject", "trust.wrappedkey", "territory.dwelling"):
            rows = [
                repr([bytes(v) if isinstance(v, memoryview) else v for v in row])
                for row in model._default_manager.order_by("pk").values_list()
            ]
            found[label] = hashlib.sha256("\n".join(rows).encode()).hexdigest() if rows else ""
    assert any(found.values())
    return found


def _grids(town: Town, day: date) -> dict[UUID, UUID | None]:
    at = moment(viewer=SYSTEM, community=town.community, week=Week.of(day))
    return {one.person: one.grid for one in residents(viewer=SYSTEM, community=town.community, at=at)}


def test_publishing_moves_no_record(community: UUID, data: Path, tmp_path: Path) -> None:
    town = build(community)
    with time_machine.travel("2026-11-18T09:00:00+08:00", tick=False):
        lines = [
            line(f"邻居{n}", birth=date(1980, 1, 1), sequence=2 * n + 1, building=(3, 5)[n % 2], household="") for n in range(6)
        ]
        take(tmp_path, community, "2026-W47", lines)
        version = commands.begin_draft(by=SYSTEM, community=community, target=6, tolerance=1)
        jobs.drafts(community)
        row = queries.draft(viewer=SYSTEM, community=community, version=version)
        parts = {part.label: part.part for part in row.parts}
        commands.merge_parts(by=SYSTEM, community=community, version=version, parts=[parts["01"], parts["02"]])
        merged = [part for part in queries.draft(viewer=SYSTEM, community=community, version=version).parts if part.label]
        assert [part.fate for part in merged] == [Fate.MERGED]
        before = _register()
        commands.check_draft(by=SYSTEM, community=community, version=version)
        commands.publish_grids(by=SYSTEM, community=community, version=version, valid_from=FIRST_DAY)
        assert _register() == before
        assert set(_grids(town, date(2026, 11, 18)).values()) == set(town.grids)
    with time_machine.travel("2026-12-16T09:00:00+08:00", tick=False):
        take(tmp_path, community, "2026-W51", lines)
        now = _grids(town, date(2026, 12, 16))
        assert len(now) == 6
        assert len(set(now.values())) == 1
        then = _grids(town, date(2026, 11, 18))
        assert set(then.values()) == set(town.grids), "a Monday before that day keeps its grids"
