"""From pieces to cells of one piece each: what lies apart from its building joins a cell beside it."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely import area as area_of

from linli.methods.division.ground.faces import Faces
from linli.methods.division.ground.shapes import Floats, Ints, Sides, Truths

ACROSS = 0.01
"""A metre of border on a street joins as much as a centimetre inside a block."""


def joined(faces: Faces, sides: Sides) -> Ints:
    """The cell (f,) of every piece: each cell is of one piece, holds its buildings whole, and cells count from 0 in the order of
    labels."""
    inner = sides.right >= 0
    left, right = sides.left[inner], sides.right[inner]
    pull = sides.length[inner] * np.where(faces.block[left] == faces.block[right], 1.0, ACROSS)
    label = _gathered(faces, left, right, pull)
    label = _bridged(label, faces, left, right, pull)
    _, cell = np.unique(label, return_inverse=True)
    return np.asarray(cell.ravel(), np.int64)


def _gathered(faces: Faces, left: Ints, right: Ints, pull: Floats) -> Ints:
    """Labels after every part without its building (or that must not stand alone) has joined what it shares most border with."""
    label = faces.label.copy()
    for _ in range(len(label)):
        part = _parts(label, left, right)
        astray = _astray(label, part, faces)
        if not astray.any():
            break
        out, into = np.concatenate([left, right]), np.concatenate([right, left])
        strength = np.concatenate([pull, pull])
        open_ = astray[part[out]] & ~astray[part[into]]
        if not open_.any():
            break
        table = coo_matrix((strength[open_], (part[out[open_]], label[into[open_]]))).tocsr()
        best = np.asarray(table.argmax(axis=1)).ravel()
        goes = np.flatnonzero(np.diff(table.indptr))
        moving = np.isin(part, goes)
        label[moving] = best[part[moving]]
    return label


def _parts(label: Ints, left: Ints, right: Ints) -> Ints:
    same = label[left] == label[right]
    size = len(label)
    graph = coo_matrix((np.ones(int(same.sum())), (left[same], right[same])), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _astray(label: Ints, part: Ints, faces: Faces) -> Truths:
    """Which parts are without a building of their cell; of cells without buildings, all but the largest part, and the loose
    ones."""
    many = int(part.max()) + 1
    of = np.zeros(many, np.int64)
    of[part] = label
    built = np.bincount(part, faces.built & (faces.label == label), minlength=many) > 0
    bare = of >= faces.seeds
    size = np.bincount(part, area_of(faces.shapes), minlength=many)
    order = np.lexsort((-size, of))
    largest = np.zeros(many, bool)
    largest[order[np.unique(of[order], return_index=True)[1]]] = True
    loose = np.bincount(part, faces.loose, minlength=many) > 0
    return np.asarray(np.where(bare, ~largest | loose, ~built), bool)


def _bridged(label: Ints, faces: Faces, left: Ints, right: Ints, pull: Floats) -> Ints:
    """Labels with every cell in one piece: where a building stands in several, the cells on the way between them become one with
    it."""
    part = _parts(label, left, right)
    many = int(part.max()) + 1
    of = np.zeros(many, np.int64)
    of[part] = label
    torn = np.flatnonzero(np.bincount(of) > 1)
    if not len(torn):
        return label
    way = csr_matrix(coo_matrix((pull, (part[left], part[right])), shape=(many, many)))
    graph = csr_matrix(way + way.T)
    graph.setdiag(0)
    graph.eliminate_zeros()
    # The fewest cells first, then the widest ways.
    graph.data = 1.0 + 1e-3 / np.maximum(graph.data, 1e-3)
    merged = np.arange(many)
    built = np.bincount(part, np.where(faces.built, area_of(faces.shapes), 0.0), minlength=many)
    for one in torn:
        own = np.flatnonzero(of == one)
        main = int(own[built[own].argmax()])
        distance, before = dijkstra(graph, directed=False, indices=main, return_predecessors=True)
        for other in own[np.isfinite(distance[own])]:
            at = int(other)
            while at != main:
                merged[_root(merged, at)] = _root(merged, main)
                at = int(before[at])
    root = np.asarray([_root(merged, at) for at in range(many)], np.int64)
    # A cell is called by the first of the labels that became one.
    name = np.full(many, np.iinfo(np.int64).max)
    np.minimum.at(name, root, of)
    return np.asarray(name[root[part]], np.int64)


def _root(merged: Ints, at: int) -> int:
    while merged[at] != at:
        at = int(merged[at])
    return at
