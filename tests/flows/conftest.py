"""A community with two grids, and a mapping for the counters' file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from linli.intake import BatchReport

MAPPING: dict[str, Any] = {
    "name": "counters",
    "kind": "flows.readings",
    "recognise": {"file": "*.csv", "headings": ["时间", "人次"]},
    "encodings": ["utf-8-sig"],
    "columns": {"counter": "计数器", "at": "时间", "value": "人次"},
    "options": {"zone": "Asia/Shanghai"},
}


@pytest.fixture
def grids(community: UUID, data: Path) -> dict[str, UUID]:
    """Zones of the grids 01 and 02 of the community."""
    from tests.support.ground import lay

    return lay(community)


@pytest.fixture
def take(community: UUID, grids: dict[str, UUID], tmp_path: Path) -> Callable[..., BatchReport]:
    """``take((counter, time, value), …, as_of=, **options)``: a file with these rows, taken in as the system."""
    from linli.intake import declare_mapping, take_in
    from linli.kernel.actor import SYSTEM

    numbers = iter(range(1000))

    def run(*rows: tuple[str, str, str], as_of: Any = None, **options: Any) -> BatchReport:
        definition = {**MAPPING, "options": {**MAPPING["options"], **options}}
        declare_mapping(by=SYSTEM, community=community, definition=definition)
        path = tmp_path / f"readings_{next(numbers)}.csv"
        path.write_text("计数器,时间,人次\n" + "".join(",".join(row) + "\n" for row in rows), "utf-8")
        return take_in(by=SYSTEM, community=community, path=path, mapping="counters", as_of=as_of)

    return run
