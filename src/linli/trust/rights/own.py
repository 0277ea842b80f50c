"""What trust itself tells in an answer: why data are kept, what was agreed to, and what was asked before."""

from __future__ import annotations

from linli.trust.consent.rules import Act, Channel
from linli.trust.models import ConsentEvent, RightsRequest
from linli.trust.purposes.rules import notice, purposes
from linli.trust.rights.languages import both
from linli.trust.rights.registry import Asked, Portable, Section
from linli.trust.rights.rules import Right, State
from linli.trust.web.words import CONSENT_CHANNELS, RIGHTS, SAID, STATES


def _purposes() -> Section:
    return Section(
        "trust.purposes",
        {"en": "Why data are kept", "zh-Hans": "为什么保存"},
        {
            "why": {"en": "Why", "zh-Hans": "用途"},
            "kinds": {"en": "Which data", "zh-Hans": "哪些信息"},
            "law": {"en": "On what ground", "zh-Hans": "依据"},
            "days": {"en": "Kept for (days after the matter has ended)", "zh-Hans": "保存期限（事项结束后的天数）"},
            "authority": {"en": "Who handles them", "zh-Hans": "由谁处理"},
        },
        [
            {
                "why": row.purpose.name,
                "kinds": list(row.kinds),
                "law": "; ".join(f"{law} {article}" for law, article in row.purpose.laws),
                "days": row.purpose.keep_days,
                "authority": row.purpose.authority,
            }
            for row in notice()
            if row.kinds
        ],
    )


def sections(asked: Asked) -> list[Section]:
    """Purposes, consents and requests of one person."""
    consents = ConsentEvent.objects.filter(community=asked.community, subject=asked.subject).order_by("at", "id")
    requests = RightsRequest.objects.filter(community=asked.community, subject=asked.subject).order_by("received_at", "id")
    when, what = {"en": "When", "zh-Hans": "时间"}, {"en": "What", "zh-Hans": "内容"}
    return [
        _purposes(),
        Section(
            "trust.consents",
            {"en": "What was agreed to", "zh-Hans": "同意记录"},
            {
                "at": when,
                "purpose": {"en": "Why", "zh-Hans": "用途"},
                "act": what,
                "version": {"en": "Version of the text", "zh-Hans": "文本版本"},
                "channel": {"en": "How", "zh-Hans": "方式"},
            },
            [
                {
                    "at": e.at,
                    "purpose": purposes()[e.purpose].name if e.purpose in purposes() else e.purpose,
                    "act": both(SAID[Act(e.act)]),
                    "version": e.version,
                    "channel": both(CONSENT_CHANNELS[Channel(e.channel)]),
                }
                for e in consents
            ],
        ),
        Section(
            "trust.requests",
            {"en": "What was asked", "zh-Hans": "请求记录"},
            {
                "at": when,
                "right": what,
                "reference": {"en": "Reference", "zh-Hans": "编号"},
                "state": {"en": "State", "zh-Hans": "状态"},
            },
            [
                {
                    "at": r.received_at,
                    "right": both(RIGHTS[Right(r.right)]),
                    "reference": r.reference,
                    "state": both(STATES[State(r.state)]),
                }
                for r in requests
            ],
        ),
    ]


PORTABLE = Portable("trust", sections)
