"""One dwelling, written the dozen ways that people write it."""

from __future__ import annotations

from linli.site.demo.plan import Building, Dwelling, Plan

_WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
_DIGITS = "零一二三四五六七八九"


class Addresses:
    """Writes addresses of one plan. The building can always be told, except where a style is called garbled."""

    def __init__(self, plan: Plan, subdistrict: str, community: str) -> None:
        self._plan = plan
        self._area = subdistrict + community
        numbers: dict[int, int] = {}
        for building in plan.buildings:
            if building.use == "residential":
                numbers[building.number] = numbers.get(building.number, 0) + 1
        self._alone = {number for number, times in numbers.items() if times == 1}

    def formal(self, dwelling: int) -> str:
        """As the land office writes it."""
        home = self._plan.dwellings[dwelling]
        building = self._plan.buildings[home.building]
        return f"{building.street}{building.house_number}{building.name}{_stair(home)}{home.room}室"

    def free(self, dwelling: int, style: int, garbled: bool = False) -> str:
        """As somebody typed it; ``style`` is any number."""
        home = self._plan.dwellings[dwelling]
        building = self._plan.buildings[home.building]
        if garbled:
            return _garbled(building, style)
        if building.lane_house or not home.unit:
            return self._lane_house(building, home, dwelling, style)
        e, n, u, r = building.estate, building.number, home.unit, home.room
        lane = building.street + building.house_number
        if style % 23 == 22 and n in self._alone:
            return f"{n}号楼{u}单元{r}"
        written = (
            self.formal(dwelling),
            self.formal(dwelling),
            f"{e}{n}-{u}-{r}",
            f"{e}{n}号楼{u}单元{r}",
            f"{e}{n}号{u}单元{r}室",
            f"{e}{n}号楼{u}单元{r}室".translate(_WIDE),
            f"{e} {n}幢{u}单元{r}室",
            f"{lane}{n}号楼{u}单元{r}室",
            f"{e}{n}栋{u}-{r}",
            f"{self._area}{lane}{e}{n}号楼{u}单元{r}室",
            f"{e}{chinese_number(n)}号楼{chinese_number(int(u))}单元{r}室" if n < 100 else f"{e}{n}号楼{u}门{r}室",
        )
        return written[style % len(written)]

    def _lane_house(self, building: Building, home: Dwelling, dwelling: int, style: int) -> str:
        n, r = building.number, home.room
        lane = building.street + building.house_number
        match style % 7:
            case 0 | 1:
                return self.formal(dwelling)
            case 2:
                return f"{building.estate}{n}-{r}"
            case 3:
                return f"{building.name}{r}"
            case 4:
                return f"{building.name}{r}室".translate(_WIDE)
            case 5:
                return f"{lane}{building.name}{r}"
            case _:
                return f"{self._area}{lane}{building.name}{r}室"


def _stair(home: Dwelling) -> str:
    return f"{home.unit}单元" if home.unit else ""


def _garbled(building: Building, style: int) -> str:
    match style % 4:
        case 0:
            return f"{building.street}（门牌不清）"
        case 1:
            return "租住在亲戚家"
        case 2:
            return f"{building.estate}附近"
        case _:
            return f"{building.estate}9{building.number:03d}号楼"


def chinese_number(number: int) -> str:
    """1 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
