"""What somebody is to the community: follows from where their hukou is and where they live, never written by hand.

Sources: 户口登记条例 (1958) art. 6 and 15; the census's notions of 户籍人口, 流动人口 (living outside the township of the hukou, not within
the same city), 寄住 (hukou elsewhere in the city), 空挂户 (hukou here, nobody lives there), 境外人员.
"""

# ruff: noqa: E501 - the table of words is read by its columns
from __future__ import annotations

from enum import StrEnum

from linli.register.rules.codes import OVERSEAS_DOCUMENTS


class Status(StrEnum):
    """One of six; ``absent`` people have their hukou here and live elsewhere."""

    PERMANENT = "permanent"
    FLOATING = "floating"
    LODGING = "lodging"
    ABSENT = "absent"
    OVERSEAS = "overseas"
    UNSTATED = "unstated"


RESIDENT = frozenset(Status) - {Status.ABSENT}
"""Those who live here."""

_CLAIMS = {
    "户籍人口": Status.PERMANENT, "常住": Status.PERMANENT, "常住人口": Status.PERMANENT, "人户一致": Status.PERMANENT, "户籍": Status.PERMANENT,
    "流动人口": Status.FLOATING, "流动": Status.FLOATING, "暂住": Status.FLOATING, "寄住人口": Status.LODGING, "寄住": Status.LODGING,
    "空挂": Status.ABSENT, "空挂户": Status.ABSENT, "人在外": Status.ABSENT, "境外人员": Status.OVERSEAS, "境外": Status.OVERSEAS,
} | {status.value: status for status in Status}  # fmt: skip


def claim(text: str) -> Status | None:
    """What a file calls the person (居住类型), or None where the word is not known."""
    return _CLAIMS.get(text.strip())


def hukou_is_here(said: Status | None, region: str, community_code: str) -> bool | None:
    """Whether the hukou lies in this community. What the police station says decides; a region of another county says no; else None."""
    if said in (Status.PERMANENT, Status.ABSENT):
        return True
    if said in (Status.FLOATING, Status.LODGING, Status.OVERSEAS):
        return False
    if region and region[:6].rstrip("0") and not community_code.startswith(region[:6].rstrip("0")):
        return False
    return None


def status(
    *, lives_here: bool, here: bool | None, region: str, community_code: str, document: str = "", said: Status | None = None
) -> Status:
    """The status by rule: a total function, whose table stands in docs/reference/status.md with its sources.

    Of somebody who neither lives here nor has their hukou here nobody asks; it says then what they would be if they came.
    ``here``: whether the hukou lies in this community (None: not known); ``region``: code of the hukou's region, may be empty;
    ``said``: what the source calls the person, which decides only where nothing else does.
    """
    if document in OVERSEAS_DOCUMENTS or said is Status.OVERSEAS:
        return Status.OVERSEAS
    if here:
        return Status.PERMANENT if lives_here else Status.ABSENT
    if region[:4].strip("0"):
        return Status.LODGING if region[:4] == community_code[:4] else Status.FLOATING
    return said if said in (Status.FLOATING, Status.LODGING) else Status.UNSTATED
