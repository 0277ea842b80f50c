"""Communities and the official areas they lie in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from linli.kernel.errors import BadInput, Conflict
from linli.kernel.words import sentence
from linli.territory.models import Area, Community
from linli.territory.rules.divisions import SINCE_ALWAYS, Level, check_below, check_code
from linli.trust import SYSTEM, Actor, Permission, ZoneKind, add_zone, command, record, zone_by_code

NO_TIME_ZONE = sentence("territory.no_time_zone", "%(zone)s is not a time zone.")
TIME_ZONE_REMEDY = sentence("territory.time_zone_remedy", "Use a name of the IANA list, such as Asia/Shanghai or Europe/Prague.")
NO_NAME = sentence("territory.no_name", "A community needs a name.")
NOT_LATER = sentence("territory.not_later", "A code that begins on %(date)s can't follow one that began then or later.")


@command("territory.add_community", may=Permission.TERRITORY_EDIT, system=True)
def add_community(
    *,
    by: Actor,
    code: str,
    name: Mapping[str, str],
    zone: str = "Asia/Shanghai",
    calendar: str = "CN",
    subdistrict: str | None = None,
    subdistrict_name: Mapping[str, str] | None = None,
) -> UUID:
    """Add a community, and its sub-district where one is given and new. Returns the community's zone id.

    ``name``: ``{"en": …, "zh-Hans": …}``, one language is enough. BadInput for a bad code, time zone or no name;
    Conflict where it exists.
    """
    check_code(code, Level.COMMUNITY)
    names = _both(name)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(NO_TIME_ZONE, remedy=TIME_ZONE_REMEDY, zone=zone) from None
    parent: UUID | None = None
    areas: list[tuple[Level, str, dict[str, str]]] = [(Level.COMMUNITY, code, names)]
    if subdistrict:
        check_code(subdistrict, Level.SUBDISTRICT)
        check_below(code, subdistrict)
        above = zone_by_code(viewer=SYSTEM, code=subdistrict)
        if above is None:
            called = _both(subdistrict_name or {"en": subdistrict})
            parent = add_zone(by=by, kind=ZoneKind.SUBDISTRICT, code=subdistrict, name=called)
        else:
            parent, called = above.id, dict(above.name)
        areas.append((Level.SUBDISTRICT, subdistrict, called))
    community = add_zone(by=by, kind=ZoneKind.COMMUNITY, code=code, name=names, parent=parent)
    Community.objects.create(zone_id=community, time_zone=zone, calendar=calendar)
    Area.objects.bulk_create(
        Area(community_id=community, level=level.value, code=its, name=called, valid_from=SINCE_ALWAYS)
        for level, its, called in areas
    )
    record("territory.community", ids=[community], counts={"areas": len(areas)})
    return community


@command("territory.record_area", may=Permission.TERRITORY_EDIT)
def record_area(*, by: Actor, community: UUID, level: Level, code: str, name: Mapping[str, str], valid_from: date) -> UUID:
    """From ``valid_from`` on, the area of that level has this code and name; what held before ends there and is kept.

    Returns the area's id. Conflict where one begins on that day or later already. The scope tree keeps its own code:
    it is opaque.
    """
    before = Area.objects.filter(community_id=community, level=level.value).order_by("-valid_from").first()
    if before and before.valid_from >= valid_from:
        raise Conflict(NOT_LATER, date=valid_from.isoformat())
    if before and before.valid_to is None:
        before.valid_to = valid_from
        before.save(update_fields=["valid_to"])
    area = Area.objects.create(community_id=community, level=level.value, code=code, name=_both(name), valid_from=valid_from)
    record("territory.area", ids=[area.id], fields=["code", "name", "valid_from"])
    return area.id


def _both(name: Mapping[str, str]) -> dict[str, str]:
    en, zh = name.get("en", "").strip(), name.get("zh-Hans", "").strip()
    if not (en or zh):
        raise BadInput(NO_NAME)
    return {"en": en or zh, "zh-Hans": zh or en}
