"""Slips of the pen in names: a sign that sounds alike, two signs swapped, one doubled; and names that are no slips."""

from __future__ import annotations

from collections.abc import Collection

from numpy.random import Generator
from pypinyin import lazy_pinyin


def _table(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


# What an input method offers for the same sound, and what looks alike.
SOUND_ALIKE = _table(
    "柳=刘流 荫=阴音因 苑=院愿园 白=百 杨=阳扬洋 新=心鑫 村=邨 桂=贵 花=华 梅=美眉枚 园=圆元院 樟=章张 树=数 竹=祝 "
    "溪=西希 枫=风峰丰 林=琳临 里=理李礼 荷=河和 塘=堂唐 银=吟 杏=幸兴 石=时实 榴=留流 青=清 松=嵩 海=亥 棠=堂塘 "
    "码=马 头=投 望=旺 河=和荷 大=达 厦=夏下 云=芸 庭=亭廷 朗=郎 月=悦 居=局 老=佬 巷=项向 染=冉 "
    "坊=方房 豆=斗 腐=府 弄=农 米=迷 市=士事 水=睡 井=景 公=工 边=编 绿=律 地=弟 书=舒 院=苑 "
    "学=雪 士=市 集=吉 菜=蔡 场=厂 桐=同铜 路=录 北=贝 街=接 南=男 磨=摩 瓦=袜 窑=摇 西=希溪 "
    "堂=唐塘 东=冬 柴=才 行=航 灯=登 芯=心 湾=弯 蔷=墙 薇=微 榆=于 杉=山 栀=枝 子=紫 钟=中 "
    "楼=娄 寓=玉 晴=情 川=穿 渔=鱼 家=佳 纸=指 茶=查 亭=庭 果=国 鱼=渔 馆=管 浜=帮 砖=专 "
    "桥=乔 木=目"
)
_LOOK_ALIKE = _table("苑=范 柳=抑 荫=萌 里=重 桂=挂 枫=机 荷=何 银=很 桐=铜 村=材 弄=异 米=来")
_OTHER = "花松竹兰菊桃枣莲鹤凤龙泉山湖泽岭景和安福泰祥瑞嘉文德"


class Slips:
    """Makes slips with the given stream of chance."""

    def __init__(self, rng: Generator) -> None:
        self._rng = rng

    def of(self, name: str) -> str:
        """``name`` with one slip: 78 % a sign of the same sound, 8 % looks alike, 6 % swapped, 4 % doubled, 4 % another sign."""
        roll = float(self._rng.random())
        at = int(self._rng.integers(len(name)))
        if roll < 0.78 and name[at] in SOUND_ALIKE:
            return name[:at] + self._one(SOUND_ALIKE[name[at]]) + name[at + 1 :]
        if roll < 0.86:
            at = next((k for k, sign in enumerate(name) if sign in _LOOK_ALIKE), at)
            return name[:at] + _LOOK_ALIKE.get(name[at], self._one(_OTHER)) + name[at + 1 :]
        if roll < 0.92 and at + 1 < len(name):
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        if roll < 0.96:
            return name[: at + 1] + name[at:]
        return name[:at] + self._one(_OTHER) + name[at + 1 :]

    def another(self, name: str, known: Collection[str]) -> str:
        """The name of another estate, one sign from ``name``, that is none of ``known``."""
        if self._rng.random() < 0.25:
            return self._one("新东南小") + name
        while True:
            at = int(self._rng.integers(len(name)))
            sign = self._one(_OTHER)
            found = name[:at] + sign + name[at + 1 :]
            if sign not in SOUND_ALIKE.get(name[at], "") + name[at] and found not in known:
                return found

    def spelt(self, name: str) -> str:
        """In pinyin without tones, syllables apart."""
        return " ".join(lazy_pinyin(name))

    def _one(self, signs: str) -> str:
        return signs[int(self._rng.integers(len(signs)))]
