"""Every text in both languages: none missing, none uncertain, none pieced together."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib
import pytest

from linli.kernel.words import SENTENCES
from tests.support.source import HOUSE, ROOT, Source, sources
from tests.support.texts import pieced_together, untranslatable

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")
CJK = "\u4e00-\u9fff"
SPACED = re.compile(rf"[{CJK}] +[A-Za-z0-9%]|[A-Za-z0-9)] +[{CJK}]")
NARROW = re.compile(rf"[{CJK}][,;:?!]|[{CJK}]\.(?!\w)|[{CJK}]\([^)]*[{CJK}]")
SAME = {"Linli", "English", "CSV", "XLSX", "OK", "ID"}
# Renders stored keys, so its texts are not in front of it; every key is held to a Chinese text below.
RENDERS_STORED_TEXTS = {"linli.faces.words", "linli.faces.navigation"}

CATALOGUES = sorted(HOUSE.glob("*/locale/zh_Hans/LC_MESSAGES/django.po"))


def _flat(path: Path) -> str:
    return path.parents[3].name


@cache
def _committed(path: Path) -> polib.POFile:
    return polib.pofile(str(path))


def _entries() -> Iterator[tuple[str, polib.POEntry]]:
    for path in CATALOGUES:
        for entry in _committed(path):
            yield _flat(path), entry


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, polib.POFile]:
    """The catalogues as makemessages would write them now, from a copy of the house."""
    from django.core.management import call_command

    house = tmp_path_factory.mktemp("texts") / "linli"
    shutil.copytree(HOUSE, house, ignore=shutil.ignore_patterns("__pycache__", "static", "*.mo"))
    call_command("makemessages", house=house)
    return {_flat(path): polib.pofile(str(path)) for path in sorted(house.glob("*/locale/zh_Hans/LC_MESSAGES/django.po"))}


def _id(entry: polib.POEntry) -> tuple[str, str, str]:
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def test_every_text_has_its_chinese(extracted: dict[str, polib.POFile]) -> None:
    missing = {
        flat: texts
        for flat, catalogue in extracted.items()
        if (texts := [entry.msgid for entry in catalogue if not entry.translated() and not entry.obsolete])
    }
    assert missing == {}


def test_no_catalogue_keeps_what_nobody_says(extracted: dict[str, polib.POFile]) -> None:
    left_over = {}
    for path in CATALOGUES:
        said = {_id(entry) for entry in extracted.get(_flat(path), [])}
        if lost := [entry.msgid for entry in _committed(path) if entry.obsolete or _id(entry) not in said]:
            left_over[_flat(path)] = lost
    assert left_over == {}


def test_nothing_is_fuzzy() -> None:
    assert [(flat, entry.msgid) for flat, entry in _entries() if entry.fuzzy] == []


def test_parameters_are_the_same_on_both_sides() -> None:
    faults = []
    for _, entry in _entries():
        wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for text in entry.msgstr_plural.values() or [entry.msgstr]:
            if text and set(PLACEHOLDER.findall(text)) != wanted:
                faults.append((entry.msgid, text))
    assert faults == []


def test_chinese_is_written_as_chinese_is() -> None:
    """Full-width punctuation, no typed space between Chinese and other signs (browsers set the gap), nothing left in English."""
    faults = []
    for _, entry in _entries():
        for text in entry.msgstr_plural.values() or [entry.msgstr]:
            bare = re.sub(r"<[^>]+>", "", text)
            left = text == entry.msgid and re.search("[a-z]{3}", PLACEHOLDER.sub("", text)) and text not in SAME
            if SPACED.search(bare) or NARROW.search(bare) or left:
                faults.append(text)
    assert faults == []


def test_one_text_has_one_translation() -> None:
    """All catalogues flow together in gettext: where two flats say the same, the first one's Chinese would win silently."""
    known: dict[tuple[str, str, str], tuple[str, str]] = {}
    faults = []
    for path in CATALOGUES:
        for entry in _committed(path):
            text = entry.msgstr or entry.msgstr_plural.get(0, "")
            flat, other = known.setdefault(_id(entry), (_flat(path), text))
            if other != text:
                faults.append((entry.msgid, flat, other, _flat(path), text))
    assert faults == []


def test_every_stored_sentence_has_its_chinese() -> None:
    for source in sources():
        if any(isinstance(node, ast.Call) and getattr(node.func, "id", "") == "sentence" for node in ast.walk(source.tree)):
            importlib.import_module(source.name)
    known = {(entry.msgid, entry.msgid_plural or "") for path in CATALOGUES for entry in _committed(path) if entry.translated()}
    assert (
        sorted(
            s.key for s in SENTENCES.values() if not s.key.startswith(("test.", "tests.")) and (s.one, s.many or "") not in known
        )
        == []
    )


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_no_text_is_pieced_together(source: Source) -> None:
    if source.name not in RENDERS_STORED_TEXTS:
        assert pieced_together(source) == []


@pytest.mark.parametrize("path", sorted(HOUSE.rglob("templates/**/*.html")), ids=lambda path: str(path.relative_to(HOUSE)))
def test_templates_say_nothing_outside_translation(path: Path) -> None:
    found = untranslatable(path.read_text(encoding="utf-8"))
    assert [f"{path.relative_to(ROOT)}:{line}: {text}" for line, text in found] == []


def test_the_reader_of_templates_finds_what_it_should() -> None:
    assert untranslatable('<p>{% translate "Hello" %} {{ name }}</p>{# note #}<!-- note -->') == []
    assert untranslatable("<p>\n{% blocktranslate trimmed count n=n %}One{% plural %}Many{% endblocktranslate %}</p>") == []
    assert untranslatable("<p>\nHello {{ name }}</p>")[0][1] == "Hello"
    assert untranslatable('<img alt="A tree" src="x">')[0][1] == "A tree"
    assert untranslatable('<input type="submit" value="Go"><input type="hidden" value="go">') == [(1, "Go")]


def test_the_reader_of_python_finds_what_it_should() -> None:
    text = (
        "from django.utils.translation import gettext as _\n"
        "a = _(f'{x} left')\nb = _('%s left') % x\nc = _('left') + 'x'\nd = f'{_(\"left\")}'\ne = _('%(n)s left') % {'n': 1}\n"
    )
    found = pieced_together(Source(ROOT / "x.py", "x", ast.parse(text), text))
    assert sorted(int(fault.split(":")[1]) for fault in found) == [2, 3, 4, 5]
