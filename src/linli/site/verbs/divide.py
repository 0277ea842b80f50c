"""``linli divide``: grids that hold about the same. Starts without Django, touches no database."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``--graph G.json --parts K --weight ATTR[:TOLERANCE] …`` or ``--buildings FILE --streets FILE --persons FIELD --target N
    …``."""
    graph = parser.add_argument_group("units that are given as a graph")
    graph.add_argument("--graph", type=Path, metavar="G.json", help="networkx adjacency JSON, as GerryChain has it")
    graph.add_argument("--parts", type=int, metavar="K", help="how many parts to make")
    graph.add_argument(
        "--weight",
        action="append",
        default=[],
        metavar="ATTR[:TOLERANCE]",
        help="what parts hold alike, and the share by which one may differ from the mean (default: 0.05); may be repeated",
    )
    graph.add_argument(
        "--previous", type=Path, metavar="A.csv", help="the division there is (id,part): as few people as can be move"
    )
    graph.add_argument("--fixed", type=Path, metavar="B.csv", help="units that must be in a part (id,part)")
    _add_ground(parser)
    both = parser.add_argument_group("always")
    both.add_argument("--seed", type=int, default=0, metavar="N", help="the same seed gives the same division (default: 0)")
    both.add_argument("--time-limit", type=float, metavar="S", help="seconds after which the best there is by then is written")
    both.add_argument("--out", type=Path, metavar="FILE", help="(default: assignment.csv with id,part; of buildings grids.gpkg)")
    both.add_argument("--json", action="store_true")


GRAPH = ("parts", "weight", "previous", "fixed")
GROUND = ("streets", "boundary", "plots", "persons", "households", "target", "community", "crs")
"""Options of the one form, which mean nothing in the other."""


def _add_ground(parser: argparse.ArgumentParser) -> None:
    ground = parser.add_argument_group("buildings on a map")
    ground.add_argument("--buildings", metavar="FILE[:LAYER]", help="GeoPackage, GeoJSON, Shapefile or OpenStreetMap extract")
    ground.add_argument("--streets", metavar="FILE[:LAYER]", help="their lines; grids end at them where they can")
    ground.add_argument("--boundary", metavar="FILE[:LAYER]", help="of the territory (default: the blocks around the buildings)")
    ground.add_argument("--plots", metavar="FILE[:LAYER]", help="plots of land; inside a block grids end at them where they can")
    who = ground.add_mutually_exclusive_group()
    who.add_argument("--persons", metavar="FIELD", help="field of the buildings with how many people live there")
    who.add_argument("--households", metavar="FIELD", help="or with how many households do")
    ground.add_argument("--target", type=float, metavar="N", help="how many of them a grid should hold")
    ground.add_argument("--tolerance", default="0.05", metavar="SHARE", help="by which one may differ (default: 0.05)")
    ground.add_argument("--community", default="", metavar="CODE", help="its code; grids get three digits more")
    ground.add_argument("--crs", help="coordinate system of files that don't say theirs: WGS84, CGCS2000, GCJ-02, BD-09, EPSG:n")


def run(arguments: argparse.Namespace) -> int:
    """0; 1 where a tolerance isn't kept or a name of a file is no unit; 2 where nothing can be divided."""
    begun = time.perf_counter()
    from linli.methods.division.assignment import Unreadable
    from linli.methods.division.faults import Unfit
    from linli.site.verbs.divide_graph import divide_graph

    if arguments.time_limit is not None and not arguments.time_limit > 0:
        sys.stderr.write("--time-limit must be seconds above 0.\n")
        return 2
    if (arguments.graph is None) == (arguments.buildings is None):
        sys.stderr.write("Say what to divide: either --graph G.json or --buildings FILE.\n")
        return 2
    stray = [name for name in (GRAPH if arguments.graph is None else GROUND) if getattr(arguments, name)]
    if stray:
        sys.stderr.write(f"--{stray[0]} belongs to --{'graph' if arguments.graph is None else 'buildings'}; leave it out.\n")
        return 2
    try:
        if arguments.graph is None:
            # Maps take a while to import; a graph needs none of that.
            from linli.site.verbs.divide_buildings import divide_buildings

            return divide_buildings(arguments, begun)
        return divide_graph(arguments, begun)
    except (Unreadable, Unfit) as fault:
        message = str(fault)
        first = message.split(" ", 1)[0]
        # A sentence begins with a capital; the name of a file keeps its own.
        told = message[:1].upper() + message[1:] if first.isalpha() else message
        sys.stderr.write(told.rstrip(".") + ".\n")
        return 2
