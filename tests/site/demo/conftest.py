"""One delivery, written once and read by all tests of the generator."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from linli.site.demo import write_demo

MAIN, SECOND = "999901001001", "999901001002"
CATEGORY, REPORT, STATE = "类别代码", "工单编号", "状态"


@dataclass(frozen=True)
class Delivery:
    """What lies in one community's folder."""

    folder: Path
    planted: list[dict[str, Any]]

    @property
    def weeks(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "inbox").iterdir())

    def trouble(self, kind: str) -> dict[str, Any]:
        return next(trouble for trouble in self.planted if trouble["kind"] == kind)

    def population_path(self, week: str) -> Path:
        return next((self.folder / "inbox" / week).glob("人口_*"))

    def population(self, week: str) -> list[dict[str, str]]:
        data = self.population_path(week).read_bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
        return list(csv.DictReader(io.StringIO(text)))

    def reports(self, week: str) -> list[dict[str, str]]:
        text = (self.folder / "inbox" / week / f"热线_{week}.csv").read_bytes().decode("utf-8")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def readings(self, week: str) -> list[dict[str, str]]:
        text = (self.folder / "inbox" / week / f"客流_{week}.csv").read_text("utf-8")
        return list(csv.DictReader(io.StringIO(text)))

    def layer(self, name: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        meta, _, shapes, columns = pyogrio.raw.read(self.folder / "territory.gpkg", layer=name)
        assert meta["crs"] == "EPSG:4490"
        return shapely.from_wkb(shapes), dict(zip(meta["fields"], columns, strict=True))

    def new_reports(self) -> Iterator[tuple[int, dict[str, str]]]:
        """(index of the week, row) of the first row of every case."""
        seen = set()
        for index, week in enumerate(self.weeks):
            for row in self.reports(week):
                if row[REPORT] not in seen:
                    seen.add(row[REPORT])
                    yield index, row


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    report = write_demo(folder, seed=5, residents=2600)
    assert report.communities == [MAIN, SECOND]
    assert report.planted == folder / "planted.json"
    return folder


@pytest.fixture(scope="session")
def main(out: Path) -> Delivery:
    return Delivery(out / MAIN, json.loads((out / "planted.json").read_text("utf-8")))


@pytest.fixture(scope="session")
def second(out: Path) -> Delivery:
    return Delivery(out / SECOND, [])
