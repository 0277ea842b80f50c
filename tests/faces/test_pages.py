"""The shells and components as they reach the browser: both languages, no inline style or script, well-formed drawings."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from linli.faces.components import Cell, Matrix, MatrixRow, Part
from linli.faces.context import LARGE_COOKIE
from linli.faces.web import gallery, sample

FACES = ["desk", "portal", "field", "print", "menu"]
LANGUAGES = ["en", "zh-hans"]
STYLED = re.compile(r"<style|\sstyle\s*=|\son\w+\s*=", re.IGNORECASE)
DRAWING = re.compile(r"<svg.*?</svg>", re.DOTALL)


def page(face: str, language: str, cookies: dict[str, str] | None = None) -> str:
    request = RequestFactory().get(f"/faces/gallery/{face}/")
    request.COOKIES.update(cookies or {})
    with translation.override(language):
        response = gallery.desk(request) if face == "desk" else gallery.other(request, face)
        return response.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("face", FACES)
def test_nothing_that_the_content_policy_would_refuse(face: str, language: str) -> None:
    html = page(face, language)
    assert not STYLED.search(html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)


@pytest.mark.parametrize("face", FACES)
def test_every_page_has_its_language_a_skip_link_and_one_main(face: str) -> None:
    for language, code in (("en", "en"), ("zh-hans", "zh-Hans")):
        html = page(face, language)
        assert f'<html lang="{code}"' in html
        assert '<a class="skip" href="#main">' in html
        assert html.count("<main ") == 1
        assert html.count("<h1>") == 1
        assert re.search(r"<title>\S[^<]*</title>", html)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("face", FACES)
def test_drawings_are_well_formed_and_untouched_by_the_locale(face: str, language: str) -> None:
    for drawing in DRAWING.findall(page(face, language)):
        tree = ElementTree.fromstring(drawing)
        for element in tree.iter():
            for name in ("x", "y", "width", "height", "cx", "cy", "r", "font-size"):
                assert re.fullmatch(r"-?[\d.]+|", element.get(name, "")), (name, element.attrib)


@pytest.mark.parametrize("face", FACES)
def test_no_id_stands_twice(face: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page(face, "en"))
    assert sorted(ids) == sorted(set(ids))


def test_a_chart_and_its_twin_say_the_same() -> None:
    chart = sample.line_chart()
    html = render_to_string("faces/components/line_twin.html", {"points": chart.points, "title": "x"})
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in html.split("<tr")[2:]]
    assert [row[1] for row in cells] == [str(dot.point.seen) for dot in chart.dots]
    assert len(cells) == 26
    assert "▲" in cells[-1][4]
    assert "may rise by up to 3" in cells[-1][4]


def test_large_text_is_kept_in_a_cookie_without_script(client: Client) -> None:
    answer = client.post("/faces/large/", {"large": "1", "next": "/faces/x/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/faces/x/?a=1")
    assert answer.cookies[LARGE_COOKIE].value == "1"
    assert client.post("/faces/large/", {"large": "0", "next": "/"}).cookies[LARGE_COOKIE].value == ""
    assert client.get("/faces/large/").status_code == 405
    assert ' class="large"' in page("portal", "en", {LARGE_COOKIE: "1"})
    assert ' class="large"' not in page("portal", "en")


@pytest.mark.parametrize("onward", ["https://example.org/", "//example.org", "", "javascript:x"])
def test_large_text_leads_nowhere_else(client: Client, onward: str) -> None:
    assert client.post("/faces/large/", {"large": "1", "next": onward})["Location"] == "/"


def test_a_matrix_needs_a_cell_for_every_grid() -> None:
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        Matrix(["01", "02"], [MatrixRow("File", [Cell("47")])])


@pytest.mark.parametrize(("parts", "said"), [((51, 63), "Both sides agree"), ((51, 62), "The two sides differ")])
def test_a_sum_says_whether_it_agrees(parts: tuple[int, int], said: str) -> None:
    from django.template import Context, Template

    shown = Template("{% load faces %}{% sum total 'rows' parts %}").render(
        Context({"total": 114, "parts": [Part(parts[0], "new"), Part(parts[1], "refused", bad=True)]})
    )
    assert said in shown


def test_wrap_leaves_no_empty_element() -> None:
    from django.template import Context, Template

    source = Template('{% load faces %}{% wrap "p" "lede" %} {{ text }} {% endwrap %}')
    assert source.render(Context({"text": ""})) == ""
    assert source.render(Context({"text": "<b>"})) == '<p class="lede"> &lt;b&gt; </p>'


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_no_context(name: str) -> None:
    html = render_to_string(name)
    assert html.count("<h1>") == 1
    assert not STYLED.search(html)


def test_the_portals_first_view_weighs_at_most_100_kb() -> None:
    sheet = finders.find("faces/portal.css")
    assert isinstance(sheet, str), "build the front end first: node frontend/build.mjs"
    weight = len(gzip.compress(Path(sheet).read_bytes())) + len(gzip.compress(page("portal", "zh-hans").encode()))
    assert weight <= 100_000


def test_no_sheet_asks_for_a_font_or_another_host() -> None:
    for name in ("portal", "desk", "field", "print"):
        sheet = finders.find(f"faces/{name}.css")
        assert isinstance(sheet, str), "build the front end first: node frontend/build.mjs"
        text = Path(sheet).read_text()
        assert "@font-face" not in text
        assert "GDS Transport" not in text
        assert not re.search(r"url\((?!#|[\"']?data:|[\"']?#)", text)
