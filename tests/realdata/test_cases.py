"""Ten thousand requests of San Francisco and a road sensor of Minnesota, through the command line's own mappings."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Count

from linli.cases import queries
from linli.cases.models import Case, CaseEvent
from linli.flows.models import Reading
from linli.intake import declare_mapping, take_in, undo
from linli.kernel.actor import SYSTEM
from tests.support.ground import lay
from tests.support.source import ROOT

SHARED = Path(os.environ.get("LINLI_SHARED_DATA") or ROOT.parent / "shared" / "data")

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not SHARED.is_dir(), reason=f"the published data are not at {SHARED} (set LINLI_SHARED_DATA)"),
]


@pytest.fixture
def take(community: UUID, data: Path) -> Callable[..., Any]:
    """``take(package, mapping, file, **options)``."""
    lay(community, zone="America/Los_Angeles", calendar="US", grids=False)

    def run(package: str, mapping: str, file: str, **options: Any) -> Any:
        definition = json.loads(files(package).joinpath("mappings", f"{mapping}.json").read_text("utf-8"))
        definition["options"] |= options
        declare_mapping(by=SYSTEM, community=community, definition=definition)
        return take_in(by=SYSTEM, community=community, path=SHARED / file, mapping=definition["name"])

    return run


def test_ten_thousand_requests_reconcile(take: Callable[..., Any], community: UUID) -> None:
    report = take("linli.cases", "sf311", "cases/sf311.csv")
    assert report.rows == 10_000
    assert report.verdicts == {"new": 10_000, "changed": 0, "same": 0, "left": 0, "review": 0, "refused": 0}
    # The file's own README: 5,736 with coordinates, the rest 0,0 or nothing.
    assert report.counts == {"no_point": 4_264, "outside": 0, "by_address": 0, "closed_before_reported": 17}
    assert len(queries.case_points(viewer=SYSTEM, community=community)) == 5_736
    by_state = dict(Case.objects.values_list("state").annotate(n=Count("id")))
    assert by_state == {"closed": 9_630, "reported": 370}
    assert Case.objects.values("category").distinct().count() == 61
    assert CaseEvent.objects.count() == 10_000 + 9_630
    again = take("linli.cases", "sf311", "cases/sf311.csv")
    assert again.again
    undone = undo(by=SYSTEM, community=community, batch=report.batch, reason="only a test")
    assert undone.restored == 10_000
    assert not Case.objects.exists()
    assert not CaseEvent.objects.exists()


def test_a_real_sensor(take: Callable[..., Any]) -> None:
    report = take("linli.flows", "timestamp_value", "counters/occupancy_6005.csv", counter="occupancy_6005")
    assert (report.rows, report.verdicts["new"], report.verdicts["refused"]) == (2_380, 2_380, 0)
    assert Reading.objects.count() == 2_380
