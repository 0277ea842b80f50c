"""The whole check of a division: each fault names grid, place and remedy, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from linli.faces.words import render
from linli.territory.rules.division_check import Division, Held, check_division
from linli.territory.rules.faults import BLOCKING, Fault, FaultKind
from linli.territory.rules.geometry import as_shapes
from linli.territory.rules.validator import check_grids
from tests.territory.files import EPSG, box, grid_boxes, house_boxes, polygon

LABELS = [f"{n:02d}" for n in range(1, 7)]


def _division(**more: Any) -> Division:
    told: dict[str, Any] = {
        "labels": LABELS,
        "shapes": as_shapes(grid_boxes()),
        "epsg": EPSG,
        "boundary": box(0, 0, 450, 300),
        "names": [f"house {n}" for n in range(36)],
        "buildings": as_shapes(house_boxes()),
        "held": [Held(60, 600)] * 6,
        "target": 60.0,
        "tolerance": 0.05,
    }
    return Division(**(told | more))


def _kinds(found: list[Fault]) -> list[FaultKind]:
    return [fault.kind for fault in found]


def test_a_good_division_has_no_fault() -> None:
    assert check_division(_division()) == []
    assert check_division(Division([], as_shapes([]), EPSG)) == []


def test_slivers_count_from_a_hundredth_of_a_square_metre_on() -> None:
    shapes = grid_boxes()
    shapes[0] = box(0, 150, 150.001, 150)
    found = check_division(_division(shapes=as_shapes(shapes)))
    assert _kinds(found) == [FaultKind.OVERLAP]
    assert found[0].area_m2 == pytest.approx(0.15, abs=0.06)
    assert check_grids(LABELS, as_shapes(shapes), None, EPSG) == [], "of a survey's file such a sliver is no fault"
    shapes[0] = box(0, 150, 149.999, 150)
    assert _kinds(check_division(_division(shapes=as_shapes(shapes), boundary=None))) == []
    inner = grid_boxes(3, 3)
    inner[4] = box(150, 150, 149.999, 150)
    labels = [f"{n:02d}" for n in range(1, 10)]
    told = {"labels": labels, "held": [], "buildings": as_shapes([]), "names": [], "boundary": None}
    assert _kinds(check_division(_division(shapes=as_shapes(inner), **told))) == [FaultKind.GAP], "a hole between grids is seen"


def test_what_lies_beyond_the_boundary_or_nowhere() -> None:
    shapes = grid_boxes()
    shapes[5] = box(300, 0, 170, 150)
    assert _kinds(check_division(_division(shapes=as_shapes(shapes)))) == [FaultKind.OUTSIDE]
    assert _kinds(check_division(_division(labels=LABELS[:5], shapes=as_shapes(grid_boxes()[:5]), held=[])))[0] is FaultKind.GAP
    only = _division(labels=["01"], shapes=as_shapes(grid_boxes()[:1]), held=[], names=[], buildings=as_shapes([]), covers=False)
    assert check_division(only) == [], "a dedicated grid covers only itself"


def test_a_grid_in_pieces_and_one_without_buildings() -> None:
    shapes = grid_boxes()
    shapes[1] = polygon((150, 150), (300, 150), (300, 300), (150, 300)).difference(box(200, 140, 40, 170))
    found = {fault.kind: fault for fault in check_division(_division(shapes=as_shapes(shapes)))}
    assert {FaultKind.PIECES, FaultKind.GAP} <= set(found)
    assert found[FaultKind.PIECES].words.params["pieces"] == 2
    bare = check_division(_division(names=["house"], buildings=as_shapes(house_boxes()[:1])))
    assert _kinds(bare) == [FaultKind.NO_BUILDING] * 5


def test_sizes_work_and_numbers() -> None:
    held = [Held(60, 600), Held(66, 600), Held(54, 600), Held(62, 900), Held(60, 300), Held(60, 600)]
    found = check_division(_division(held=held))
    assert [(fault.kind, fault.words.params["label"], fault.words.params["percent"]) for fault in found] == [
        (FaultKind.SIZE, "02", 10),
        (FaultKind.SIZE, "03", 10),
        (FaultKind.LOAD, "04", 50),
        (FaultKind.LOAD, "05", 50),
    ]
    assert len({fault.key for fault in found}) == 4
    twice = check_division(_division(labels=["01", "02", "02", "04", "05", "06"]))
    assert FaultKind.LABEL_TWICE in _kinds(twice)
    askew = check_division(_division(labels=["01", "02", "22", "04", "05", "06"]))
    assert [(fault.kind, fault.words.params["label"]) for fault in askew] == [(FaultKind.ORDER, "22")]


def test_a_building_that_is_cut_or_left_out() -> None:
    houses = house_boxes()
    houses[0] = box(140, 200, 30, 12)
    names = ["the long house", *(f"house {n}" for n in range(1, 36))]
    found = check_division(_division(buildings=as_shapes(houses), names=names))
    assert [(fault.kind, fault.feature) for fault in found] == [(FaultKind.SPLIT, "the long house")]
    left = check_division(_division(left_out=[("house 3", houses[3])]))
    assert [(fault.kind, fault.blocking) for fault in left] == [(FaultKind.LEFT_OUT, True)]


def test_every_fault_is_told_in_both_languages_with_its_remedy() -> None:
    shapes = grid_boxes()
    shapes[1] = polygon((150, 150), (310, 150), (310, 310), (150, 310)).difference(box(200, 140, 40, 180))
    held = [Held(90, 900), *[Held(60, 100)] * 5]
    labels = ["01", "22", "03", "03", "05", "06"]
    found = check_division(
        _division(shapes=as_shapes(shapes), held=held, labels=labels, left_out=[("house 3", house_boxes()[3])])
    )
    assert len(set(_kinds(found))) >= 8
    for fault in found:
        assert fault.place
        assert fault.remedy
        texts = []
        for language in ("en", "zh-hans"):
            with override(language):
                texts += [str(render(fault.words)), str(render(fault.remedy))]
        assert len(set(texts)) == 4
        assert all("%(" not in text for text in texts)
    assert [fault.blocking for fault in found] == sorted((fault.blocking for fault in found), reverse=True)
    assert all((fault.kind in BLOCKING) == fault.blocking for fault in found)
