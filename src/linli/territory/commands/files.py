"""Taking in a territory file."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import numpy as np
import shapely
from django.utils import timezone

from linli.kernel.errors import BadInput, Where
from linli.kernel.words import Words, sentence
from linli.territory.models import Building, Feature, FeatureKind, GridShape, SourceFile, VersionState
from linli.territory.reader import Delivery, LayerRead
from linli.territory.reports import ImportReport, LayerReport
from linli.territory.rules import faults as say
from linli.territory.rules.attributes import LayerRole, names_of, pick
from linli.territory.rules.crs import DISPLACED as DISPLACED_SYSTEMS
from linli.territory.rules.crs import Shapes, is_rough
from linli.territory.rules.divisions import grid_label
from linli.territory.rules.faults import Fault, FaultKind
from linli.territory.rules.geometry import as_shapes, from_wkb
from linli.territory.rules.shift import SWAPPED_AXES, Shift, find_shift
from linli.territory.rules.validator import LINES, POINTS, POLYGONS, Rings, check_rings
from linli.territory.store import Names, put_buildings, put_features, put_streets, settle_metric
from linli.territory.versions import assign_buildings_to, new_version
from linli.trust import Actor, Permission, command, record

DISPLACED = sentence("territory.displaced", "%(layer)s does not lie where the territory is: %(before)s%% of it fit.")
DISPLACED_REMEDY = sentence(
    "territory.displaced_remedy",
    "If it is read as %(system)s it fits (%(metres)s m away). Have it confirmed, then declare it; nothing is moved by itself.",
)
SHIFT_REMEDY = sentence(
    "territory.shift_remedy",
    "Shifted by %(metres)s m (%(east)s m east, %(north)s m north) it would fit. Have it mended, or take it as it is "
    "with --despite-shift.",
)
SWAP_REMEDY = sentence(
    "territory.swap_remedy",
    "With longitude and latitude exchanged it would fit. Have the file written again with longitude first.",
)
ELSEWHERE = sentence("territory.elsewhere", "%(layer)s lies wholly outside the territory of this community.")
ELSEWHERE_REMEDY = sentence(
    "territory.elsewhere_remedy", "Check that the file belongs to this community and that its system is the declared one."
)

_TYPES = {
    LayerRole.BOUNDARY: POLYGONS,
    LayerRole.GRIDS: POLYGONS,
    LayerRole.BUILDINGS: POLYGONS,
    LayerRole.STREETS: LINES,
    LayerRole.PLOTS: POLYGONS,
    LayerRole.WATER: POLYGONS | LINES,
    LayerRole.COUNTERS: POINTS,
}
_FEATURES = {
    LayerRole.BOUNDARY: FeatureKind.BOUNDARY,
    LayerRole.STREETS: FeatureKind.STREET,
    LayerRole.PLOTS: FeatureKind.PLOT,
    LayerRole.WATER: FeatureKind.WATER,
    LayerRole.COUNTERS: FeatureKind.COUNTER,
}


@command("territory.import_territory", may=Permission.TERRITORY_EDIT)
def import_territory(
    *, by: Actor, community: UUID, delivery: Delivery, valid_from: date | None = None, despite_shift: bool = False
) -> ImportReport:
    """Take in a file read by ``reader.read_delivery``. The same file with the same declarations changes nothing.

    Features that can't be used are refused one by one and named; the rest is taken. Buildings are told again by
    their key; none is ever
    removed. The first grids hold for every Monday; later ones become a checked version that ``publish_grids`` puts into force.
    BadInput, with nothing done, where the whole file lies displaced or elsewhere.
    """
    earlier = SourceFile.objects.filter(community_id=community, sha256=delivery.sha256, declared=delivery.declared).first()
    report = ImportReport(delivery.file_name, delivery.sha256, ignored=list(delivery.ignored))
    if earlier:
        report.again = True
        report.layers = [LayerReport(**layer) for layer in earlier.report["layers"]]
        record("territory.file", ids=[earlier.id], counts={"again": 1}, digest=delivery.sha256)
        return report
    read: dict[LayerRole, tuple[LayerRead, Rings]] = {}
    for layer in delivery.layers:
        rings = check_rings(layer.name, layer.names, layer.shapes, _TYPES[layer.role])
        read[layer.role] = (layer, rings)
        report.faults += rings.faults
        refused = len(layer.rows) - len(rings.kept)
        report.layers.append(LayerReport(layer.role.value, layer.name, layer.crs, len(layer.rows), refused=refused))
    epsg = settle_metric(community, [rings.shapes for _, rings in read.values()])
    report.faults += _rough(read)
    _check_place(community, delivery.file_name, read, epsg, report, despite_shift)
    _store(by, community, epsg, read, report, valid_from)
    source = SourceFile.objects.create(
        community_id=community,
        file_name=delivery.file_name[:200],
        sha256=delivery.sha256,
        declared=delivery.declared,
        at=timezone.now(),
        report=report.as_json(),
    )
    counts = {f"{layer.role}.{what}": getattr(layer, what) for layer in report.layers for what in ("new", "changed", "refused")}
    record("territory.file", ids=[source.id], counts=counts, digest=delivery.sha256)
    return report


def _store(
    by: Actor,
    community: UUID,
    epsg: int,
    read: dict[LayerRole, tuple[LayerRead, Rings]],
    report: ImportReport,
    valid_from: date | None,
) -> None:
    by_role = {layer.role: layer for layer in report.layers}
    for role, (layer, rings) in read.items():
        mine = by_role[role.value]
        rows = [layer.rows[index] for index in rings.kept]
        if role is LayerRole.BUILDINGS:
            put_buildings(community, rows, rings.shapes, epsg, mine)
        elif role in _FEATURES:
            put_features(community, _FEATURES[role], rows, rings.shapes, mine)
            if role is LayerRole.STREETS:
                put_streets(community, rows)
    if LayerRole.GRIDS in read:
        layer, rings = read[LayerRole.GRIDS]
        mine = by_role[LayerRole.GRIDS.value]
        labels, names, shapes = _grids(layer, rings, report, mine)
        if labels:
            made = new_version(by, community, labels, names, shapes, epsg, valid_from)
            report.version, report.state = made.id, made.state
            report.faults += made.faults
            mine.new, mine.same = (len(labels), 0) if made.is_new else (0, len(labels))
    report.faults += assign_buildings_to(community, epsg, also=report.version)


def _grids(layer: LayerRead, rings: Rings, report: ImportReport, mine: LayerReport) -> tuple[list[str], list[Names], Shapes]:
    labels: list[str] = []
    names: list[Names] = []
    shapes = []
    for shape, index in zip(rings.shapes, rings.kept, strict=True):
        feature = f"{layer.name} {layer.names[index]}"
        row = layer.rows[index]
        place = say.place_of(shape)
        try:
            label = grid_label(pick(row, "label"))
        except BadInput:
            report.faults.append(
                Fault(FaultKind.NO_NUMBER, Words(say.NO_NUMBER, {"feature": feature}), feature, place, shape=shape)
            )
            mine.refused += 1
            continue
        if label in labels:
            words = Words(say.DUPLICATE, {"feature": feature, "label": label})
            report.faults.append(Fault(FaultKind.DUPLICATE, words, feature, place, shape=shape))
            mine.refused += 1
            continue
        labels.append(label)
        names.append(names_of(row))
        shapes.append(shape)
    return labels, names, as_shapes(shapes)


def _rough(read: dict[LayerRole, tuple[LayerRead, Rings]]) -> list[Fault]:
    found = []
    for crs in sorted({layer.crs for layer, _ in read.values()}):
        shapes = next(rings.shapes for layer, rings in read.values() if layer.crs == crs)
        if len(shapes):
            place = say.place_of(shapes[0])
            if is_rough(crs, *place):
                found.append(Fault(FaultKind.ROUGH, Words(say.ROUGH, {"crs": crs[:60]}), crs[:60], place))
    return found


def _check_place(
    community: UUID,
    file_name: str,
    read: dict[LayerRole, tuple[LayerRead, Rings]],
    epsg: int,
    report: ImportReport,
    despite_shift: bool,
) -> None:
    """Hold buildings against grids or boundary, the file's first, else those known; refuse what fits only after a shift."""
    buildings = read[LayerRole.BUILDINGS][1].shapes if LayerRole.BUILDINGS in read else as_shapes([])
    cells, cell_role = _cells_in(read)
    known_cells, known_buildings = _known(community)
    for role, shapes in ((LayerRole.BUILDINGS, buildings), (cell_role, cells)):
        fixed = known_cells if len(known_cells) else known_buildings
        if role and len(shapes) and len(fixed) and _apart(shapes, fixed):
            shift = find_shift(buildings, fixed, epsg) if role is LayerRole.BUILDINGS and len(known_cells) else None
            if shift is None:
                raise BadInput(ELSEWHERE, where=Where(file=file_name), remedy=ELSEWHERE_REMEDY, layer=read[role][0].name)
    moving_are_cells = False
    if len(buildings):
        role, moving, fixed = LayerRole.BUILDINGS, buildings, cells if len(cells) else known_cells
        if not len(fixed) and len(known_buildings):
            moving, fixed = as_shapes(shapely.point_on_surface(buildings)), known_buildings
    elif cell_role and len(known_buildings):
        role, moving, fixed, moving_are_cells = cell_role, cells, known_buildings, True
    else:
        return
    shift = find_shift(moving, fixed, epsg, moving_are_cells=moving_are_cells) if len(fixed) else None
    if shift:
        _displaced(read[role][0].name, file_name, shift, report, despite_shift)


def _apart(one: Shapes, other: Shapes) -> bool:
    """Whether the two lie more than about a kilometre from each other."""
    margin = 0.01
    return not shapely.box(*shapely.total_bounds(one)).buffer(margin).intersects(shapely.box(*shapely.total_bounds(other)))


def _displaced(layer: str, file_name: str, shift: Shift, report: ImportReport, despite_shift: bool) -> None:
    if despite_shift:
        report.faults.append(shift.fault(layer))
        return
    raise BadInput(
        DISPLACED,
        where=Where(file=file_name),
        remedy=_remedy(shift),
        layer=layer,
        before=round(100 * shift.before),
        system=shift.system or "",
        metres=round(float(np.hypot(shift.east_m, shift.north_m))),
        east=round(shift.east_m),
        north=round(shift.north_m),
    )


def _remedy(shift: Shift) -> str:
    if shift.system == SWAPPED_AXES:
        return SWAP_REMEDY
    return DISPLACED_REMEDY if shift.system in DISPLACED_SYSTEMS else SHIFT_REMEDY


def _cells_in(read: dict[LayerRole, tuple[LayerRead, Rings]]) -> tuple[Shapes, LayerRole | None]:
    for role in (LayerRole.GRIDS, LayerRole.BOUNDARY):
        if role in read and len(read[role][1].shapes):
            return read[role][1].shapes, role
    return as_shapes([]), None


def _known(community: UUID) -> tuple[Shapes, Shapes]:
    grids = GridShape.objects.filter(
        community_id=community, version__state=VersionState.PUBLISHED, version__valid_to__isnull=True
    ).values_list("shape", flat=True)
    edge = Feature.objects.filter(community_id=community, kind=FeatureKind.BOUNDARY).values_list("shape", flat=True)
    footprints = Building.objects.filter(community_id=community).values_list("footprint", flat=True)[:600]
    return from_wkb(list(grids) or list(edge)), from_wkb(footprints)
