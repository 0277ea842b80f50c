from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from linli.methods.division import Cancelled
from linli.territory.proposing import NoProposal, propose
from linli.territory.rules.drawing import Drawn
from linli.territory.rules.sheets import NOWHERE, Sheet, figures
from tests.territory.sheets import board, halves


def _held(sheet: Sheet, parts: object) -> list[int]:
    return sorted(row.persons for row in figures(sheet, np.asarray(parts), weight="persons", target=1))


def test_grids_hold_about_the_same_in_one_piece() -> None:
    sheet = board(8, 12)
    parts, words = propose(sheet, Drawn(np.ones(96, dtype=np.int64)), weight="persons", target=240, tolerance=0.05, seed=3)
    assert words == []
    assert all(228 <= held <= 252 for held in _held(sheet, parts))
    assert {row.pieces for row in figures(sheet, parts, weight="persons", target=240)} == {1}
    again, _ = propose(sheet, Drawn(np.ones(96, dtype=np.int64)), weight="persons", target=240, tolerance=0.05, seed=3)
    assert (again == parts).all()


def test_what_fits_stays_as_it_is() -> None:
    parts, _ = propose(board(), Drawn(halves()), weight="persons", target=120, tolerance=0.05)
    assert (parts == halves()).all()
    assert set(propose(board(), Drawn(halves()), weight="persons", target=120, tolerance=0.05, keep=False)[0]) == {3, 4}


def test_locked_grids_part_the_land() -> None:
    sheet = board(4, 9)
    given = np.where(np.arange(36) % 9 < 4, 1, np.where(np.arange(36) % 9 == 4, 2, 3)).astype(np.int64)
    parts, _ = propose(sheet, Drawn(given, frozenset({2})), weight="persons", target=80, tolerance=0.05)
    assert (parts == 2).tolist() == (given == 2).tolist()
    assert _held(sheet, parts) == [40, 80, 80, 80, 80]
    west, east = set(parts[given == 1].tolist()), set(parts[given == 3].tolist())
    assert not west & east


def test_cells_in_no_grid_are_divided_too() -> None:
    given = halves()
    given[:6] = NOWHERE
    parts, _ = propose(board(), Drawn(given), weight="persons", target=120, tolerance=0.05)
    assert NOWHERE not in parts


def test_a_target_larger_than_all_is_one_grid() -> None:
    assert len(set(propose(board(), Drawn(halves()), weight="persons", target=9_999, tolerance=0.05)[0])) == 1
    nobody = board(persons=0)
    assert len(set(propose(nobody, Drawn(halves()), weight="persons", target=100, tolerance=0.05)[0])) == 1


def test_one_tower_is_told() -> None:
    sheet = board()
    persons = sheet.persons.copy()
    persons[0] = 500
    parts, words = propose(replace(sheet, persons=persons), Drawn(halves()), weight="persons", target=100, tolerance=0.05)
    assert len(set(parts.tolist())) == 7
    assert words[0].key == "territory.proposal.large_unit"
    assert words[0].params["percent"] > 100


def test_what_cannot_be_proposed() -> None:
    with pytest.raises(NoProposal):
        propose(board(), Drawn(halves()), weight="persons", target=1, tolerance=0.05)
    with pytest.raises(NoProposal):
        propose(board(), Drawn(halves(), frozenset({1, 2})), weight="persons", target=100, tolerance=0.05)
    with pytest.raises(Cancelled):
        propose(
            board(20, 30),
            Drawn(np.ones(600, dtype=np.int64)),
            weight="persons",
            target=100,
            tolerance=0.01,
            progress=lambda *_: False,
        )
