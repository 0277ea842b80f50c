"""How many address texts find their building, how many find a wrong one, and how many are read in a second.

Seeds 1 to 10 of 2,000 texts each (docs/reference/addresses.md says what they are made of), on the main community of the
demonstration; speed on distinct texts of a community of 30,000, nothing remembered. CPU seconds, so that other work on the
machine doesn't count. Limits: at least 95 % of those naming a building, at most 0.5 % wrong, 30,000 distinct texts a second.
"""

from __future__ import annotations

import argparse
import gc
import time
from uuid import UUID

import _measure as measure
import numpy as np

from linli.register.rules.addresses import Index, Place
from linli.site.demo.address_texts import Text, areas_of, texts
from linli.site.demo.buildings import build
from linli.site.demo.gazetteer import Names, numbered_community
from linli.site.demo.ground import lay_out
from linli.site.demo.plan import Plan

HOMES = 170


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--grids", type=int, default=21, help="size of the community that the rates are measured on")
    parser.add_argument("--speed-grids", type=int, default=70)
    parser.add_argument("--speed-texts", type=int, default=60_000)
    given = parser.parse_args()
    plan, names = _ground(given.grids)
    rates = [_rates(plan, names, seed) for seed in range(1, given.seeds + 1)]
    shares = [rate["found"] for rate in rates]
    value = {
        "found_least": min(shares),
        "wrong_most": max(rate["wrong"] for rate in rates),
        "texts_per_s": _speed(given.speed_grids, given.speed_texts),
    }
    within = value["found_least"] >= 0.95 and value["wrong_most"] <= 0.005
    status = measure.tell(
        "addresses",
        value=value,
        limit={"texts_per_s": 30_000},
        at_least=True,
        quality={"found": shares, "wrong": [r["wrong"] for r in rates], "dwellings": [r["dwellings"] for r in rates]},
        rates_within=within,
        work={"seeds": given.seeds, "texts_each": 2000, "buildings": len(plan.buildings), "dwellings": len(plan.dwellings)},
    )
    return status if within else 1


def _rates(plan: Plan, names: Names, seed: int) -> dict[str, float]:
    index, made = _index(plan, names), texts(plan, names, seed=seed)
    found = [(text, index.find(text.text)) for text in made]
    here = [(text, one) for text, one in found if text.building is not None]
    doors = [(text, one) for text, one in here if text.dwelling is not None]
    wrong = [text for text, one in found if one.building is not None and not _is(one.building, text.building)]
    return {
        "found": round(sum(_is(one.building, text.building) for text, one in here) / len(here), 4),
        "wrong": round(len(wrong) / len(found), 4),
        "dwellings": round(sum(_is(one.dwelling, text.dwelling) for text, one in doors) / len(doors), 4),
    }


def _speed(grids: int, count: int) -> float:
    plan, names = _ground(grids)
    made: list[Text] = texts(plan, names, seed=1, count=count)
    distinct = list(dict.fromkeys(text.text for text in made))
    index = _index(plan, names)
    # As an import has it: no cyclic garbage collection meanwhile.
    gc.disable()
    start = time.process_time()
    for text in distinct:
        index.find(text)
    seconds = time.process_time() - start
    gc.enable()
    return round(len(distinct) / seconds)


def _is(found: UUID | None, truth: int | None) -> bool:
    return found is not None and truth is not None and found.int == truth


def _ground(grids: int) -> tuple[Plan, Names]:
    rng, names = np.random.default_rng([1, 0]), numbered_community(0)
    plan = lay_out(names, grids, rng, 0)
    for grid in plan.grids:
        grid.homes = HOMES
    build(plan, rng)
    return plan, names


def _index(plan: Plan, names: Names) -> Index:
    places = [
        Place(UUID(int=at), b.name, b.estate, str(b.number or ""), b.street, b.house_number, b.units)
        for at, b in enumerate(plan.buildings)
    ]
    dwellings = {(UUID(int=d.building), d.unit, d.room): UUID(int=at) for at, d in enumerate(plan.dwellings)}
    return Index(places, dwellings, areas=areas_of(names))


if __name__ == "__main__":
    raise SystemExit(main())
