"""National code tables of the population register, and the words and short forms under which they are delivered.

Sources: GB/T 2261.1 (sex), GB/T 4761-2008 (relation to the head; two digits, with its one-digit form), GB/T 4658 (education),
GB/T 3304 (ethnicity), GA/T 517 (documents), GB/T 2260 (first two digits: province).
"""

# ruff: noqa: E501 - tables are read by their columns
from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

SEXES = {
    "0": "0",
    "1": "1",
    "2": "2",
    "9": "9",
    "男": "1",
    "女": "2",
    "M": "1",
    "F": "2",
    "男性": "1",
    "女性": "2",
    "未知": "0",
    "未说明": "9",
}

RELATIONS = {
    "01": "本人", "02": "户主", "10": "配偶", "11": "夫", "12": "妻",
    "20": "子", "21": "独生子", "22": "长子", "23": "次子", "24": "三子", "25": "四子", "26": "五子", "27": "养子或继子", "28": "女婿",
    "29": "其他儿子",
    "30": "女", "31": "独生女", "32": "长女", "33": "次女", "34": "三女", "35": "四女", "36": "五女", "37": "养女或继女", "38": "儿媳",
    "39": "其他女儿",
    "40": "孙辈", "41": "孙子", "42": "孙女", "43": "外孙子", "44": "外孙女", "45": "孙媳", "46": "孙婿", "47": "曾孙子", "48": "曾孙女",
    "49": "其他孙辈",
    "50": "父母", "51": "父亲", "52": "母亲", "53": "公公", "54": "婆婆", "55": "岳父", "56": "岳母", "57": "继父或养父", "58": "继母或养母",
    "59": "其他父母关系",
    "60": "祖父母", "61": "祖父", "62": "祖母", "63": "外祖父", "64": "外祖母", "66": "曾祖父", "67": "曾祖母",
    "70": "兄弟姐妹", "71": "兄", "72": "嫂", "73": "弟", "74": "弟媳", "75": "姐", "76": "姐夫", "77": "妹", "78": "妹夫",
    "80": "其他", "81": "伯父", "83": "叔父", "85": "舅父", "87": "姨父", "89": "姑父", "91": "堂兄弟姐妹", "92": "表兄弟姐妹", "93": "侄子",
    "94": "侄女", "95": "外甥", "96": "外甥女", "97": "其他亲属", "99": "非亲属",
}  # fmt: skip
HEADS = frozenset({"01", "02"})
# One digit says less; it is taken for the group, so that 1 (配偶) does not become a husband or a wife.
_ONE_DIGIT = {"0": "02", "1": "10", "2": "20", "3": "30", "4": "40", "5": "50", "6": "60", "7": "70", "8": "80"}
_RELATION_WORDS = {word: code for code, word in RELATIONS.items()} | {
    "丈夫": "11", "妻子": "12", "儿子": "20", "女儿": "30", "父": "51", "母": "52", "爷爷": "61", "奶奶": "62", "外公": "63", "外婆": "64",
    "哥哥": "71", "弟弟": "73", "姐姐": "75", "妹妹": "77", "租客": "99", "合租": "99", "同住人": "99", "朋友": "99", "孙": "41",
    "兄弟": "70", "姐妹": "70", "亲属": "97", "其他关系": "80",
}  # fmt: skip

EDUCATION = {
    "10": "研究生", "20": "大学本科", "30": "大学专科", "40": "中等职业", "60": "普通高中", "70": "初中", "80": "小学", "90": "其他",
}  # fmt: skip
_EDUCATION_WORDS = {word: code for code, word in EDUCATION.items()} | {
    "博士": "10", "硕士": "10", "本科": "20", "大学": "20", "专科": "30", "大专": "30", "中专": "40", "职高": "40", "技校": "40", "高中": "60",
    "文盲": "90", "未上学": "90", "学龄前": "90",
}  # fmt: skip

_ETHNIC = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
]
ETHNICITIES = {f"{at:02d}": f"{word}族" for at, word in enumerate(_ETHNIC, 1)}
_ETHNIC_WORDS = {word: code for code, word in ETHNICITIES.items()} | {word[:-1]: code for code, word in ETHNICITIES.items()}

IDENTITY_CARD = "111"
DOCUMENTS = {
    "111": "居民身份证", "114": "军官证", "414": "普通护照", "511": "台湾居民来往大陆通行证", "516": "港澳居民来往内地通行证", "554": "外国人居留证",
}  # fmt: skip
OVERSEAS_DOCUMENTS = frozenset({"414", "511", "516", "554"})
_DOCUMENT_WORDS = {word: code for code, word in DOCUMENTS.items()} | {
    "身份证": "111", "护照": "414", "台胞证": "511", "回乡证": "516", "外国人永久居留身份证": "554",
}  # fmt: skip

PROVINCES = {
    "11": ("Beijing", "北京"), "12": ("Tianjin", "天津"), "13": ("Hebei", "河北"), "14": ("Shanxi", "山西"), "15": ("Inner Mongolia", "内蒙古"),
    "21": ("Liaoning", "辽宁"), "22": ("Jilin", "吉林"), "23": ("Heilongjiang", "黑龙江"), "31": ("Shanghai", "上海"),
    "32": ("Jiangsu", "江苏"), "33": ("Zhejiang", "浙江"), "34": ("Anhui", "安徽"), "35": ("Fujian", "福建"), "36": ("Jiangxi", "江西"),
    "37": ("Shandong", "山东"), "41": ("Henan", "河南"), "42": ("Hubei", "湖北"), "43": ("Hunan", "湖南"), "44": ("Guangdong", "广东"),
    "45": ("Guangxi", "广西"), "46": ("Hainan", "海南"), "50": ("Chongqing", "重庆"), "51": ("Sichuan", "四川"), "52": ("Guizhou", "贵州"),
    "53": ("Yunnan", "云南"), "54": ("Tibet", "西藏"), "61": ("Shaanxi", "陕西"), "62": ("Gansu", "甘肃"), "63": ("Qinghai", "青海"),
    "64": ("Ningxia", "宁夏"), "65": ("Xinjiang", "新疆"), "71": ("Taiwan", "台湾"), "81": ("Hong Kong", "香港"), "82": ("Macao", "澳门"),
    "99": ("This demonstration", "演示地区"),
}  # fmt: skip


class Change(StrEnum):
    """What a row says happened (变动类别)."""

    REGISTERED = "registered"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"
    BORN = "born"
    DIED = "died"
    AMENDED = "amended"


LEAVING = frozenset({Change.MOVED_OUT, Change.DIED})
_CHANGE_WORDS = {
    "登记": Change.REGISTERED, "在册": Change.REGISTERED, "核实": Change.REGISTERED, "迁入": Change.MOVED_IN, "流入": Change.MOVED_IN,
    "迁出": Change.MOVED_OUT, "流出": Change.MOVED_OUT, "注销": Change.MOVED_OUT, "出生": Change.BORN, "死亡": Change.DIED, "变更": Change.AMENDED,
} | {change.value: change for change in Change} | {"changed": Change.AMENDED}  # fmt: skip


def sex(text: str) -> str | None:
    """GB/T 2261.1 code, or None where the text is none."""
    return SEXES.get(text.strip().upper())


def relation(text: str) -> str | None:
    """GB/T 4761 two-digit code from a two-digit or one-digit code or a word, or None."""
    bare = text.strip()
    return bare if bare in RELATIONS else _ONE_DIGIT.get(bare) or _RELATION_WORDS.get(bare)


def education(text: str) -> str | None:
    """GB/T 4658 group (10, 20 …) from a code or a word, or None."""
    bare = text.strip()
    if len(bare) == 2 and bare.isdigit():
        return bare[0] + "0" if bare[0] + "0" in EDUCATION else None
    return _EDUCATION_WORDS.get(bare)


def ethnicity(text: str) -> str | None:
    """GB/T 3304 code from a code or a word, or None."""
    bare = text.strip()
    return bare if bare in ETHNICITIES or bare in {"97", "98"} else _ETHNIC_WORDS.get(bare)


def document(text: str) -> str | None:
    """GA/T 517 code from a code or a word, or None."""
    bare = text.strip()
    return bare if bare in DOCUMENTS else _DOCUMENT_WORDS.get(bare)


def change(text: str) -> Change | None:
    """What happened, from its word, or None."""
    return _CHANGE_WORDS.get(text.strip())


def is_family(code: str) -> bool:
    """Whether a relation is one of spouse, descendant, ascendant or sibling; ``8x`` and ``9x`` are too loose to live on."""
    return code[:1] in "1234567" and code not in {"", *HEADS}


def province(region: str) -> str:
    """First two digits of a region code, ``"00"`` where it names none."""
    return region[:2] if region[:2] in PROVINCES else "00"


def choices(table: Mapping[str, object]) -> list[tuple[str, str]]:
    """A table as choices of a model field, without names: what people read comes from the catalogue."""
    return [(code, code) for code in table]
