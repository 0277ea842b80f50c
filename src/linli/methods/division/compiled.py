"""All that is compiled: spanning trees that split regions, and units that change part. The first call compiles (some seconds)
and keeps the result beside this file, or in the user's cache folder; it stands in one file, because what is kept is made anew
when this file changes.

``state`` (1,) uint64 is the whole of the chance, so that a seed gives the same division on every machine and in every thread.
"""

# mypy: disable-error-code="no-untyped-def"
# Numba reads the types of what it is called with; declared ones would say nothing to it.
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

HANGING = 0.05
"""Share of proposals in which a unit that its part hangs together by takes along what would be torn off."""


def compiled(function: Callable[..., Any]) -> Any:
    """To machine code, kept for the next process; other threads run meanwhile."""
    return numba.njit(cache=True, nogil=True, error_model="numpy")(function)


def inner(function: Callable[..., Any]) -> Any:
    """To machine code that only compiled code calls: without a door for Python, which takes as long to compile as the rest."""
    options: Any = {"nogil": True, "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return numba.njit(**options)(function)


@inner
def _next(state):
    """Xorshift (Marsaglia 2003, Journal of Statistical Software 8): 64 bits."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return x


@inner
def _below(state, n):
    return np.int64(_next(state) >> np.uint64(33)) % n


@inner
def _chance(state):
    return np.float64(_next(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inner
def _tree(nodes, region, r, label, indptr, neighbours, lengths, spread, order, parent, keys, whose, via, state):
    """Prim's tree of region r under random lengths, into ``order`` (root first) and ``parent``; how many units it spans.

    Units of one label (≥ 0) hang together first, so that no edge between them is missing from the tree. ``lengths`` (2 e) are
    drawn towards: an edge that is dear to cut is short, and so rather within the tree.
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


@inner
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


@inner
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


@inner
def _strain(held, goal, slack, scale, price, wall):
    """What it costs that a part holds ``held`` of one weight: nothing near the goal, a square towards the tolerance, steep
    beyond it."""
    off = abs(held - goal)
    near = (off - 0.8 * slack) * scale
    if near <= 0:
        return 0.0
    cost = price * near * near
    beyond = (off - slack) * scale
    if beyond > 1e-9:
        cost += wall * (beyond + 0.05)
    return cost


@inner
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


@inner
def _going_on(u, v, indptr, neighbours, part, open_parts, loose, state):
    """A unit of v's part that may leave it, found by a short walk from v, and the part it would go to; (-1, -1) where none is
    met."""
    b, y = np.int64(part[v]), v
    for _ in range(12):
        z = np.int64(neighbours[indptr[y] + _below(state, indptr[y + 1] - indptr[y])])
        if part[z] == b:
            y = z
        elif z != u and open_parts[part[z]] == 1 and loose[y] == 1:
            return y, np.int64(part[z])
    return np.int64(-1), np.int64(-1)


@inner
def _strain_change(a, b, c, gone, on, held, pull, goal, slack, scale, price, wall):
    """How the strain changes when ``gone`` (m,) leaves part a for b, and ``on`` (m,) leaves b for c (-1: nothing goes on).

    ``pull`` (parts, m) is the price of holding more in a part: high around those that hold too much, low around those that lack.
    """
    change = 0.0
    for w in range(goal.size):
        g, s, f = goal[w], slack[w], scale[w]
        change += gone[w] * (pull[b, w] - pull[a, w])
        if c >= 0:
            change += on[w] * (pull[c, w] - pull[b, w])
        back = on[w] if c == a else 0.0
        change += _strain(held[a, w] - gone[w] + back, g, s, f, price, wall) - _strain(held[a, w], g, s, f, price, wall)
        change += _strain(held[b, w] + gone[w] - on[w], g, s, f, price, wall) - _strain(held[b, w], g, s, f, price, wall)
        if c >= 0 and c != a:
            change += _strain(held[c, w] + on[w], g, s, f, price, wall) - _strain(held[c, w], g, s, f, price, wall)
    return change


@inner
def _moved(u, a, b, indptr, neighbours, weights, part, held, open_parts, loose, edge, where):
    """What follows when unit u has gone from part a to b."""
    for w in range(weights.shape[1]):
        held[a, w] -= weights[u, w]
        held[b, w] += weights[u, w]
    _listed(u, indptr, neighbours, part, open_parts, loose, edge, where)
    for e in range(indptr[u], indptr[u + 1]):
        _listed(np.int64(neighbours[e]), indptr, neighbours, part, open_parts, loose, edge, where)


@inner
def _torn_off(u, a, indptr, neighbours, part, stamp, mark, queue):
    """What part a would lose with unit u if only its largest piece stayed: the units, first in ``queue``, and how many they are;
    -1 where u is the whole of its part."""
    seen = mark[0] + 2
    mark[0] = seen
    stamp[u] = seen
    end, largest, most = 0, 0, 0
    for e in range(indptr[u], indptr[u + 1]):
        first = neighbours[e]
        if part[first] != a or stamp[first] == seen:
            continue
        begin = at = end
        stamp[first] = seen
        queue[end] = first
        end += 1
        while at < end:
            x = queue[at]
            at += 1
            for f in range(indptr[x], indptr[x + 1]):
                y = neighbours[f]
                if part[y] == a and stamp[y] != seen:
                    stamp[y] = seen
                    queue[end] = y
                    end += 1
        if end - begin > most:
            largest, most = begin, end - begin
    if most == 0:
        return -1
    kept = 0
    for i in range(end):
        if i < largest or i >= largest + most:
            queue[kept] = queue[i]
            kept += 1
    return kept


@inner
def _move_with_what_hangs(
    u,
    b,
    indptr,
    neighbours,
    cost,
    weights,
    part,
    held,
    pull,
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
    state,
    stamp,
    mark,
    queue,
):
    """A proposal for a unit that its part hangs together by: it goes to part b with all that would be torn off."""
    a = np.int64(part[u])
    many = _torn_off(u, a, indptr, neighbours, part, stamp, mark, queue)
    if many < 0:
        return
    queue[many] = u
    gone, nothing = np.zeros(goal.size), np.zeros(goal.size)
    change, free = 0.0, True
    for i in range(many + 1):
        x = np.int64(queue[i])
        free = free and loose[x] == 1
        change += _cut_change(x, a, b, indptr, neighbours, cost, part, home, stay)
        part[x] = b
        for w in range(goal.size):
            gone[w] += weights[x, w]
    change += _strain_change(a, b, np.int64(-1), gone, nothing, held, pull, goal, slack, scale, price, wall)
    if not free or (change > 0 and (change > 20 * heat or _chance(state) >= np.exp(-change / heat))):
        for i in range(many + 1):
            part[queue[i]] = a
        return
    for i in range(many + 1):
        _moved(np.int64(queue[i]), a, b, indptr, neighbours, weights, part, held, open_parts, loose, edge, where)


@compiled
def move(
    indptr,
    neighbours,
    cost,
    weights,
    part,
    held,
    pull,
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
    """``steps`` proposals at one temperature: a unit of the edge goes to a neighbouring part, and of ``chains`` (a share) a
    unit of that part goes on to a third, or back to the first. Taken by Metropolis's rule if no part is torn or emptied."""
    last = edge.size - 1
    nothing = np.zeros(weights.shape[1])
    for _ in range(steps):
        if edge[last] == 0:
            return
        u = edge[_below(state, edge[last])]
        v = np.int64(neighbours[indptr[u] + _below(state, indptr[u + 1] - indptr[u])])
        a, b = np.int64(part[u]), np.int64(part[v])
        if a == b or open_parts[b] == 0:
            continue
        x, c = np.int64(-1), np.int64(-1)
        kind = _chance(state)
        if kind > 1 - HANGING and not _holds_without(u, a, indptr, neighbours, part, stamp, mark, queue):
            _move_with_what_hangs(
                u,
                b,
                indptr,
                neighbours,
                cost,
                weights,
                part,
                held,
                pull,
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
                state,
                stamp,
                mark,
                queue,
            )
            continue
        if kind < chains:
            x, c = _going_on(u, v, indptr, neighbours, part, open_parts, loose, state)
            if x < 0:
                continue
        change = _cut_change(u, a, b, indptr, neighbours, cost, part, home, stay)
        if x >= 0:
            part[u] = b
            change += _cut_change(x, b, c, indptr, neighbours, cost, part, home, stay)
            part[u] = a
        change += _strain_change(
            a, b, c, weights[u], weights[x] if x >= 0 else nothing, held, pull, goal, slack, scale, price, wall
        )
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
            _moved(x, b, c, indptr, neighbours, weights, part, held, open_parts, loose, edge, where)
        _moved(u, a, b, indptr, neighbours, weights, part, held, open_parts, loose, edge, where)
