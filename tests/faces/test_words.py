"""Stored words become sentences in the reader's language."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import LazySettings
from django.utils import translation
from django.utils.translation import trans_real

from linli.faces import both, pick, render
from linli.kernel.words import Words, sentence

SEEN = sentence("test.faces.seen", "%(seen)s report in %(place)s.", "%(seen)s reports in %(place)s.", count="seen")
SINCE = sentence("test.faces.since", "Not verified since %(since)s: %(grids)s.")
NESTED = sentence("test.faces.nested", "It says: %(what)s")


@pytest.fixture(autouse=True)
def catalogue(tmp_path: Path, settings: LazySettings) -> Iterator[None]:
    """A Chinese catalogue of this test alone."""
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    texts = polib.POFile()
    texts.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=1; plural=0;"}
    one, many = "%(seen)s report in %(place)s.", "%(seen)s reports in %(place)s."
    texts.append(polib.POEntry(msgid=one, msgid_plural=many, msgstr_plural={0: "%(place)s%(seen)s件。"}))
    texts.append(polib.POEntry(msgid="Not verified since %(since)s: %(grids)s.", msgstr="自%(since)s起未核实：%(grids)s。"))
    texts.save_as_mofile(str(folder / "django.mo"))
    settings.LOCALE_PATHS = [tmp_path]
    _forget()
    yield
    settings.LOCALE_PATHS = []
    _forget()


def _forget() -> None:
    gettext._translations.clear()  # type: ignore[attr-defined]
    trans_real._translations.clear()  # type: ignore[attr-defined]
    trans_real._default = None  # type: ignore[attr-defined]


def test_numbers_places_and_plurals() -> None:
    words = Words(SEEN, {"seen": 1234, "place": {"en": "Willow Court", "zh-Hans": "柳荫里"}})
    assert both(words) == {"en": "1,234 reports in Willow Court.", "zh-Hans": "柳荫里1,234件。"}
    assert render(Words(SEEN, {"seen": 1, "place": "B2"}), "en") == "1 report in B2."


def test_stored_form_and_dates_and_lists() -> None:
    stored = Words(SINCE, {"since": {"day": "2026-09-21"}, "grids": ["03", "12"]}).as_json()
    assert render(stored, "en") == "Not verified since 21 Sept: 03, 12."
    assert render(stored, "zh-hans") == "自9月21日起未核实：03、12。"


def test_words_within_words_and_nothing() -> None:
    inner = Words(SEEN, {"seen": -2, "place": None}).as_json()
    assert render(Words(NESTED, {"what": inner}), "en") == "It says: −2 reports in –."


def test_the_page_decides_the_language() -> None:
    with translation.override("zh-hans"):
        assert render(Words(SEEN, {"seen": 3, "place": "07"})) == "073件。"


def test_an_unknown_key_gives_the_key() -> None:
    assert render({"key": "test.faces.gone", "params": {}}) == "test.faces.gone"


def test_pick() -> None:
    assert pick({"en": "Bridge", "zh-Hans": "桥"}, "zh-hans") == "桥"
    assert pick({"en": "Bridge"}, "zh-hans") == "Bridge"
    assert pick("plain") == "plain"
    assert pick({}) == "" == pick(None)
