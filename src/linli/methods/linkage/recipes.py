"""How the stored models were trained; ``python -m linli.methods.linkage.recipes [DIR]`` trains them anew, to the same bytes."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from linli.methods.linkage.generator import GENERAL, LIFELIKE, LIFELIKE_CHINESE, Rates, make
from linli.methods.linkage.model import Model, store
from linli.methods.linkage.records import read_records
from linli.methods.linkage.training import learn

VERSION = "1"
SEED = 1001
"""Not one of those that models are measured on."""


@dataclass(frozen=True)
class Recipe:
    """What a model learns from. ``addresses``: share of rows with an address in words instead of a dwelling."""

    rates: Rates
    script: str
    addresses: float
    matched: tuple[float, float]


RECIPES = {
    "household": Recipe(LIFELIKE, "latin", 0.1, (0.1, 0.5)),
    "chinese": Recipe(LIFELIKE_CHINESE, "han", 0.1, (0.1, 0.5)),
    "person": Recipe(GENERAL, "latin", 1.0, (0.3, 0.8)),
}


def train(name: str, people: int = 270_000) -> Model:
    """The model ``name``, from a synthetic register of ``people`` and a ninth as many copies."""
    recipe = RECIPES[name]
    made = make(
        people=people, copies=people // 9, seed=SEED, rates=recipe.rates, script=recipe.script, addresses=recipe.addresses
    )
    source = f"synthetic register, {people} people, {recipe.script}, seed {SEED}"
    return learn(read_records(made.columns), made.pairs(), name=name, version=VERSION, trained_on=source, matched=recipe.matched)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("models")
    for each in RECIPES:
        store(train(each), folder / f"{each}.json")
