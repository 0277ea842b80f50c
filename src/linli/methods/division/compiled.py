"""All that is compiled: spanning trees that split regions, and units that change part. The first call compiles (some seconds) and keeps
the result beside this file, or in the user's cache folder; it stands in one file, because what is kept is made anew when this file changes.

``state`` (1,) uint64 is the whole of the chance, so that a seed gives the same division on every machine and in every thread.
"""

# mypy: disable-error-code="no-untyped-def"
# Numba reads the types of what it is called with; declared ones would say nothing to it.
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np


def compiled(function: Callable[..., Any]) -> Any:
    """To machine code, kept for the next process; other threads run meanwhile."""
    return numba.njit(cache=True, nogil=True)(function)


@compiled
def _next(state):
    """Xorshift (Marsaglia 2003, Journal of Statistical Software 8): 64 bits."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return x


@compiled
def _below(state, n):
    return np.int64(_next(state) >> np.uint64(33)) % n


@compiled
def _chance(state):
    return np.float64(_next(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def _tree(nodes, region, r, label, indptr, neighbours, lengths, spread, order, parent, keys, whose, via, state):
    """Prim's tree of region r under random lengths, into ``order`` (root first) and ``parent``; how many units it spans.

    Units of one label (≥ 0) hang together first, so that no edge between them is missing from the tree. ``lengths`` (2 e) are drawn towards:
    an edge that is dear to cut is short, and so rather within the tree.
    """
    for x in nodes:
        parent[x] = -2
    keys[0], whose[0], via[0] = 0.0, nodes[_below(state, nodes.size)], -1
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
                k = _chance(state) - spread * lengths[e]
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


@compiled
def split(region, first, parts, made, label, labels, indptr, neighbours, lengths, spread, weights, slack, trees, state):
    """Split region ``first`` into ``parts`` regions, named ``first``, ``made``, ``made`` + 1 …; whether it could be done.

    Of every tree each edge is looked at: any share of the parts may lie on either side, if each side has units and labels enough.
    The edge is taken where the weights (n, m) of both sides differ least, in ``slack`` (m,), from what their parts should hold.
    """
    n, m = weights.shape
    room = neighbours.size + 2
    keys, whose, via = np.empty(room), np.empty(room, np.int32), np.empty(room, np.int32)
    order, parent = np.empty(n, np.int32), np.full(n, -2, np.int32)
    below, counts, tags = np.zeros((n, m)), np.zeros(n, np.int64), np.zeros(n, np.int64)
    inside, best = np.zeros(n, np.uint8), np.zeros(n, np.uint8)
    seen = np.full(labels + 1, -1, np.int64)
    open_regions, shares = [first], [parts]
    each, whole = np.zeros(m), np.zeros(m)
    look = 0
    while len(open_regions) > 0:
        r, k = open_regions.pop(), shares.pop()
        if k == 1:
            continue
        nodes = np.nonzero(region == r)[0].astype(np.int32)
        whole[:] = 0.0
        for x in nodes:
            for w in range(m):
                whole[w] += weights[x, w]
        for w in range(m):
            each[w] = whole[w] / k
        least, given = np.inf, 0
        for _ in range(trees):
            c = _tree(nodes, region, r, label, indptr, neighbours, lengths, spread, order, parent, keys, whose, via, state)
            look += 1
            tagged = 0
            for i in range(c):
                x = order[i]
                counts[x], tags[x] = 1, 0
                for w in range(m):
                    below[x, w] = weights[x, w]
                if label[x] >= 0 and seen[label[x]] != look:
                    # A label counts where it is met first: its other units hang below that one.
                    seen[label[x]] = look
                    tags[x] = 1
                    tagged += 1
            for i in range(c - 1, 0, -1):
                x, p = order[i], parent[order[i]]
                counts[p] += counts[x]
                tags[p] += tags[x]
                for w in range(m):
                    below[p, w] += below[x, w]
            chosen = -1
            for i in range(1, c):
                x, p = order[i], parent[order[i]]
                if label[x] >= 0 and label[x] == label[p]:
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
                    off = max(off, abs(below[x, w] - share * each[w]) / slack[w])
                score = off / min(share, k - share) + 0.5 * abs(2 * share - k) / k
                if score < least:
                    least, given, chosen = score, share, i
            if chosen >= 0:
                for j in range(c):
                    inside[order[j]] = 0
                inside[order[chosen]] = 1
                for j in range(chosen + 1, c):
                    if inside[parent[order[j]]] == 1:
                        inside[order[j]] = 1
                for j in range(c):
                    best[order[j]] = inside[order[j]]
        if given == 0:
            return False
        for x in nodes:
            if best[x] == 1:
                region[x] = made
                best[x] = 0
        open_regions.append(r)
        shares.append(k - given)
        open_regions.append(made)
        shares.append(given)
        made += 1
    return True


@compiled
def _holds_without(u, a, indptr, neighbours, part, stamp, mark, queue):
    """Whether part a stays in one piece, and not empty, without unit u: u's neighbours in it must reach each other."""
    wanted, first = 0, -1
    for e in range(indptr[u], indptr[u + 1]):
        if part[neighbours[e]] == a:
            wanted += 1
            first = neighbours[e]
    if wanted <= 1:
        return wanted == 1
    sought = mark[0] + 2
    mark[0] = sought
    for e in range(indptr[u], indptr[u + 1]):
        if part[neighbours[e]] == a:
            stamp[neighbours[e]] = sought
    stamp[u] = sought + 1
    queue[0], stamp[first] = first, sought + 1
    found, at, end = 1, 0, 1
    while at < end:
        x = queue[at]
        at += 1
        for e in range(indptr[x], indptr[x + 1]):
            y = neighbours[e]
            if part[y] != a or stamp[y] == sought + 1:
                continue
            if stamp[y] == sought:
                found += 1
                if found == wanted:
                    return True
            stamp[y] = sought + 1
            queue[end] = y
            end += 1
    return False


@compiled
def _listed(u, indptr, neighbours, part, open_parts, loose, edge, where):
    """Keep u in ``edge`` exactly while it may move and touches another open part; ``edge[-1]`` is how many are listed."""
    on = False
    if loose[u] == 1 and open_parts[part[u]] == 1:
        for e in range(indptr[u], indptr[u + 1]):
            b = part[neighbours[e]]
            if b != part[u] and open_parts[b] == 1:
                on = True
                break
    last = edge.size - 1
    if on and where[u] < 0:
        where[u] = edge[last]
        edge[edge[last]] = u
        edge[last] += 1
    elif not on and where[u] >= 0:
        edge[last] -= 1
        moved = edge[edge[last]]
        edge[where[u]] = moved
        where[moved] = where[u]
        where[u] = -1


@compiled
def list_edge(indptr, neighbours, part, open_parts, loose, edge, where):
    """The list made anew."""
    edge[edge.size - 1] = 0
    where[:] = -1
    for u in range(part.size):
        _listed(u, indptr, neighbours, part, open_parts, loose, edge, where)


@compiled
def _strain(held, goal, slack, scale, price, wall):
    """What it costs that a part holds ``held`` of one weight: nothing near the goal, a square towards the tolerance, steep beyond it."""
    off = abs(held - goal)
    near = (off - 0.8 * slack) * scale
    if near <= 0:
        return 0.0
    cost = price * near * near
    beyond = (off - slack) * scale
    if beyond > 1e-9:
        cost += wall * (beyond + 0.05)
    return cost


@compiled
def _cut_change(u, a, b, indptr, neighbours, cost, part, home, stay):
    """How what is cut, and what staying is worth, changes when u goes from a to b."""
    change = 0.0
    for e in range(indptr[u], indptr[u + 1]):
        p = part[neighbours[e]]
        if p == a:
            change += cost[e]
        elif p == b:
            change -= cost[e]
    if home[u] == a:
        change += stay[u]
    elif home[u] == b:
        change -= stay[u]
    return change


@compiled
def move(
    indptr,
    neighbours,
    cost,
    weights,
    part,
    held,
    goal,
    slack,
    scale,
    home,
    stay,
    open_parts,
    loose,
    edge,
    where,
    heat,
    price,
    wall,
    chains,
    steps,
    state,
    stamp,
    mark,
    queue,
):
    """``steps`` proposals at one temperature: a unit of the edge goes to a neighbouring part, and of ``chains`` (a share) a unit of
    that part goes on to a third, or back to the first. Taken by Metropolis's rule if no part is torn or emptied."""
    m = weights.shape[1]
    last = edge.size - 1
    for _ in range(steps):
        if edge[last] == 0:
            return
        u = edge[_below(state, edge[last])]
        v = neighbours[indptr[u] + _below(state, indptr[u + 1] - indptr[u])]
        a, b = part[u], part[v]
        if a == b or open_parts[b] == 0:
            continue
        x, c = -1, -1
        if chains > 0 and _chance(state) < chains:
            # A short walk within b to a unit that may leave it.
            y = v
            for _walk in range(12):
                z = neighbours[indptr[y] + _below(state, indptr[y + 1] - indptr[y])]
                if part[z] == b:
                    y = z
                elif z != u and open_parts[part[z]] == 1 and loose[y] == 1:
                    x, c = y, part[z]
                    break
            if x < 0:
                continue
        change = _cut_change(u, a, b, indptr, neighbours, cost, part, home, stay)
        if x >= 0:
            part[u] = b
            change += _cut_change(x, b, c, indptr, neighbours, cost, part, home, stay)
            part[u] = a
        for w in range(m):
            leaves, goes_on = weights[u, w], weights[x, w] if x >= 0 else 0.0
            g, s, f = goal[w], slack[w], scale[w]
            gain_a = goes_on - leaves if c == a else -leaves
            change += _strain(held[a, w] + gain_a, g, s, f, price, wall) - _strain(held[a, w], g, s, f, price, wall)
            change += _strain(held[b, w] + leaves - goes_on, g, s, f, price, wall) - _strain(held[b, w], g, s, f, price, wall)
            if c >= 0 and c != a:
                change += _strain(held[c, w] + goes_on, g, s, f, price, wall) - _strain(held[c, w], g, s, f, price, wall)
        if change > 0 and (change > 20 * heat or _chance(state) >= np.exp(-change / heat)):
            continue
        if not _holds_without(u, a, indptr, neighbours, part, stamp, mark, queue):
            continue
        part[u] = b
        if x >= 0:
            if not _holds_without(x, b, indptr, neighbours, part, stamp, mark, queue):
                part[u] = a
                continue
            part[x] = c
        for w in range(m):
            held[a, w] -= weights[u, w]
            held[b, w] += weights[u, w]
            if x >= 0:
                held[b, w] -= weights[x, w]
                held[c, w] += weights[x, w]
        _listed(u, indptr, neighbours, part, open_parts, loose, edge, where)
        for e in range(indptr[u], indptr[u + 1]):
            _listed(neighbours[e], indptr, neighbours, part, open_parts, loose, edge, where)
        if x >= 0:
            _listed(x, indptr, neighbours, part, open_parts, loose, edge, where)
            for e in range(indptr[x], indptr[x + 1]):
                _listed(neighbours[e], indptr, neighbours, part, open_parts, loose, edge, where)
