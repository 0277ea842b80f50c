"""Addresses of real places: the demonstration put into Bubeneč's buildings, and the house numbers of central Helsinki."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from linli.register.rules.addresses import Index, Place
from linli.site.demo.address_texts import areas_of, texts
from linli.site.demo.buildings import fit
from linli.site.demo.gazetteer import numbered_community
from linli.site.demo.real_territory import read_territory
from linli.territory.reader import read_delivery
from linli.territory.rules.attributes import LayerRole

DATA = Path(os.environ.get("LINLI_SHARED_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not (DATA / "places").is_dir(), reason=f"the published data are not at {DATA} (set LINLI_SHARED_DATA)"),
]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_demonstration_in_published_buildings(seed: int) -> None:
    names = numbered_community(0)
    plan = read_territory(DATA / "places" / "bubenec.gpkg", names, 10, np.random.default_rng(3))
    for grid in plan.grids:
        grid.homes = 150
    fit(plan, np.random.default_rng(4))
    index = Index(
        [
            Place(UUID(int=at), b.name, b.estate, str(b.number or ""), b.street, b.house_number, b.units)
            for at, b in enumerate(plan.buildings)
        ],
        {(UUID(int=d.building), d.unit, d.room): UUID(int=at) for at, d in enumerate(plan.dwellings)},
        areas=areas_of(names),
    )
    found = [(text, index.find(text.text)) for text in texts(plan, names, seed=seed)]
    here = [(text, one) for text, one in found if text.building is not None]
    wrong = [
        (text, one)
        for text, one in found
        if one.building is not None and (text.building is None or one.building.int != text.building)
    ]
    assert sum(one.building is not None for _, one in here) - len(wrong) >= 0.95 * len(here)
    assert len(wrong) <= 0.005 * len(found), wrong


FORMS = ("{s} {h}", "{h} {s}", "{s} {h}, 00100 Helsinki", "{S} {h}", "{s} {h} A 12", "{s} {h}, {n}")


@pytest.mark.parametrize("form", FORMS)
def test_the_house_numbers_of_helsinki(form: str) -> None:
    """Published streets and numbers as people there write them; one that several buildings share is never guessed."""
    layer = read_delivery(DATA / "places" / "Helsinki.osm.pbf").layer(LayerRole.BUILDINGS)
    assert layer is not None
    rows = [(str(r.get("addr:street") or ""), str(r.get("addr:housenumber") or ""), str(r.get("name") or "")) for r in layer.rows]
    known = [
        Place(UUID(int=at), name, "", "", street, number if street else "")
        for at, (street, number, name) in enumerate(rows)
        if street or name
    ]
    index = Index(known, areas=("Helsinki",))
    times = Counter((street, number.upper()) for street, number, _ in rows if street)
    plain = [(at, *row) for at, row in enumerate(rows) if row[0] and re.fullmatch(r"\d+[a-zA-Z]?", row[1])]
    assert len(plain) > 60
    found = 0
    for at, street, number, name in plain:
        text = form.format(s=street, S=street.upper(), h=number, n=name or "2. krs")
        one = index.find(text)
        alone = times[street, number.upper()] == 1
        assert one.building is None or rows[one.building.int][:2] == (street, number), text
        assert alone or one.building is None or name in text, text
        found += one.building == UUID(int=at)
    if form != FORMS[-1]:
        assert found >= 0.95 * sum(times[street, number.upper()] == 1 for _, street, number, _ in plain)
