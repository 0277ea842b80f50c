"""Grids, people, cases and imports as a clerk and a manager use them; every page is looked at in both languages and widths."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.support.asking import search
from tests.support.installation import Installation

CODE, OTHER = "999901001001", "999901001002"
DESK = f"/desk/{CODE}"
Look = Callable[[Page, str], None]


def _population(installation: Installation, code: str = CODE) -> Path:
    """The newest population file that was delivered as CSV."""
    return sorted((installation.data / "demo" / code / "inbox").glob("*/人口_*.csv"))[-1]


def _follow(page: Page, selector: str) -> None:
    """Open what the first such link leads to."""
    page.goto(urljoin(page.url, str(page.locator(selector).first.get_attribute("href"))))


def test_one_grid_now_and_on_an_earlier_monday(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{DESK}/grids/", role="community_manager", language=language, width=width)
    _follow(page, "main table th a")
    _follow(page, ".seg a")
    look(page, f"grid-{width}-{language}")
    expect(page.locator("table.pyramid")).to_be_visible()
    now = page.locator(".lede").inner_text()
    page.locator("select[name=week]").select_option(index=3)
    page.locator("form.tools button").click()
    expect(page.locator(".lede")).not_to_have_text(now)
    page.locator("ul.numbers a").first.click()
    expect(page.locator("h1")).to_contain_text("网格" if language == "zh" else "Grid")


def test_a_person_is_found_by_address_and_by_telephone(
    open_page: OpenPage, look: Look, installation: Installation, language: str, width: str
) -> None:
    page = open_page(f"{DESK}/people/", role="desk_clerk", language=language, width=width)
    page.fill("input[name=q]", "柳荫苑3")
    page.locator("form[role=search] button").click()
    look(page, f"people-found-{width}-{language}")
    assert "*" in page.locator("main tbody th").first.inner_text()
    _follow(page, "main tbody th a")
    look(page, f"person-{width}-{language}")
    expect(page.locator("h1")).to_contain_text("*")
    digits = re.findall(r"000 5550 (\d{4})", _population(installation).read_text(encoding="gb18030"))[0]
    search(page, digits)
    expect(page.locator("main tbody")).to_contain_text("电话" if language == "zh" else "telephone")
    search(page, "没有这个人")
    expect(page.locator(".empty")).to_be_visible()


def test_one_case_with_its_steps(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{DESK}/cases/?queue=open", role="community_manager", language=language, width=width)
    _follow(page, "main tbody th a")
    look(page, f"case-{width}-{language}")
    expect(page.locator(".steps li")).to_have_count(4)
    expect(page.locator(".steps [aria-current=step]")).to_have_count(1)


def test_one_import_its_tabs_and_its_receipt(open_page: OpenPage, look: Look, language: str, width: str) -> None:
    page = open_page(f"{DESK}/imports/", role="desk_clerk", language=language, width=width)
    _follow(page, "main tbody th a:text-matches('人口')")
    look(page, f"import-{width}-{language}")
    here = page.url
    for place in range(page.locator(".tabs a").count()):
        page.locator(".tabs a").nth(place).click()
        expect(page.locator(".tabs a[aria-current]")).to_have_count(1)
    page.goto(f"{here}receipt/")
    look(page, f"import-receipt-{width}-{language}")


def test_a_report_is_written_down_for_someone_and_found_again(open_page: OpenPage, look: Look) -> None:
    page = open_page(f"{DESK}/cases/new/", role="desk_clerk", width="phone")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "case-add-error")
    page.fill("input[name=title]", "Handrail loose at the steps")
    page.select_option("select[name=grid]", index=1)
    page.fill("input[name=reporter_name]", "王小明")
    page.fill("input[name=reporter_phone]", "000 5550 0123")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator("h1")).to_have_text("Handrail loose at the steps")
    expect(page.locator("main")).not_to_contain_text("王小明")
    expect(page.locator("main")).not_to_contain_text("000 5550 0123")
    page.get_by_label("Only a note").check()
    page.fill("textarea[name=text]", "The railing is taped off.")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator(".timeline")).to_contain_text("The railing is taped off.")
    page.goto(f"{DESK}/cases/")
    page.get_by_label("Words or number").fill("handrail")
    page.get_by_role("button", name="Show").click()
    expect(page).not_to_have_url(re.compile("handrail"))
    expect(page.locator("main tbody tr")).to_have_count(1)


@pytest.mark.parametrize(("name", "told"), [("holiday.csv", "No declared mapping fits"), (None, "Choose a file.")])
def test_a_file_that_nobody_knows_is_refused_in_words(
    open_page: OpenPage, look: Look, tmp_path: Path, name: str | None, told: str
) -> None:
    page = open_page(f"{DESK}/imports/", role="desk_clerk")
    if name:
        (tmp_path / name).write_text("a,b\n1,2\n", encoding="utf-8")
        page.set_input_files("input[type=file]", tmp_path / name)
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_role("alert")).to_contain_text(told)
    look(page, f"import-refused-{bool(name)}")


def test_the_file_of_another_community_is_refused_whole(open_page: OpenPage, installation: Installation) -> None:
    page = open_page(f"{DESK}/imports/", role="desk_clerk")
    page.set_input_files("input[type=file]", _population(installation, OTHER))
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was written")


def test_a_file_is_looked_at_written_and_undone(
    open_page: OpenPage, look: Look, installation: Installation, tmp_path: Path
) -> None:
    source = _population(installation)
    lines = source.read_bytes().decode("gb18030").splitlines()
    heads = lines[0].split(",")
    row = next(
        n for n, line in enumerate(lines) if n > 20 and "5550" in line and line.split(",")[heads.index("变动类别")] == "登记"
    )
    lines[row] = re.sub(r"000 5550 \d{4}", "000 5550 0987", lines[row])
    bad = lines[row + 1].split(",")
    bad[heads.index("出生日期")] = "1953-02-30"
    lines[row + 1] = ",".join(bad)
    upload = tmp_path / "人口_another.csv"
    upload.write_bytes("\r\n".join(lines).encode("gb18030"))

    page = open_page(f"{DESK}/imports/", role="desk_clerk")
    page.set_input_files("input[type=file]", upload)
    page.get_by_role("button", name="Look at it first").click()
    expect(page.locator("main")).to_contain_text("Nothing is written yet.")
    expect(page.locator(".sum")).to_be_visible()
    expect(page.locator("#rows")).to_contain_text("There is no such day in the calendar.")
    look(page, "import-preview")
    page.get_by_role("button", name="Write it").click()
    expect(page.locator(".lede")).to_contain_text("written")

    with page.expect_download() as download:
        page.get_by_role("link", name="Download every row's result").click()
    results = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(results) == len([line for line in lines if line.strip(",")])
    assert results[row + 1].startswith(f"{row + 2},not written,出生日期")
    assert "1953-02-30" not in "".join(results)

    page.get_by_role("button", name="See what would change").click()
    expect(page.locator("#undo")).to_contain_text("would go back to what")
    look(page, "import-undo")
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    page.fill("input[name=reason]", "It was the file of another week.")
    page.get_by_role("button", name="Undo it").click()
    expect(page.locator("main")).to_contain_text("It was the file of another week.")
    expect(page.get_by_role("button", name="Undo it")).to_have_count(0)
