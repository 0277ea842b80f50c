"""Ways from one relative to another, in steps, and which code of GB/T 4761 a way has.

A way is a tuple of steps: ``f m`` father, mother · ``s d`` son, daughter · ``h w`` husband, wife · ``B Z`` elder brother, elder
sister · ``b z`` younger ones · ``q k`` brother and sister of unknown order. From the head, ``("s", "w")`` is the son's wife.
"""

from __future__ import annotations

from collections.abc import Iterable

Way = tuple[str, ...]

PARENT, CHILD, SPOUSE, SIBLING = frozenset("fm"), frozenset("sd"), frozenset("hw"), frozenset("BbZzqk")
MALE = frozenset("fshBbq")
BROTHER, SISTER = frozenset("Bbq"), frozenset("Zzk")

WAYS: dict[str, Way] = {
    "01": (), "02": (), "11": ("h",), "12": ("w",),
    **dict.fromkeys(("20", "21", "22", "23", "24", "25", "26", "27", "29"), ("s",)), "28": ("d", "h"),
    **dict.fromkeys(("30", "31", "32", "33", "34", "35", "36", "37", "39"), ("d",)), "38": ("s", "w"),
    "41": ("s", "s"), "42": ("s", "d"), "43": ("d", "s"), "44": ("d", "d"),
    "51": ("f",), "52": ("m",), "57": ("f",), "58": ("m",),
    "53": ("h", "f"), "54": ("h", "m"), "55": ("w", "f"), "56": ("w", "m"),
    "61": ("f", "f"), "62": ("f", "m"), "63": ("m", "f"), "64": ("m", "m"), "66": ("f", "f", "f"), "67": ("f", "f", "m"),
    "71": ("B",), "72": ("B", "w"), "73": ("b",), "74": ("b", "w"),
    "75": ("Z",), "76": ("Z", "h"), "77": ("z",), "78": ("z", "h"),
    "81": ("f", "B"), "82": ("f", "B", "w"), "83": ("f", "b"), "84": ("f", "b", "w"), "85": ("m", "q"), "86": ("m", "q", "w"),
    "87": ("m", "k", "h"), "88": ("m", "k"), "89": ("f", "k", "h"), "90": ("f", "k"),
    "93": ("q", "s"), "94": ("q", "d"), "95": ("k", "s"), "96": ("k", "d"),
}  # fmt: skip
"""Code → way from the head, where the code tells it. 10, 50 and 70 need the sex; 40, 45 to 49, 60 and others tell too little."""

_BY_SEX = {"10": "hw", "50": "fm", "70": "qk"}


def way(code: str, sex: str) -> Way | None:
    """The way that a code tells, for somebody of this sex (GB/T 2261.1); None where it tells too little."""
    if code in _BY_SEX:
        return (_BY_SEX[code][sex == "2"],) if sex in ("1", "2") else None
    return WAYS.get(code)


def back(steps: Way, sex: str) -> Way:
    """The way back, from its end to somebody of this sex at its beginning."""
    found = []
    male = sex != "2"
    for step in steps:
        found.append(_inverse(step, male))
        male = step in MALE
    return tuple(reversed(found))


def _inverse(step: str, male: bool) -> str:
    if step in PARENT:
        pair = "sd"
    elif step in CHILD:
        pair = "fm"
    elif step in SPOUSE:
        pair = "hw"
    else:
        pair = "bz" if step in "BZ" else "BZ" if step in "bz" else "qk"
    return pair[0] if male else pair[1]


def shortest(steps: Iterable[str], sex: str) -> list[Way]:
    """What the way can mean when it turns back on itself: one answer where that is certain, else the nearest first.

    ``sex``: of whoever it begins with. Spouses are taken to be both parents of their children, and parents to be a couple.
    A way that ends where it began is left out: two people are meant.
    """
    states: list[Way] = [()]
    tokens = list(steps)
    for at, step in enumerate(tokens):
        last = at == len(tokens) - 1
        grown: list[Way] = []
        for state in states:
            grown += [one for one in _extend(state, step, sex, last=last) if one not in grown]
        states = grown
    return sorted((state for state in states if state), key=len)


def _extend(state: Way, step: str, sex: str, *, last: bool) -> list[Way]:
    if not state:
        return [(step,)]
    before, top = state[:-1], state[-1]
    male_before = (before[-1] in MALE) if before else sex != "2"
    male = step in MALE
    sibling = "q" if male else "k"
    if (top in PARENT and step in CHILD) or (top in SIBLING and step in SIBLING):
        with_sibling = _join(before, sibling)
        # A child of one's parent is oneself or a sibling; oneself only where the sexes agree and somebody else isn't meant.
        return [with_sibling] if male != male_before or (not before and last) else [before, with_sibling]
    if top in CHILD and step in PARENT:
        return [before] if male == male_before else [_join(before, "h" if male else "w")]
    if top in SPOUSE and step in SPOUSE:
        return [before]
    if top in SPOUSE and step in CHILD:
        return [_join(before, step)]
    if top in CHILD and step in SIBLING:
        return [(*before, "s" if male else "d")]
    if top in SIBLING and step in PARENT:
        return [_join(before, step)]
    if top in PARENT and step in SPOUSE:
        return [(*before, "f" if male else "m")]
    return [(*state, step)]


def _join(before: Way, step: str) -> Way:
    """A step that came of two others may itself shorten the way: a brother of the child is a child."""
    if not before:
        return (step,)
    top = before[-1]
    if top in CHILD and step in SIBLING:
        return (*before[:-1], "s" if step in MALE else "d")
    if top in PARENT and step in SPOUSE:
        return (*before[:-1], "f" if step in MALE else "m")
    if top in SPOUSE and step in CHILD:
        return _join(before[:-1], step)
    return (*before, step)


def code_of(steps: Way, *, elder: bool | None = None) -> str:
    """The code of a way. ``elder``: whether whoever it ends with is older than its beginning, for brothers and sisters.

    ``97`` where the way is one of relatives without a code of their own; ``70`` where the order of siblings isn't known.
    """
    known = _CODES.get(steps)
    if known:
        return known
    if len(steps) == 1 and steps[0] in "qk":
        return "70" if elder is None else _SIBLINGS[steps[0], elder]
    return _by_shape(steps)


def _by_shape(steps: Way) -> str:
    shape = "".join(_shape(step) for step in steps)
    male = steps[-1] in MALE
    if shape == "bS":
        return "70"  # 72 or 74, 76 or 78
    if shape == "ccc":
        return "47" if male else "48"
    if shape == "ccS":
        return "46" if male else "45"
    if shape == "ppp":
        return "69"
    if shape in ("Spp", "Sppp"):
        return "65" if shape == "Spp" else "68"
    if shape == "bc":
        return ("93" if male else "94") if steps[0] in BROTHER else ("95" if male else "96")
    if shape == "pbc":
        return "91" if steps[0] == "f" and steps[1] in BROTHER else "92"
    if shape in ("pb", "pbS"):
        return _aunt_or_uncle(steps)
    return "97"


def _aunt_or_uncle(steps: Way) -> str:
    side, whose = steps[0], steps[1]
    married = len(steps) == 3
    if side == "m":
        return ("86" if married else "85") if whose in BROTHER else ("87" if married else "88")
    if whose in SISTER:
        return "89" if married else "90"
    return "80"  # father's brother of unknown order: 81 or 83, 82 or 84


def _shape(step: str) -> str:
    return "p" if step in PARENT else "c" if step in CHILD else "S" if step in SPOUSE else "b"


_SIBLINGS = {("q", True): "71", ("q", False): "73", ("k", True): "75", ("k", False): "77"}
_UNRANKED = {"20", "30"}
_CODES: dict[Way, str] = {
    steps: code
    for code, steps in WAYS.items()
    if code not in {"01", "02", "57", "58"} and (code[0] not in "23" or code in _UNRANKED | {"28", "38"})
}
