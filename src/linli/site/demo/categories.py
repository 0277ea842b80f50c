"""What people report: categories with their limits, how often, when, and where."""

from __future__ import annotations

from dataclasses import dataclass

# Reports by hour of the day, 0 to 23.
_DAY = (1, 0, 0, 0, 0, 1, 4, 10, 18, 20, 18, 14, 9, 10, 15, 16, 14, 13, 12, 13, 12, 9, 5, 2)
_OFFICE = (0, 0, 0, 0, 0, 0, 1, 4, 20, 26, 24, 16, 6, 8, 20, 22, 18, 10, 4, 4, 3, 2, 1, 0)
_EVENING = (3, 1, 0, 0, 0, 1, 4, 8, 8, 6, 5, 5, 6, 5, 5, 6, 8, 14, 20, 24, 26, 22, 14, 7)
_NIGHT = (24, 18, 11, 7, 4, 3, 4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 4, 6, 12, 24, 40, 38)
_WEEKDAYS = (1.1, 1.05, 1.05, 1.0, 1.05, 0.9, 0.85)
_ON_DUTY = (1.3, 1.2, 1.15, 1.15, 1.1, 0.65, 0.45)
_WEEKEND = (0.85, 0.85, 0.85, 0.9, 1.05, 1.3, 1.2)
_FLAT = (1.0,) * 12
_SUMMER = (0.7, 0.7, 0.8, 0.9, 1.05, 1.15, 1.3, 1.3, 1.1, 1.0, 0.85, 0.75)
_RAIN = (0.7, 0.7, 0.8, 0.9, 1.05, 1.5, 1.45, 1.25, 1.1, 0.85, 0.75, 0.7)
_DARK = (1.3, 1.15, 1.0, 0.9, 0.8, 0.75, 0.75, 0.85, 1.0, 1.15, 1.25, 1.35)
_LEAVES = (0.7, 0.7, 0.9, 1.0, 1.0, 1.0, 1.1, 1.25, 1.15, 1.15, 1.25, 0.9)
_COLD = (1.3, 1.2, 1.0, 0.9, 0.85, 0.95, 1.05, 1.05, 0.9, 0.9, 1.05, 1.25)


@dataclass(frozen=True)
class Category:
    """One kind of matter. ``share`` of all reports; ``months`` January to December; ``where`` raises it by kind of grid."""

    code: str
    zh: str
    en: str
    group: str
    limit_hours: int
    share: float
    office: str
    hours: tuple[int, ...] = _DAY
    days: tuple[float, ...] = _WEEKDAYS
    months: tuple[float, ...] = _FLAT
    where: tuple[tuple[str, float], ...] = ()
    grave: bool = False

    def affinity(self, kind: str) -> float:
        return dict(self.where).get(kind, 1.0)


_LANES = (("lane", 1.8), ("tower", 0.6))
_NEW_HOMES = (("tower", 1.8), ("lane", 0.5))

CATEGORIES: tuple[Category, ...] = (
    Category(
        "waste.beside_bins",
        "生活垃圾堆放在桶外",
        "Household waste left beside the bins",
        "sanitation",
        24,
        9,
        "保洁公司",
        months=_SUMMER,
    ),
    Category(
        "waste.renovation",
        "装修垃圾未清运",
        "Renovation waste not taken away",
        "sanitation",
        48,
        5,
        "物业服务中心",
        where=_NEW_HOMES,
    ),
    Category("noise.night_building", "夜间施工噪声", "Building noise at night", "noise", 12, 3, "城管中队", _NIGHT),
    Category(
        "noise.square",
        "广场活动噪声",
        "Noise from the square",
        "noise",
        24,
        5,
        "派出所",
        _EVENING,
        _WEEKEND,
        _SUMMER,
        (("park", 2.2),),
    ),
    Category("light.lamp_out", "路灯不亮", "Street lamp out", "facilities", 72, 5, "路灯管理所", _EVENING, months=_DARK),
    Category(
        "water.drain_blocked",
        "下水道堵塞",
        "Drain blocked",
        "facilities",
        24,
        5,
        "市政养护所",
        months=_RAIN,
        where=(("lane", 2.0),),
    ),
    Category("water.leak", "管道漏水", "Pipe leaking", "facilities", 12, 4, "供水服务站", months=_COLD),
    Category("road.paving", "路面破损", "Broken path or paving", "facilities", 120, 4.5, "市政养护所", months=_RAIN),
    Category("parking.fire_lane", "消防通道停车", "Cars in the fire lane", "safety", 4, 4.5, "消防救援站", _EVENING, _WEEKEND),
    Category(
        "parking.illegal",
        "违规停车",
        "Illegal parking",
        "order",
        24,
        9,
        "交警中队",
        _EVENING,
        where=(("school", 1.7), ("market", 1.6)),
    ),
    Category(
        "ebike.stairs",
        "电动自行车在楼道停放充电",
        "E-bikes parked or charged on the stairs",
        "safety",
        24,
        7,
        "物业服务中心",
        _EVENING,
    ),
    Category(
        "green.trees",
        "树木遮挡、倒伏",
        "Trees overgrown or fallen",
        "facilities",
        120,
        3.5,
        "绿化市容所",
        months=_LEAVES,
        where=(("park", 2.0),),
    ),
    Category("pets.dogs", "犬只扰民", "Dogs", "order", 48, 3.5, "派出所", _EVENING, _WEEKEND),
    Category(
        "lift.fault",
        "电梯故障",
        "Lift out of order",
        "safety",
        8,
        3.5,
        "电梯维保单位",
        where=(("tower", 4.0), ("lane", 0.03), ("slab", 0.4)),
    ),
    Category(
        "safety.wiring",
        "私拉电线、用电隐患",
        "Unsafe wiring",
        "safety",
        24,
        1.5,
        "供电服务站",
        where=(("lane", 3.0),),
        grave=True,
    ),
    Category(
        "safety.falling",
        "高空坠物、外墙脱落",
        "Things falling from buildings",
        "safety",
        4,
        1.0,
        "物业服务中心",
        where=_NEW_HOMES,
        grave=True,
    ),
    Category(
        "dispute.neighbours",
        "邻里纠纷",
        "Dispute between neighbours",
        "order",
        72,
        4,
        "社区居委会",
        _EVENING,
        _WEEKEND,
        where=_LANES,
    ),
    Category(
        "shop.street",
        "占道经营",
        "Goods and stalls on the pavement",
        "order",
        24,
        4.5,
        "城管中队",
        _DAY,
        _WEEKEND,
        where=(("market", 3.5),),
    ),
    Category(
        "sanitation.toilet",
        "公厕卫生",
        "Public toilet dirty",
        "sanitation",
        12,
        2.5,
        "保洁公司",
        months=_SUMMER,
        where=(("lane", 2.5), ("park", 2.0)),
    ),
    Category(
        "property.fees",
        "物业收费与服务",
        "Property charges and service",
        "property",
        120,
        5,
        "房管所",
        _OFFICE,
        _ON_DUTY,
        where=_NEW_HOMES,
    ),
    Category("help.elder", "老人求助", "Help for an older person", "help", 24, 4, "社区居委会", _OFFICE, _ON_DUTY, _COLD),
    Category("other", "其他", "Other", "other", 72, 5, "社区居委会"),
)

BUSY_MATTERS = ["waste.beside_bins", "parking.illegal", "ebike.stairs"]
"""Where 13 a week in one grid are believable, and a doubled rate can be planted."""
NEW_MATTERS = ["noise.night_building", "waste.renovation", "water.leak", "pets.dogs", "road.paving"]
"""What can begin in a grid that never had it."""


def as_json() -> list[dict[str, object]]:
    """The content of ``mappings/categories.json``."""
    return [
        {
            "code": category.code,
            "name": {"en": category.en, "zh-Hans": category.zh},
            "limit_hours": category.limit_hours,
            "grave": category.grave,
            "class": category.group,
        }
        for category in CATEGORIES
    ]
