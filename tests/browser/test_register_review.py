"""From a messy workbook to a signed-off Monday, without a manual; the list of questions by keys alone and without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from linli.kernel import citizen_number
from tests.browser.conftest import OpenPage
from tests.support.installation import Installation

CODE = "999901001001"
HEADINGS = (
    "序号",
    "姓名",
    "公民身份号码",
    "出生日期",
    "性别",
    "户号",
    "户主关系",
    "现住址",
    "居住类型",
    "联系电话",
    "来此日期",
    "备注",
)
SOMEBODY = """
import json
from linli.register.models import Person, Residence
from linli.register.opening import open_people
from linli.trust import SYSTEM, community_by_code
zone = community_by_code(viewer=SYSTEM, code="{code}")
from linli.register.queries.places import ground
places = ground(viewer=SYSTEM, community=zone.id)
found = []
homes = Residence.objects.filter(community=zone.id, to_date__isnull=True, dwelling__isnull=False)
for home in homes.select_related("dwelling")[:400]:
    person = open_people(zone.id, [home.person_id])[home.person_id]
    if len(person.name) == 3 and person.phone and person.birth_date and person.birth_date.day < 27:
        room = f"{{home.dwelling.unit}}单元{{home.dwelling.room}}室" if home.dwelling.unit else f"{{home.dwelling.room}}室"
        where = places.names[home.building_id] + room
        found.append([person.name, person.birth_date.isoformat(), person.sex, person.phone, where])
    if len(found) == 3:
        break
open("{out}", "w").write(json.dumps(found))
"""


@pytest.fixture
def messy(installation: Installation, tmp_path: Path) -> Path:
    """A workbook as they come: a merged title, a formula, full-width digits, gaps, doubles, odd addresses, an empty column."""
    import json

    out = tmp_path / "somebody.json"
    installation.run(SOMEBODY.format(code=CODE, out=out))
    known = json.loads(out.read_text())
    name, born, sex, phone, address = known[0]
    like = date.fromisoformat(born).replace(day=date.fromisoformat(born).day + 1).isoformat()
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.merge_cells("A1:L1")
    sheet["A1"] = "租住人员登记表（房东自报）"
    sheet.append([])
    sheet.append(HEADINGS)
    new = citizen_number.make(date(1991, 5, 6), 77)
    rows = [
        (name, "", like, "男" if sex == "1" else "女", "", "", address, "", phone, "2026-10-01", ""),
        ("新租客", new.translate(wide), "", "", "Z1", "户主", known[1][4], "流动人口", "000 5550 8888", "2026-11-01", "押一付三"),
        ("新租客", new, "", "", "Z1", "户主", known[1][4], "流动人口", "000 5550 8888", "2026-11-01", "重复"),
        ("错号人", "999999199105060770", "", "", "Z1", "非亲属", known[1][4], "", "", "", ""),
        ("迷路人", "", "1988-03-04", "男", "Z2", "户主", "老粮站后面小楼", "流动人口", "", "2026-11-02", ""),
        ("迷路妻", "", "1989-03-04", "女", "Z2", "妻", "老粮站后面小楼", "流动人口", "", "2026-11-02", ""),
        ("无名", "", "", "", "", "", "", "", "", "", "缺资料"),
    ]
    for at, row in enumerate(rows, 1):
        sheet.append([at, *row])
    sheet["A4"] = "=ROW()-3"
    path = tmp_path / "租户名单.xlsx"
    book.save(path)
    return path


def test_from_upload_to_signed_monday(open_page: OpenPage, look: Callable[[Page, str], None], messy: Path) -> None:
    # A clerk begins at the week's page and follows its steps.
    page = open_page(f"/desk/{CODE}/round/", role="desk_clerk", language="zh")
    look(page, "register-round-zh")
    page.goto(f"/desk/{CODE}/imports/")
    page.set_input_files("input[type=file]", messy)
    page.locator("form:has(input[type=file]) button").first.click()
    # Nothing here knows such a file: what its columns mean was read from the headings, and is asked.
    expect(page).to_have_url(re.compile(r"/imports/columns/"))
    look(page, "register-import-columns-zh")
    page.locator("input[name=choice-source][value=landlord]").check()
    page.locator("main form button").click()
    expect(page).to_have_url(re.compile(r"/imports/[0-9a-f-]{36}/"))
    look(page, "register-import-messy-zh")
    text = page.locator("main").inner_text()
    assert "租户名单.xlsx" in text
    page.locator("button[name=act][value=apply]").click()
    page.goto(f"/desk/{CODE}/questions/?matter=same_person")
    look(page, "register-questions-zh")
    # One by one, by keys alone: first the person who may be the same.
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("table.cmp")).to_be_visible()
    look(page, "register-question-same-zh")
    page.keyboard.press("1")
    expect(page.locator(".undo")).to_be_visible()
    # Taken back, and answered again, in English.
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile("/questions/$"))
    page.close()
    page = open_page(f"/desk/{CODE}/questions/?matter=same_person", role="desk_clerk")
    page.locator(".queue a").first.click()
    look(page, "register-question-same-en")
    page.keyboard.press("2")
    expect(page.locator(".undo")).to_contain_text("two people")
    # The address: said in words, and both its rows come in.
    page.goto(f"/desk/{CODE}/questions/?matter=address")
    page.locator(".queue a", has_text="老粮站").first.click()
    look(page, "register-question-address-en")
    other = page.request.get(f"/desk/{CODE}/people/").status
    assert other == 200
    page.fill("#address", "柳荫苑1号楼")
    page.locator("button[value=written]").click()
    expect(page.locator(".govuk-notification-banner, .messages, [role=status]").first).to_be_visible()
    # The worker of a grid signs, on a telephone; then the manager.
    page = open_page(f"/field/{CODE}/round/", role="grid_worker", language="zh", width="phone")
    look(page, "register-round-field-zh")
    page.locator("table a").first.click()
    look(page, "register-grid-round-field-zh")
    grid = page.url.split("?")[0].replace("/field/", "/desk/")
    if page.locator("form.act button.btn").count():
        page.locator("form.act button.btn").click()
    page = open_page(grid, role="community_manager")
    look(page, "register-grid-round-en")
    page.locator("form.act button.btn").click()
    expect(page.locator("main")).to_contain_text("Signed.")
    page.goto(f"/desk/{CODE}/round/")
    look(page, "register-round-en")
    expect(page.locator(".steps")).to_be_visible()


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_a_question_is_answered_without_script(open_page: OpenPage, width: str, look: Callable[[Page, str], None]) -> None:
    page = open_page(f"/desk/{CODE}/questions/?matter=left", role="community_manager", width=width, java_script_enabled=False)
    links = page.locator(".queue a")
    assert links.count() > 0
    links.first.click()
    expect(page.locator("form.dec")).to_be_visible()
    page.locator("form.dec button").first.click()
    expect(page.locator(".undo")).to_be_visible()
    page.locator(".undo button").click()
    expect(page.locator("main")).to_be_visible()


def test_the_list_and_a_question_at_360_pixels(open_page: OpenPage, look: Callable[[Page, str], None], language: str) -> None:
    page = open_page(f"/field/{CODE}/questions/", role="grid_worker", language=language, width="phone")
    look(page, f"register-questions-field-{language}")
    if page.locator(".queue a").count():
        page.locator(".queue a").first.click()
        look(page, f"register-question-field-{language}")
