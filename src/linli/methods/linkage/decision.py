"""What follows from a probability: linked by itself, looked at by a person, or a new person. The limits are data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from linli.methods.linkage.compare import BIRTH_EXACT, HOME_ONLY, NUMBER_EXACT, PART
from linli.methods.linkage.records import Columns, read_records
from linli.methods.linkage.scoring import pair_levels

Bools = NDArray[np.bool_]


class Decision(IntEnum):
    """``AUTO`` can always be undone; nothing is merged for good."""

    NEW = 0
    REVIEW = 1
    AUTO = 2


@dataclass(frozen=True)
class Thresholds:
    """From ``auto`` on a link is made, with birth date or number agreeing; from ``review`` on a person looks; below: new."""

    version: str = "1"
    auto: float = 0.99
    review: float = 0.2


THRESHOLDS = Thresholds()


def decide(
    probability: NDArray[np.float64], agreeing: Bools, vetoed: Bools, thresholds: Thresholds = THRESHOLDS
) -> NDArray[np.int8]:
    """``Decision`` of each pair. ``agreeing``: birth date or number agree; ``vetoed``: see ``judge``."""
    decided = np.where(probability >= thresholds.review, Decision.REVIEW, Decision.NEW)
    decided[(probability >= thresholds.auto) & agreeing] = Decision.AUTO
    decided[vetoed] = Decision.NEW
    return decided.astype(np.int8)


def judge(left: Columns, right: Columns, pairs: NDArray[np.int64]) -> tuple[Bools, Bools]:
    """``agreeing`` and ``vetoed`` of pairs[n, 2] (row of ``left``, row of ``right``).

    Agreeing: one number; or one birth date, and no two numbers. Vetoed: they share a home or a telephone, and given name and
    birth date are both others: two of one family, whatever else agrees but the number.
    """
    records = read_records(left, right)
    levels = pair_levels(records, np.asarray(pairs, np.int64).reshape(-1, 2) + np.array([0, records.sizes[0]]))
    given, birth, number, contact = levels[:, 0], levels[:, 2], levels[:, 4], levels[:, 5]
    agreeing = (number == NUMBER_EXACT) | ((birth == BIRTH_EXACT) & (number != 0))
    vetoed = (contact >= HOME_ONLY) & (given <= PART) & (birth <= 2) & (number != NUMBER_EXACT)
    return agreeing, vetoed
