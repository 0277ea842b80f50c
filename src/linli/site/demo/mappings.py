"""The declared ways in which the demonstration's files are recognised and read (``mappings/*.json``)."""

from __future__ import annotations

from typing import Any

from linli.site.demo import people, reports
from linli.site.demo.town import ARRIVED, BIRTH, CHANGED, DEATH, LEFT, REGISTERED

POPULATION_COLUMNS = {
    "key": "登记号",
    "household": "户号",
    "relation": "户主关系",
    "name": "姓名",
    "sex": "性别",
    "number": "公民身份号码",
    "document": "证件类型",
    "birth": "出生日期",
    "ethnic": "民族",
    "education": "文化程度",
    "hukou_address": "户籍地址",
    "hukou_region": "户籍地区划",
    "address": "现住址",
    "residence": "居住类型",
    "since": "来此日期",
    "phone": "联系电话",
    "needs": "需要的帮助",
    "consent": "同意日期",
    "change": "变动类别",
    "change_date": "变动日期",
    "verified": "核实日期",
}

# GB/T 4761 codes as some clerks write them out.
RELATION_WORDS = {
    "户主": "02",
    "夫": "11",
    "妻": "12",
    "子": "22",
    "女": "32",
    "孙子": "41",
    "孙女": "42",
    "父亲": "51",
    "母亲": "52",
    "兄": "71",
    "弟": "73",
    "姐": "75",
    "妹": "77",
}

POPULATION_VALUES = {
    "sex": {"男": "1", "女": "2"},
    "relation": RELATION_WORDS,
    "residence": {
        people.PERMANENT: "permanent",
        people.FLOATING: "floating",
        people.LODGING: "lodging",
        people.OVERSEAS: "overseas",
    },
    "ethnic": {"汉族": "01", "回族": "03", "苗族": "06", "壮族": "08", "满族": "11", "土家族": "15"},
    "education": {
        "研究生": "10",
        "大学本科": "20",
        "大学专科": "30",
        "中等职业": "40",
        "普通高中": "60",
        "初中": "70",
        "小学": "80",
    },
    "needs": {
        "上下楼": "stairs",
        "用餐": "meals",
        "听力": "hearing",
        "洗浴": "washing",
        "认路": "wayfinding",
        "用电设备": "power",
    },
    "change": {
        REGISTERED: "registered",
        ARRIVED: "moved_in",
        LEFT: "moved_out",
        BIRTH: "born",
        DEATH: "died",
        CHANGED: "amended",
    },
}

POPULATION_HEADINGS = tuple(POPULATION_COLUMNS.values())
SHEET = "实有人口"
SHEET_TITLE = "实有人口核实表"


SMALL = {"second_person": {"left": 200, "changed": 200}}


def all_of(both_ways: bool, *, small: bool = False) -> dict[str, dict[str, Any]]:
    """Every mapping by file name. ``both_ways``: counters deliver in and out instead of one number.

    ``small``: so few residents that the people whom a trouble hides are a large share of all; it takes more of them to ask for a
    second person.
    """
    population = {
        "name": "police-population",
        "kind": "register.population",
        "recognise": {"file": "人口_*.csv", "headings": ["登记号", "姓名", "公民身份号码", "现住址"]},
        "encodings": ["utf-8-sig", "gb18030"],
        "delimiter": ",",
        "heading_row": 1,
        "sheet": None,
        "columns": POPULATION_COLUMNS,
        "values": POPULATION_VALUES,
        "options": {"coverage": "full", "zone": "Asia/Shanghai", "source": "police"} | (SMALL if small else {}),
    }
    workbook = {
        **population,
        "name": "police-population-workbook",
        "recognise": {"file": "人口_*.xlsx", "headings": ["登记号", "姓名", "公民身份号码", "现住址"]},
        "heading_row": 2,
        "sheet": SHEET,
    }
    hotline = {
        "name": "hotline-reports",
        "kind": "cases.reports",
        "recognise": {"file": "热线_*.csv", "headings": ["工单编号", "受理时间", "类别代码"]},
        "encodings": ["utf-8"],
        "delimiter": ",",
        "heading_row": 1,
        "sheet": None,
        "columns": dict(
            zip(
                (
                    "key",
                    "reported_at",
                    "channel",
                    "category",
                    "category_name",
                    "title",
                    "text",
                    "address",
                    "lon",
                    "lat",
                    "reporter",
                    "phone",
                    "status",
                    "closed_at",
                    "agency",
                ),
                reports.HEADINGS,
                strict=True,
            )
        ),
        "values": {
            "channel": {
                "电话": "phone",
                "App": "app",
                "公众号": "wechat",
                "网格员": "worker",
                "窗口": "counter",
                "网站": "web",
            },
            "status": {reports.OPEN: "in_hand", reports.CLOSED: "closed"},
        },
        "options": {"zone": "Asia/Shanghai", "crs": "EPSG:4490", "source": "hotline"},
    }
    read_as = ("counter", "at", "value", "value_out") if both_ways else ("counter", "at", "value")
    readings = {
        "name": "counter-readings",
        "kind": "flows.readings",
        "recognise": {"file": "客流_*.csv", "headings": list(reading_headings(both_ways))},
        "encodings": ["utf-8"],
        "delimiter": ",",
        "heading_row": 1,
        "sheet": None,
        "columns": dict(zip(read_as, reading_headings(both_ways), strict=True)),
        "values": {},
        "options": {"zone": "Asia/Shanghai", "interval_minutes": 60, "source": "counters"},
    }
    return {
        "population.json": population,
        "population-workbook.json": workbook,
        "reports.json": hotline,
        "readings.json": readings,
    }


def reading_headings(both_ways: bool) -> tuple[str, ...]:
    return ("计数器", "时间", "进", "出") if both_ways else ("计数器", "时间", "人次")
