"""How people say that they are related to the head, and the code of GB/T 4761 that follows from it with the sex."""

from __future__ import annotations

from enum import StrEnum


class KinWord(StrEnum):
    """Few enough for one list on a phone; the exact code can be corrected later."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    CHILD_IN_LAW = "child_in_law"
    GRANDCHILD = "grandchild"
    PARENT = "parent"
    PARENT_IN_LAW = "parent_in_law"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    RELATIVE = "relative"
    UNRELATED = "unrelated"


_BY_SEX = {
    KinWord.SPOUSE: ("11", "12", "10"),
    KinWord.CHILD: ("20", "30", "97"),
    KinWord.CHILD_IN_LAW: ("28", "38", "97"),
    KinWord.GRANDCHILD: ("41", "42", "40"),
    KinWord.PARENT: ("51", "52", "50"),
    KinWord.GRANDPARENT: ("61", "62", "60"),
}
_PARENT_IN_LAW = {("1", "1"): "55", ("1", "2"): "56", ("2", "1"): "53", ("2", "2"): "54"}


def relation_code(word: str, sex: str, head_sex: str = "") -> str:
    """The code of what was said; empty for nothing. Where a sex isn't known, the code says no more than is known."""
    if word not in list(KinWord):
        return ""
    said = KinWord(word)
    if said is KinWord.HEAD:
        return "02"
    if said is KinWord.PARENT_IN_LAW:
        return _PARENT_IN_LAW.get((head_sex, sex), "50")
    if said is KinWord.SIBLING:
        return "70"
    if said in (KinWord.RELATIVE, KinWord.UNRELATED):
        return "97" if said is KinWord.RELATIVE else "99"
    man, woman, unknown = _BY_SEX[said]
    return man if sex == "1" else woman if sex == "2" else unknown


def hukou_of(choice: str, community_code: str) -> tuple[str, str]:
    """(region, status) of what is chosen on a form: ``here``, ``city``, ``overseas`` or a province's two digits; else nothing."""
    if choice == "here":
        return community_code, "permanent"
    if choice == "city":
        return f"{community_code[:4]}00", "lodging"
    if choice == "overseas":
        return "", "overseas"
    return (f"{choice}0000", "floating") if len(choice) == 2 and choice.isdigit() else ("", "")
