"""What most verbs need: the community by its code, the week by its name."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from linli.kernel.errors import BadInput
from linli.kernel.weeks import Week
from linli.monday.rules import BAD_WEEK, NO_COMMUNITY, WRITE_WEEK
from linli.territory.queries import community_zone as time_zone_of
from linli.trust import SYSTEM
from linli.trust.models import Zone
from linli.trust.queries import zone_by_code


def community_zone(code: str) -> Zone:
    """The community's zone; BadInput where there is none of that code."""
    zone = zone_by_code(viewer=SYSTEM, code=code)
    if zone is None or zone.kind != "community":
        raise BadInput(NO_COMMUNITY, code=code)
    return zone


def week_of(text: str | None, community: UUID) -> Week:
    """The named week, or the one that today lies in, on the community's own calendar."""
    if text is None:
        zone = ZoneInfo(time_zone_of(viewer=SYSTEM, community=community))
        return Week.of(timezone.now().astimezone(zone).date())
    try:
        return Week.parse(text)
    except ValueError:
        raise BadInput(BAD_WEEK, remedy=WRITE_WEEK, week=text) from None
