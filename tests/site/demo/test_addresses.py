from __future__ import annotations

from uuid import UUID

import numpy as np
import pytest

from linli.register.rules.addresses import Index, Place
from linli.site.demo.addresses import Addresses, chinese_number
from linli.site.demo.buildings import build
from linli.site.demo.gazetteer import COMMUNITIES
from linli.site.demo.ground import lay_out
from linli.site.demo.plan import Plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    rng = np.random.default_rng(8)
    made = lay_out(COMMUNITIES[0], 9, rng)
    for grid in made.grids:
        grid.homes = 150
    build(made, rng)
    return made


def test_every_style_leads_back_to_the_building_and_dwelling(plan: Plan) -> None:
    addresses = Addresses(plan, "桐荫街道", "桐荫里社区")
    index = Index(
        [
            Place(UUID(int=k), b.name, b.estate, str(b.number), b.street, b.house_number, b.units)
            for k, b in enumerate(plan.buildings)
            if b.number
        ],
        {(UUID(int=d.building), d.unit, d.room): UUID(int=k) for k, d in enumerate(plan.dwellings)},
    )
    for at in range(0, len(plan.dwellings), 7):
        for style in range(23):
            text = addresses.free(at, style)
            found = index.find(text)
            assert found.building == UUID(int=plan.dwellings[at].building), text
            assert found.dwelling == UUID(int=at), text


def test_there_are_a_dozen_styles(plan: Plan) -> None:
    addresses = Addresses(plan, "桐荫街道", "桐荫里社区")
    stairs = next(k for k, dwelling in enumerate(plan.dwellings) if dwelling.unit)
    assert len({addresses.free(stairs, style) for style in range(23)}) >= 10


def test_a_garbled_address_leads_nowhere(plan: Plan) -> None:
    addresses = Addresses(plan, "桐荫街道", "桐荫里社区")
    index = Index(
        [
            Place(UUID(int=k), b.name, b.estate, str(b.number), b.street, b.house_number, b.units)
            for k, b in enumerate(plan.buildings)
        ]
    )
    assert [index.find(addresses.free(0, style, garbled=True)).building for style in range(4)] == [None] * 4


@pytest.mark.parametrize(("number", "written"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")])
def test_chinese_numbers(number: int, written: str) -> None:
    assert chinese_number(number) == written
