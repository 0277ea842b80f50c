"""What stands after the name: building, stair well, floor, room, and remarks that say nothing about the place."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tail:
    """Numbers as text without leading zeros; ``word``: what stood behind the building's; ``floor`` where one is named."""

    building: str = ""
    word: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""


_SEP = r"[ ,./_:-]*"
# Words that change nothing about the door.
_REMARK = (
    r"(?:内|处|家中|住宅|出租|出租房|租房|租住|租|自住|自有|空置|空关|暂住|合租|群租|转租|人户分离|户主|本人|同上|"
    r"[东西南北中左右前后]+(?:户|室|间|边间)?|[大小主次]卧|[AB]室|之[0-9]|底楼|门卫|传达室|"
    r"地下室|半地下室?|地下\d?层?|负\d层?|-1层?|B\d层?|底商\d{0,2}号?|门面房?\d{0,2}|店面|商铺\d{0,2}号?|车库\d{0,3}|阁楼|顶楼|联排|别墅|院内)"
)
_SURNAME = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白"
    "邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_PERSON = (
    rf"(?:(?:户主|房东|业主|联系人|租客|承租人|收)[: ]?[一-鿿]{{2,4}}|[{_SURNAME}][一-鿿]{{1,2}}(?:收|转)?"
    rf"|[{_SURNAME}](?:先生|女士|师傅|阿姨|某))"
)
_END = rf"(?:{_SEP}{_REMARK})*(?:{_SEP}{_PERSON})?[ ,.;/_-]*$"
_UNIT = r" ?(?:单元|号门|门洞|门|梯)"
_INSIDE = (
    rf"(?:{_SEP}第?0*(?P<unit>[1-9]\d?|[A-D])(?:{_UNIT}|#|[-/., _](?=[^-/.\d]*\d{{2}}|\d(?!\d))))?"
    rf"(?:{_SEP}第?0*(?P<floor>[1-9]\d?)(?: ?(?:层|楼)|F(?![A-Z])))?"
    rf"(?:{_SEP}0*(?P<room>[1-9]\d{{0,3}} ?[A-H]?(?![A-Z\d])|[A-H]\d{{1,4}})(?:号房|室|房间|房|户|号)?)?"
)
_FILLER = r"(?:小区|别墅|公寓|住宅区?|家属院|宿舍|居民区|里面|内)?(?:附?第)?"
_BUILDING = r"(?:号住宅楼|号居民楼|号楼|栋楼|幢楼|号栋|座楼|栋|幢|座|楼|#楼|#栋|#|号(?!门(?!面)|房))"
_WITH_BUILDING = re.compile(
    rf"^{_SEP}{_FILLER}{_SEP}0*(?P<building>[1-9]\d{{0,3}}[A-Z]?|[A-Z](?=座|栋|幢|楼|号))(?!\d)"
    rf"(?:(?: ?(?P<word>{_BUILDING}))|(?=[-/., _]|$)|(?=[1-9]?[^\d\s-]*$))"
    rf"{_INSIDE}{_END}"
)
_WITHOUT_BUILDING = re.compile(rf"^{_SEP}{_FILLER}{_INSIDE}{_END}")
# Near it is not in it.
ELSEWHERE_WORDS = re.compile(
    r"附近|对面|旁|隔壁|周边|一带|[东西南北]侧|后面|前面|路口|交叉口|交界|斜对|不详|不清|不明|信箱|邮箱|邮局|P\.?O\.?\s?BOX|NEAR\b|OPPOSITE"
)


def with_building(rest: str) -> Tail | None:
    """``rest`` as building, and what may follow; None where it can't be read so."""
    found = _WITH_BUILDING.match(rest)
    if found is None:
        return None
    building, word, unit, floor, room = found.group("building", "word", "unit", "floor", "room")
    return Tail(building, word or "", unit or "", floor or "", _room(floor, room))


def without_building(rest: str) -> Tail | None:
    """``rest`` as stair well, floor and room of a building that is already known; None where it can't be read so."""
    found = _WITHOUT_BUILDING.match(rest)
    if found is None:
        return None
    unit, floor, room = found.group("unit", "floor", "room")
    return Tail("", "", unit or "", floor or "", _room(floor, room))


def _room(floor: str | None, room: str | None) -> str:
    room = (room or "").replace(" ", "")
    if floor and room.isdigit() and len(room) == 1:
        return f"{floor}0{room}"
    return room
