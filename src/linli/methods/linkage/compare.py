"""How alike two rows are, field by field, as ordered levels. Compiled; ten million pairs take a few seconds.

The first call compiles (about ten seconds) and keeps the result beside this file, or in the user's cache folder. All that is
compiled stands in this one file: what is kept is made anew when the file changes, not when another file does.
"""

# mypy: disable-error-code="no-untyped-def"
# Numba reads the types of what it is called with; declared ones would say nothing to it.
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from linli.methods.linkage.records import Rows, Stock


def compiled(function: Callable[..., Any]) -> Any:
    """To machine code, kept for the next process; other threads run meanwhile."""
    return numba.njit(cache=True, nogil=True)(function)


# Names (given name, surname)
ELSE, PART, HALF, CLOSE, SOUND, EXACT, MISSING, SWAPPED = range(8)
NAME_LEVELS = ("else", "part", "half", "close", "sound", "exact", "missing", "swapped")
# Birth date
BIRTH_LEVELS = ("else", "year near", "one part", "two parts", "one digit", "exchanged", "exact", "missing")
BIRTH_EXACT, BIRTH_MISSING = 6, 7
# Sex
SEX_LEVELS = ("other", "same", "missing")
# Official number
NUMBER_LEVELS = ("other", "close", "exact", "missing")
NUMBER_EXACT = 2
# Telephone and home together
CONTACT_LEVELS = ("unknown", "other", "alike", "near", "home", "phone", "both")
NEAR, ALIKE = 0.45, 0.2
"""Share of an address's runs of three signs that two addresses must have in common."""
HOME_ONLY = 4
"""From this level on a pair shares a home or a telephone: families do."""


@compiled
def distance(a, na, b, nb, most):
    """Edits between two rows of code points, an exchange of neighbours counting one; ``most`` + 1 where there are more."""
    if abs(na - nb) > most:
        return most + 1
    before = np.empty(nb + 1, np.int64)
    above = np.arange(nb + 1)
    here = np.empty(nb + 1, np.int64)
    for i in range(1, na + 1):
        here[0] = i
        least = i
        for j in range(1, nb + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            best = min(above[j] + 1, here[j - 1] + 1, above[j - 1] + cost)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                best = min(best, before[j - 2] + 1)
            here[j] = best
            least = min(least, best)
        if least > most:
            return most + 1
        before, above, here = above, here, before
    return min(above[nb], most + 1)


@compiled
def _bits(value):
    """How many bits are set."""
    count = 0
    while value:
        value &= value - np.uint32(1)
        count += 1
    return count


@compiled
def _han_name(stock, a, b):
    """Two Chinese names of different sound: by how many characters they differ, and how far apart these sound."""
    na, nb = stock.character_count[a], stock.character_count[b]
    if na == nb:
        same = 0
        for i in range(na):
            if stock.characters[a, i] == stock.characters[b, i]:
                same += 1
        near = distance(stock.signs[a], stock.sign_count[a], stock.signs[b], stock.sign_count[b], 1) <= 1
        if same == na - 1 and na >= 2:
            return CLOSE if near else HALF
        if near:
            return HALF if na >= 2 else PART
        if na == 2 and stock.characters[a, 0] == stock.characters[b, 1] and stock.characters[a, 1] == stock.characters[b, 0]:
            return HALF
        return PART if same > 0 and na >= 3 else ELSE
    short, long_, ns, nl = (a, b, na, nb) if na < nb else (b, a, nb, na)
    found = 0
    for i in range(nl):
        if found < ns and stock.characters[long_, i] == stock.characters[short, found]:
            found += 1
    return PART if found == ns else ELSE


@compiled
def _name(stock, a, b):
    if a == 0 or b == 0:
        return MISSING
    if a == b:
        return EXACT
    if stock.sound[a] == stock.sound[b]:
        return SOUND
    if stock.character_count[a] > 0 and stock.character_count[b] > 0:
        return _han_name(stock, a, b)
    na, nb = stock.sign_count[a], stock.sign_count[b]
    shorter, longer = min(na, nb), max(na, nb)
    # Two edits change at most four letters of the set: most pairs are told apart without looking at the order.
    if _bits(stock.letters[a] ^ stock.letters[b]) <= 4:
        apart = distance(stock.signs[a], na, stock.signs[b], nb, 2)
        if apart == 1 and longer >= 4:
            return CLOSE
        if apart == 2 and longer >= 5:
            return HALF
        if apart == 1 and longer == 3:
            return PART
    if shorter >= 3 or shorter == 1:
        for i in range(shorter):
            if stock.signs[a, i] != stock.signs[b, i]:
                return ELSE
        return PART
    return ELSE


@compiled
def _birth(a, b):
    if a == 0 or b == 0:
        return BIRTH_MISSING
    if a == b:
        return BIRTH_EXACT
    ya, ma, da = a // 10000, a // 100 % 100, a % 100
    yb, mb, db = b // 10000, b // 100 % 100, b % 100
    if ya == yb and ma == db and da == mb:
        return 5
    off, exchanged, before_a, before_b, x, y = 0, False, -1, -1, a, b
    for _ in range(8):
        da_, db_ = x % 10, y % 10
        if da_ != db_:
            off += 1
            if off == 2 and da_ == before_b and db_ == before_a:
                exchanged = True
            before_a, before_b = da_, db_
        else:
            before_a, before_b = -1, -1
        x //= 10
        y //= 10
    if off == 1 or (off == 2 and exchanged):
        return 4
    parts = (1 if ya == yb else 0) + (1 if ma == mb else 0) + (1 if da == db else 0)
    if parts == 2:
        return 3
    if parts == 1 and ya == yb:
        return 2
    return 1 if abs(ya - yb) <= 2 else 0


@compiled
def _number(stock, a, b):
    if a == 0 or b == 0:
        return 3
    if a == b:
        return NUMBER_EXACT
    return 1 if distance(stock.digits[a], stock.digit_count[a], stock.digits[b], stock.digit_count[b], 1) <= 1 else 0


@compiled
def _alike(stock, a, b):
    """Runs of three signs that two addresses share, of all their runs."""
    na, nb, i, j, same = stock.shingle_count[a], stock.shingle_count[b], 0, 0, 0
    while i < na and j < nb:
        if stock.shingles[a, i] == stock.shingles[b, j]:
            same += 1
            i += 1
            j += 1
        elif stock.shingles[a, i] < stock.shingles[b, j]:
            i += 1
        else:
            j += 1
    return same / (na + nb - same) if na + nb > 0 else 0.0


@compiled
def _contact(rows, stock, i, j):
    known = False
    phone = False
    if rows.phone[i] and rows.phone[j]:
        known = True
        phone = rows.phone[i] == rows.phone[j]
    home = 0
    if rows.home[i] and rows.home[j]:
        known = True
        home = 3 if rows.home[i] == rows.home[j] else 0
    if home == 0 and rows.address[i] and rows.address[j]:
        known = True
        if rows.address[i] == rows.address[j]:
            home = 3
        else:
            share = _alike(stock, rows.address[i], rows.address[j])
            home = 2 if share >= NEAR else 1 if share >= ALIKE else 0
    if phone:
        return 6 if home >= 2 else 5
    if home > 0:
        return home + 1
    return 1 if known else 0


@compiled
def levels(rows: Rows, stock: Stock, i: int, j: int):
    """Levels of a pair of rows: given name, surname, birth date, sex, number, contact."""
    given = _name(stock, rows.given[i], rows.given[j])
    surname = _name(stock, rows.surname[i], rows.surname[j])
    if (given < CLOSE or given == MISSING) and (surname < CLOSE or surname == MISSING):
        one = rows.given[i] > 0 and stock.sound[rows.given[i]] == stock.sound[rows.surname[j]]
        two = rows.surname[i] > 0 and stock.sound[rows.surname[i]] == stock.sound[rows.given[j]]
        if one and two:
            given, surname = SWAPPED, EXACT
        elif one:
            given, surname = SWAPPED, _name(stock, rows.surname[i], rows.given[j])
        elif two:
            given, surname = SWAPPED, _name(stock, rows.given[i], rows.surname[j])
    sex = 2 if rows.sex[i] == 0 or rows.sex[j] == 0 else 1 if rows.sex[i] == rows.sex[j] else 0
    return (
        given,
        surname,
        _birth(rows.birth[i], rows.birth[j]),
        sex,
        _number(stock, rows.number[i], rows.number[j]),
        _contact(rows, stock, i, j),
    )


@compiled
def levels_of(rows: Rows, stock: Stock, pairs):
    """Levels of given pairs[n, 2]: int8[n, 6]."""
    found = np.empty((len(pairs), 6), np.int8)
    for at in range(len(pairs)):
        given, surname, birth, sex, number, contact = levels(rows, stock, pairs[at, 0], pairs[at, 1])
        found[at, 0], found[at, 1], found[at, 2] = given, surname, birth
        found[at, 3], found[at, 4], found[at, 5] = sex, number, contact
    return found


@compiled
def weight(rows, stock, weights, i, j):
    """The log-odds that two rows are the same person; ``weights``: ``weights.Weights``."""
    given, surname, birth, sex, number, contact = levels(rows, stock, i, j)
    sharing = 1 if contact >= HOME_ONLY else 0
    total = weights.prior + weights.sex[sharing, sex] + weights.given[sharing, given] + weights.birth[sharing, birth]
    # A number has its owner's birth date in it: of two people born on one day all but a few digits agree.
    total += weights.number[2 if birth == BIRTH_EXACT else sharing, number]
    total += weights.household[contact, min(surname, 6)]
    if number == NUMBER_EXACT:
        total += weights.rare_number[i]
    if sharing == 1:
        return total
    if given in (EXACT, SWAPPED):
        total += weights.rare_given[i]
    elif given == SOUND:
        total += max(weights.rare_given_sound[i], weights.rare_given_sound[j])
    if surname == EXACT:
        total += weights.rare_surname[i]
    elif surname == SOUND:
        total += weights.rare_surname_sound[i]
    if birth == BIRTH_EXACT:
        total += weights.rare_birth[i]
    return total


@compiled
def walk(first, last, rule, order, starts, keys, rows, stock, weights, least, two, left, right, odds):
    """Compare all pairs of the groups ``first`` to ``last``, but those that an earlier rule has; stop when there is no room."""
    count = 0
    compared = 0
    room = len(left)
    for group in range(first, last):
        begin, end = starts[group], starts[group + 1]
        size = end - begin
        if count + size * (size - 1) // 2 > room:
            return group, count, compared
        for a in range(begin, end):
            for b in range(a + 1, end):
                i, j = min(order[a], order[b]), max(order[a], order[b])
                if two and rows.file[i] == rows.file[j]:
                    continue
                seen = False
                for earlier in range(rule):
                    if keys[i, earlier] == keys[j, earlier] and keys[i, earlier] != 0:
                        seen = True
                        break
                if seen:
                    continue
                compared += 1
                value = weight(rows, stock, weights, i, j)
                if value >= least:
                    left[count], right[count], odds[count] = i, j, value
                    count += 1
    return last, count, compared


@compiled
def weights_of(rows, stock, weights, pairs):
    found = np.empty(len(pairs))
    for at in range(len(pairs)):
        found[at] = weight(rows, stock, weights, pairs[at, 0], pairs[at, 1])
    return found
