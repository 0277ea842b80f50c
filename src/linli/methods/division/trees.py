"""Spanning trees that split regions. Compiled: the first call takes some seconds, once for an installation."""

# mypy: disable-error-code="no-untyped-def"
# Numba reads the types of what it is called with; declared ones would say nothing to it.
from __future__ import annotations

import numpy as np

from linli.methods.division.chance import chance, compiled, drawn, inner


@inner
def _tree(nodes, region, r, label, indptr, neighbours, lengths, spread, order, parent, keys, whose, via, state):
    """Prim's tree of region r under random lengths, into ``order`` (root first) and ``parent``; how many units it spans.

    Units of one label (≥ 0) hang together first, so that no edge between them is missing from the tree. ``lengths`` (2 e) are
    drawn towards: an edge that is dear to cut is short, and so rather within the tree.
    """
    for x in nodes:
        parent[x] = -2
    keys[0], whose[0], via[0] = 0.0, nodes[drawn(state, nodes.size)], -1
    waiting, c = 1, 0
    while waiting > 0:
        v, p = whose[0], via[0]
        waiting -= 1
        k, vv, pp = keys[waiting], whose[waiting], via[waiting]
        i = 0
        while 2 * i + 1 < waiting:
            j = 2 * i + 1
            if j + 1 < waiting and keys[j + 1] < keys[j]:
                j += 1
            if keys[j] >= k:
                break
            keys[i], whose[i], via[i] = keys[j], whose[j], via[j]
            i = j
        keys[i], whose[i], via[i] = k, vv, pp
        if parent[v] != -2:
            continue
        parent[v] = p
        order[c] = v
        c += 1
        for e in range(indptr[v], indptr[v + 1]):
            y = neighbours[e]
            if region[y] == r and parent[y] == -2:
                k = chance(state) - spread * lengths[e]
                if label[v] >= 0 and label[v] == label[y]:
                    k = -1e300
                i = waiting
                waiting += 1
                while i > 0 and keys[(i - 1) // 2] > k:
                    q = (i - 1) // 2
                    keys[i], whose[i], via[i] = keys[q], whose[q], via[q]
                    i = q
                keys[i], whose[i], via[i] = k, y, v
    return c


@inner
def _sums(c, order, parent, label, weights, look, seen, below, counts, tags):
    """What hangs below each unit of a tree: weights, units, labels. Returns how many labels the tree has.

    A label counts where it is met first, nearest the root: its other units hang below that one.
    """
    m = weights.shape[1]
    tagged = 0
    for i in range(c):
        x = order[i]
        counts[x], tags[x] = 1, 0
        for w in range(m):
            below[x, w] = weights[x, w]
        if label[x] >= 0 and seen[label[x]] != look:
            seen[label[x]] = look
            tags[x] = 1
            tagged += 1
    for i in range(c - 1, 0, -1):
        x, p = order[i], parent[order[i]]
        counts[p] += counts[x]
        tags[p] += tags[x]
        for w in range(m):
            below[p, w] += below[x, w]
    return tagged


@inner
def _cut(c, k, order, parent, label, tagged, below, counts, tags, whole, slack):
    """The edge to cut, by the place in ``order`` of the unit below it (-1: none can be), the parts that go below, and how bad
    it is.

    Any share of the parts may lie on either side, if each side has units and labels enough.
    """
    m = whole.size
    chosen, given, least = -1, 0, np.inf
    for i in range(1, c):
        x = order[i]
        if label[x] >= 0 and label[x] == label[parent[x]]:
            continue
        low = max(1, tags[x], k - (c - counts[x]))
        high = min(k - 1, counts[x], k - (tagged - tags[x]))
        if low > high:
            continue
        wanted = 0.0
        for w in range(m):
            wanted += below[x, w] / whole[w] if whole[w] > 0 else counts[x] / c
        share = min(max(int(wanted / m * k + 0.5), low), high)
        off = 0.0
        for w in range(m):
            off = max(off, abs(below[x, w] - share * whole[w] / k) / slack[w])
        score = 30.0 * off / min(share, k - share) + 0.5 * abs(2 * share - k) / k
        if score < least:
            chosen, given, least = i, share, score
    return chosen, given, least


@inner
def _gathered(region, r, weights, nodes, whole):
    """The units of region r, first in ``nodes``, and how many they are; what they hold, in ``whole`` (m,)."""
    many = 0
    whole[:] = 0.0
    for x in range(region.size):
        if region[x] == r:
            nodes[many] = x
            many += 1
            for w in range(whole.size):
                whole[w] += weights[x, w]
    return many


@inner
def _mark_below(c, chosen, order, parent, inside):
    """Set ``inside`` (n,) to 1 for what hangs below ``order[chosen]``, to 0 for the rest of the tree."""
    for j in range(c):
        inside[order[j]] = 0
    inside[order[chosen]] = 1
    for j in range(chosen + 1, c):
        inside[order[j]] = inside[parent[order[j]]]


@compiled
def split(region, first, parts, made, label, labels, indptr, neighbours, lengths, spread, weights, slack, trees, state):
    """Split region ``first`` into ``parts`` regions, named ``first``, ``made``, ``made`` + 1 …; whether it could be done.

    Again and again a region is cut in two at the best edge of some trees, where the weights (n, m) of both sides differ least,
    in ``slack`` (m,), from what their parts should hold.
    """
    n, m = weights.shape
    room = neighbours.size + 2
    keys, whose, via = np.empty(room), np.empty(room, np.int32), np.empty(room, np.int32)
    order, parent = np.empty(n, np.int32), np.full(n, -2, np.int32)
    below, counts, tags = np.zeros((n, m)), np.zeros(n, np.int64), np.zeros(n, np.int64)
    below_cut = np.zeros(n, np.uint8)
    seen, look = np.full(labels + 1, -1, np.int64), 0
    whole, nodes = np.zeros(m), np.empty(n, np.int32)
    open_regions, shares = np.empty(parts, np.int64), np.empty(parts, np.int64)
    open_regions[0], shares[0] = first, parts
    waiting = 1
    while waiting > 0:
        waiting -= 1
        r, k = open_regions[waiting], shares[waiting]
        if k == 1:
            continue
        inside = _gathered(region, r, weights, nodes, whole)
        least, given = np.inf, 0
        for _ in range(trees):
            c = _tree(
                nodes[:inside], region, r, label, indptr, neighbours, lengths, spread, order, parent, keys, whose, via, state
            )
            look += 1
            tagged = _sums(c, order, parent, label, weights, look, seen, below, counts, tags)
            chosen, share, score = _cut(c, k, order, parent, label, tagged, below, counts, tags, whole, slack)
            if chosen < 0 or score >= least:
                continue
            least, given = score, share
            _mark_below(c, chosen, order, parent, below_cut)
        if given == 0:
            return False
        for i in range(inside):
            if below_cut[nodes[i]] == 1:
                region[nodes[i]] = made
        open_regions[waiting], shares[waiting] = r, k - given
        open_regions[waiting + 1], shares[waiting + 1] = made, given
        waiting += 2
        made += 1
    return True
