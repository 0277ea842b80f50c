"""What the papers promise is there, and what is there is on paper."""

from __future__ import annotations

import re

from linli.site.cli import VERBS
from linli.trust.rules import Role
from tests.support.source import ROOT, sources


def _paper(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_every_setting_is_documented_and_no_other() -> None:
    reads = re.compile(r"(?:_flag\(|environ\.get\(|environ\[|environ\.setdefault\()\"(LINLI_[A-Z_]+)\"")
    read = {name for source in sources() for name in reads.findall(source.text)}
    written = set(re.findall(r"`(LINLI_[A-Z_]+)`", _paper("docs/reference/settings.md")))
    assert read == written


def test_every_verb_is_documented_and_no_other() -> None:
    assert set(re.findall(r"^\| `linli (\w+)`", _paper("docs/reference/command-line.md"), re.MULTILINE)) == set(VERBS)


def test_every_role_has_its_two_names_in_the_glossary() -> None:
    named = set(re.findall(r"^\| [^|]+ \| [^|]*[\u4e00-\u9fff][^|]* \| `(\w+)` \|$", _paper("GLOSSARY.md"), re.MULTILINE))
    assert set(Role) <= named
