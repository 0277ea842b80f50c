"""Seeing what is masked: which fields belong together, the reasons that count, and how often is too often."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from linli.kernel.words import sentence

TOO_OFTEN = sentence(
    "register.reveal.too_often", "Hidden details were shown to you %(count)s times within an hour or a day. That is the limit."
)
ASK_MANAGER = sentence("register.reveal.ask_manager", "Go on later, or ask the community manager; nothing was shown this time.")
NO_REASON = sentence("register.reveal.no_reason", "Say in a few words what it is needed for.")
NOTHING_CHOSEN = sentence("register.reveal.nothing_chosen", "Choose what is to be shown.")
SHORTEST = 4


class Group(StrEnum):
    """What is shown together."""

    NAME = "name"
    NUMBER = "number"
    PHONE = "phone"
    ADDRESS = "address"
    BIRTH = "birth"


class Reason(StrEnum):
    """What it is needed for."""

    DESK = "desk"
    VISIT = "visit"
    SERVICE = "service"
    CHECK = "check"
    RIGHTS = "rights"
    DANGER = "danger"


REASONS: Mapping[Reason, Mapping[str, str]] = {
    Reason.DESK: {"en": "they are at the desk; to check who they are", "zh-Hans": "本人在窗口，核对身份"},
    Reason.VISIT: {"en": "a visit or a call to them", "zh-Hans": "上门或者打电话联系本人"},
    Reason.SERVICE: {"en": "something they have asked for", "zh-Hans": "办理本人申请的事项"},
    Reason.CHECK: {"en": "two records, or a record and a file, differ", "zh-Hans": "核对两处不一致的登记"},
    Reason.RIGHTS: {"en": "a request about their own data", "zh-Hans": "办理本人信息的请求"},
    Reason.DANGER: {"en": "life or property is in danger", "zh-Hans": "有人身或财产危险"},
}
"""In both languages: the person reads it as it was given."""


def written(reason: Reason, words: str) -> str:
    """The reason as the trail keeps it, for readers of either language."""
    told = REASONS[reason]
    return f"{told['zh-Hans']} / {told['en']}: {words.strip()}"


def enough(words: str) -> bool:
    """Whether a reason in words says anything at all."""
    return sum(sign.isalnum() for sign in words) >= SHORTEST
