"""Units that change part, and parts that stay whole. Compiled: the first call takes some seconds, once for an installation."""

# mypy: disable-error-code="no-untyped-def"
# Numba reads the types of what it is called with; declared ones would say nothing to it.
from __future__ import annotations

import numpy as np

from linli.methods.division.chance import chance, compiled, drawn, inner

HANGING = 0.05
"""Share of proposals in which a unit that its part hangs together by takes along what would be torn off."""


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
        z = np.int64(neighbours[indptr[y] + drawn(state, indptr[y + 1] - indptr[y])])
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
    if not free or (change > 0 and (change > 20 * heat or chance(state) >= np.exp(-change / heat))):
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
        u = edge[drawn(state, edge[last])]
        v = np.int64(neighbours[indptr[u] + drawn(state, indptr[u + 1] - indptr[u])])
        a, b = np.int64(part[u]), np.int64(part[v])
        if a == b or open_parts[b] == 0:
            continue
        x, c = np.int64(-1), np.int64(-1)
        kind = chance(state)
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
        if change > 0 and (change > 20 * heat or chance(state) >= np.exp(-change / heat)):
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
