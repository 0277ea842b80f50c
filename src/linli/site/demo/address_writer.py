"""Writes one dwelling in any of the ways of ``address_texts.RATES``, and addresses that are none of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from numpy.random import Generator

from linli.site.demo.address_slips import Slips
from linli.site.demo.addresses import chinese_number
from linli.site.demo.plan import Plan

AREAS = ("江海省", "云州市", "临河区")
"""Province, city and district of the invented sub-district."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text and the truth. ``building`` and ``dwelling`` are positions in the plan; None where it names none of ours.

    ``kind``: which way of writing; ``by_alias``: only somebody who was told can know it (a former name, a nickname, English).
    """

    text: str
    building: int | None
    dwelling: int | None
    kind: str
    by_alias: bool = False


_WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
_DASHES = ("-", "—", "–", "－", "--", "~", "/", ".", " - ", "#", "、")
_REMARKS = ("（出租）", "(租住)", "（空关）", "(自住)", "【合租】", "出租房", "(群租)", "（二楼租客）", " 租房", "（户主已搬）")
_ROADS_ELSEWHERE = (
    "幸福路",
    "建设大道",
    "解放街",
    "文化路",
    "滨江大道",
    "复兴街",
    "和平路",
    "长青路",
    "Hauptstraße",
    "Mill Lane",
)
_ESTATES_ELSEWHERE = (
    "阳光花园",
    "锦绣家园",
    "金色水岸",
    "御景湾",
    "东方名城",
    "福安公寓",
    "世纪新城",
    "康乐新村",
    "红旗小区",
    "丽水佳苑",
)
_TOWNS_ELSEWHERE = (
    "平川省南江市沙洲区",
    "北岭市东山县",
    "云州市城西区",
    "江海省海门市",
    "云州市临河区新渡街道",
    "桐荫街道柳塘社区",
)
_UNREADABLE = (
    "租住在亲戚家", "不详", "同户主", "/", "外地", "工地宿舍", "见备注", "？？？", "本市", "无", "暂无固定住所", "老家", "待核实",
    "拒绝提供", "朋友家", "单位宿舍", "123456", "———", "住附近", "N/A", "已搬走", "人在国外", "房东不让登记", "1", "501", "2单元",
)  # fmt: skip
_SURNAMES, _GIVEN = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
_GROUND = ("地下室", "底商", "门面房", "1楼店面", "半地下室", "车库")
_FORMER = ("红星", "东风", "胜利", "前进", "光明", "跃进", "工农", "新华", "五一", "团结")


class Writer:
    """Writes the dwellings of one plan. ``estates`` and ``streets``: English names by Chinese ones, where there are any."""

    def __init__(
        self,
        plan: Plan,
        *,
        subdistrict: str,
        community: str,
        english: dict[str, str],
        rng: Generator,
        areas: Sequence[str] = AREAS,
    ) -> None:
        self.plan, self.rng, self.english = plan, rng, english
        self.local = (subdistrict, community)
        self.areas = tuple(areas)
        self.slips = Slips(rng)
        self.homes: dict[int, list[int]] = {}
        for at, dwelling in enumerate(plan.dwellings):
            self.homes.setdefault(dwelling.building, []).append(at)
        estates = sorted({building.estate for building in plan.buildings if building.estate})
        streets = {building.estate: building.street + building.house_number for building in plan.buildings if building.estate}
        self.estates, self.lane_of = estates, streets
        self.former = {
            estate: f"{_FORMER[at % len(_FORMER)]}{('新村', '里', '大院')[at // len(_FORMER) % 3]}"
            for at, estate in enumerate(estates)
        }
        self.most = {estate: max(b.number for b in plan.buildings if b.estate == estate) for estate in estates}
        times: dict[tuple[int, bool], int] = {}
        for building in plan.buildings:
            if building.number:
                times[building.number, building.units > 0] = times.get((building.number, building.units > 0), 0) + 1
        self.alone = {number for (number, stairs), count in times.items() if stairs and count == 1}

    def write(self, kind: str) -> Text:
        """One text of this kind, of a dwelling drawn by chance."""
        at = int(self.rng.integers(len(self.plan.dwellings)))
        made: Callable[[int], Text] = getattr(self, f"as_{kind}")
        return made(at)

    # What a text is put together from.

    def _pick(self, options: Sequence[str]) -> str:
        return options[int(self.rng.integers(len(options)))]

    def _parts(self, at: int) -> tuple[str, str, int, str, str]:
        home = self.plan.dwellings[at]
        building = self.plan.buildings[home.building]
        return building.estate, building.street + building.house_number, building.number, home.unit, home.room

    def _word(self, at: int) -> str:
        lane = self.plan.buildings[self.plan.dwellings[at].building].lane_house
        return "号" if lane else "号楼"

    def _plain(self, at: int, *, lane: bool = False, room_word: str = "室") -> str:
        estate, road, number, unit, room = self._parts(at)
        return f"{road if lane else ''}{estate}{number}{self._word(at)}{f'{unit}单元' if unit else ''}{room}{room_word}"

    def _door(self, at: int, joint: str = "-") -> str:
        _, _, number, unit, room = self._parts(at)
        return joint.join(part for part in (str(number), unit, room) if part)

    def _here(self, text: str, at: int, kind: str, *, door: bool = True, by_alias: bool = False) -> Text:
        return Text(text, self.plan.dwellings[at].building, at if door else None, kind, by_alias)

    def _prefix(self) -> str:
        province, city, district = self.areas
        street, community = self.local
        county = city + district
        ways = [
            street + community,
            community,
            street,
            province + county + street,
            county + street + community,
            county,
            province + county + street + community,
            district + street,
            f"{province} {city} {district} {street} ",
            f"{community}居委会",
            f"{community}第3网格",
            province.removesuffix("省") + city.removesuffix("市") + district,
        ]
        return self._pick(ways)

    # The kinds that name one of our buildings.

    def as_full(self, at: int) -> Text:
        return self._here(self._plain(at, lane=True), at, "full")

    def as_short(self, at: int) -> Text:
        return self._here(self._plain(at, room_word=self._pick(("", "室", "", "房", "户"))), at, "short")

    def as_dashed(self, at: int) -> Text:
        estate = self._parts(at)[0]
        joint = self._pick(_DASHES[:1] * 9 + _DASHES[1:])
        return self._here(estate + self._door(at, joint if joint not in ("#", "、") or self._parts(at)[3] else "-"), at, "dashed")

    def as_word(self, at: int) -> Text:
        estate, _, number, unit, room = self._parts(at)
        house = self._pick(("栋", "幢", "座", "#", "号", "#楼", "栋楼", "幢楼", "号", "栋"))
        stair = f"{unit}{self._pick(('单元', '单元', '门', '梯', '门洞', '-'))}" if unit else ""
        return self._here(f"{estate}{number}{house}{stair}{room}{self._pick(('', '室', '房', '号'))}", at, "word")

    def as_lane(self, at: int) -> Text:
        _, road, number, unit, room = self._parts(at)
        stair, short = (f"{unit}单元", f"{unit}-") if unit else ("", "")
        ways = (f"{number}{self._word(at)}{stair}{room}室", f"{number}号{short}{room}", self._door(at))
        return self._here(road + self._pick(ways), at, "lane")

    def as_prefixed(self, at: int) -> Text:
        body = (
            self._plain(at, lane=bool(self.rng.random() < 0.7))
            if self.rng.random() < 0.7
            else self._parts(at)[0] + self._door(at)
        )
        return self._here(self._pick(("", "", "", "现住址：", "地址:")) + self._prefix() + body, at, "prefixed")

    def as_numerals(self, at: int) -> Text:
        estate, _, number, unit, room = self._parts(at)
        written = chinese_number(number) if number < 100 else str(number)
        stair = f"{chinese_number(int(unit))}单元" if unit else ""
        if self.rng.random() < 0.3:
            room = "".join("〇一二三四五六七八九"[int(sign)] for sign in room)
        return self._here(f"{estate}{written}{self._word(at)}{stair}{room}室", at, "numerals")

    def as_wide(self, at: int) -> Text:
        return self._here(
            (self._plain(at) if self.rng.random() < 0.6 else self._parts(at)[0] + self._door(at)).translate(_WIDE), at, "wide"
        )

    def as_spaced(self, at: int) -> Text:
        estate, road, number, unit, room = self._parts(at)
        stair = f" {unit} 单元" if unit else ""
        return self._here(
            self._pick(
                (
                    f"{estate} {number} {self._word(at)}{stair} {room} 室",
                    f"{estate} {number}{self._word(at)}{stair.replace(' 单', '单')} {room}",
                    f" {road} {estate} {number}{self._word(at)} {unit + '单元 ' if unit else ''}{room} ",
                    f"{' '.join(estate)} {self._door(at)}",
                    f"{estate}　{self._door(at, ' ')}",
                    f"{estate},{number}{self._word(at)},{unit + '单元,' if unit else ''}{room}室",
                )
            ),
            at,
            "spaced",
        )

    def as_floor(self, at: int) -> Text:
        estate, _, number, unit, room = self._parts(at)
        stair, floor = (f"{unit}单元" if unit else ""), room[:-2]
        last = self._pick((f"{floor}层{room}室", f"{floor}楼{room}", f"{floor}楼{room}室", f"{floor}层{int(room[-2:])}室"))
        return self._here(f"{estate}{number}{self._word(at)}{stair}{last}", at, "floor")

    def as_no_room(self, at: int) -> Text:
        estate, road, number, unit, _ = self._parts(at)
        house = f"{estate}{number}{self._word(at)}"
        ways = (house, road + house, f"{estate}{number}栋", f"{house}{unit}单元" if unit else house)
        return self._here(self._pick(ways), at, "no_room", door=False)

    def as_part_of_room(self, at: int) -> Text:
        return self._here(
            self._plain(at, room_word="") + self._pick(("A", "B", "A室", "B室", "C")), at, "part_of_room", door=False
        )

    def as_nickname(self, at: int) -> Text:
        estate = self._parts(at)[0]
        said = self._said(estate)
        return self._here(said + self._plain(at).removeprefix(estate), at, "nickname")

    def _said(self, estate: str) -> str:
        if estate.endswith("新村"):
            return self._pick((estate.removesuffix("新村") + "村", estate.removesuffix("新村") + "小区", estate + "小区"))
        for at, ordinal in enumerate("二三四五六七", 2):
            if estate.endswith(f"{ordinal}村"):
                stem = estate.removesuffix(f"{ordinal}村")
                return self._pick((f"{stem}{at}村", f"{stem}第{ordinal}小区", f"{stem.removesuffix('新村')}{ordinal}村"))
        short = estate
        for word in ("大厦", "公寓", "苑", "里", "坊", "居"):
            short = estate.removesuffix(word)
            if short != estate:
                break
        alone = (
            2 <= len(short) < len(estate)
            and sum(other.startswith(short) for other in [*self.estates, *self.lane_of.values()]) == 1
        )
        return self._pick((estate + "小区", short, short + "小区")) if alone else estate + "小区"

    def as_remark(self, at: int) -> Text:
        return self._here(self._plain(at, lane=bool(self.rng.random() < 0.4)) + self._pick(_REMARKS), at, "remark")

    def as_phone(self, at: int) -> Text:
        phone = f"0005550{int(self.rng.integers(10000)):04d}"
        written = self._pick(
            (
                f" {phone}",
                f" 电话{phone}",
                f"，手机：{phone}",
                f" 000 5550 {phone[-4:]}",
                f"（{phone}）",
                f" 0005550-{phone[-4:]}",
            )
        )
        return self._here(self._plain(at) + written, at, "phone")

    def _name(self) -> str:
        return self._pick(_SURNAMES) + "".join(self._pick(_GIVEN) for _ in range(int(self.rng.integers(1, 3))))

    def as_person(self, at: int) -> Text:
        return self._here(
            self._plain(at) + self._pick((" ", "，户主", " 房东", "（", "、", " 业主:")) + self._name(), at, "person"
        )

    def as_slip(self, at: int) -> Text:
        estate, road, *_ = self._parts(at)
        full = bool(self.rng.random() < 0.5)
        wrong = self.slips.of(estate)
        body = self._plain(at, lane=False).removeprefix(estate)
        if full and self.rng.random() < 0.4:
            return self._here(self.slips.of(road[:3]) + road[3:] + estate + body, at, "slip")
        return self._here((road if full else "") + wrong + body, at, "slip")

    def as_no_word(self, at: int) -> Text:
        estate, road, number, unit, room = self._parts(at)
        ways = [
            f"{estate}{number}楼{unit}单元{room}" if unit else f"{estate}{number}楼 {room}",
            f"{estate}{number} {unit}单元{room}" if unit else f"{estate}{number} {room}",
            f"{road[:-1]}号{estate}{self._door(at)}",
            f"{estate}0{number}-{unit}-0{room}" if unit else f"{estate}0{number}-0{room}",
        ]
        return self._here(self._pick(ways), at, "no_word")

    def as_brackets(self, at: int) -> Text:
        estate, road, number, unit, room = self._parts(at)
        stair, house = (f"{unit}单元" if unit else ""), f"{number}{self._word(at)}"
        ways = (
            f"{road}（{estate}）{house}{stair}{room}室",
            f"{estate}（{road}）{house}{stair}{room}",
            f"{estate}{house}（{stair}{room}）" if stair else f"{estate}（{road}）{number}号{room}",
        )
        return self._here(self._pick(ways), at, "brackets")

    def as_ground(self, at: int) -> Text:
        estate, _, number, *_ = self._parts(at)
        return self._here(f"{estate}{number}{self._word(at)}{self._pick(_GROUND)}", at, "ground", door=False)

    def as_number_alone(self, at: int) -> Text:
        _, _, number, unit, room = self._parts(at)
        text = f"{number}号楼{unit}单元{room}室" if unit else f"{number}号{room}室"
        return self._here(text, at, "number_alone") if unit and number in self.alone else Text(text, None, None, "number_alone")

    def as_pinyin(self, at: int) -> Text:
        estate, _, number, unit, room = self._parts(at)
        spelt = self.slips.spelt(estate)
        written = self._pick((spelt.title().replace(" ", ""), spelt.title(), spelt))
        door = self._pick((self._door(at), f"Building {number}, {f'Unit {unit}, ' if unit else ''}Room {room}"))
        text = f"{written} {door}"
        if self.rng.random() < 0.3:
            text = f"Room {room}, {f'Unit {unit}, ' if unit else ''}Bldg {number}, {written}"
        return self._here(text, at, "pinyin")

    def as_both(self, at: int) -> Text:
        estate = self._parts(at)[0]
        return self._here(f"{self._plain(at)}{self._pick(('；', '/', ' '))}{estate}{self._door(at)}", at, "both")

    def as_two_here(self, at: int) -> Text:
        other = self._other(at)
        text = self._plain(at) + self._pick(("；", "/", "，", "或", " ", "、")) + self._plain(other)
        same = self.plan.dwellings[at].building == self.plan.dwellings[other].building
        return Text(text, self.plan.dwellings[at].building if same else None, None, "two_here")

    def as_two_labelled(self, at: int) -> Text:
        return self._here(f"户籍{self._pick(_ESTATES_ELSEWHERE)}8号楼302，现住{self._plain(at)}", at, "two_labelled")

    def as_former(self, at: int) -> Text:
        estate = self._parts(at)[0]
        return self._here(self.former[estate] + self._plain(at).removeprefix(estate), at, "former", by_alias=True)

    def as_english(self, at: int) -> Text:
        estate, _, number, unit, room = self._parts(at)
        name = self.english.get(estate, self.slips.spelt(estate).title())
        text = f"{name}, Building {number}, {f'Unit {unit}, ' if unit else ''}Room {room}"
        return self._here(text, at, "english", by_alias=estate in self.english)

    def as_letter(self, at: int) -> Text:
        estate, _, number, _, room = self._parts(at)
        if number > 8:
            return self.as_short(at)
        return self._here(f"{estate}{'ABCDEFGH'[number - 1]}座{room}", at, "letter", by_alias=True)

    # The kinds that name none of our buildings, or don't say which.

    def as_no_building(self, at: int) -> Text:
        estate, road, *_ = self._parts(at)
        return Text(
            self._pick(
                (estate, f"{estate}附近", f"{road}（门牌不清）", f"{estate}旁边", f"{road}{estate}", f"{estate}对面", road)
            ),
            None,
            None,
            "no_building",
        )

    def as_elsewhere(self, at: int) -> Text:
        body = self._plain(at, lane=True).removeprefix(self._parts(at)[1] + self._parts(at)[0])
        number = int(self.rng.integers(1, 200))
        place = self._pick(
            (
                f"{self._pick(_ROADS_ELSEWHERE)}{number}号",
                f"{self._pick(_ESTATES_ELSEWHERE)}",
                f"{self._pick(_ROADS_ELSEWHERE)}{number}弄",
            )
        )
        return Text(
            self._pick(("", "", *_TOWNS_ELSEWHERE)) + place + (body if not place[-1].isalpha() or place[-1] > "z" else " 12"),
            None,
            None,
            "elsewhere",
        )

    def as_like_ours(self, at: int) -> Text:
        """An estate of another community whose name differs from one of ours by one sign that is no slip."""
        estate = self._parts(at)[0]
        name = self.slips.another(estate, {*self.estates, *self.lane_of})
        return Text(name + self._plain(at).removeprefix(estate), None, None, "like_ours")

    def as_same_name_elsewhere(self, at: int) -> Text:
        town = self._pick(_TOWNS_ELSEWHERE)
        road = self._pick(("", f"{self._pick(_ROADS_ELSEWHERE[:8])}{int(self.rng.integers(1, 90))}号"))
        return Text(town + road + self._plain(at), None, None, "same_name_elsewhere")

    def as_wrong_number(self, at: int) -> Text:
        estate, road, _, unit, room = self._parts(at)
        number = self.most[estate] + int(self.rng.integers(1, 900))
        return Text(
            f"{self._pick(('', road))}{estate}{number}{self._word(at)}{unit + '单元' if unit else ''}{room}",
            None,
            None,
            "wrong_number",
        )

    def as_contradiction(self, at: int) -> Text:
        estate = self._parts(at)[0]
        other = self._parts(self._other(at))[1]
        if other == self.lane_of[estate]:
            return self.as_wrong_number(at)
        return Text(other + self._plain(at), None, None, "contradiction")

    def as_unreadable(self, at: int) -> Text:
        return Text(self._pick(_UNREADABLE), None, None, "unreadable")

    def as_post_box(self, at: int) -> Text:
        road = self._parts(at)[1]
        return Text(
            self._pick(
                (f"{road}邮局{at % 90 + 1}号信箱", f"云州市{at % 900 + 100}信箱{at % 9 + 1}分箱", f"P.O. Box {at % 900}, Yunzhou")
            ),
            None,
            None,
            "post_box",
        )

    def _other(self, at: int) -> int:
        for _ in range(50):
            other = int(self.rng.integers(len(self.plan.dwellings)))
            if self.plan.dwellings[other].building != self.plan.dwellings[at].building:
                return other
        return at
