"""``linli django makemessages``: every flat's own catalogue, in one call and in one form.

Differs from Django's command in three things: texts declared with ``kernel.words.sentence`` are found too; each flat is done in
its own ``locale`` without being named; and catalogues carry no dates or line numbers, so that a diff shows changed words alone.
"""

from __future__ import annotations

import argparse
import contextlib
import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import makemessages

LANGUAGE = "zh_Hans"
HOUSE = Path(__file__).resolve().parents[3]

HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: linli\\n"
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


class Command(makemessages.Command):
    """``makemessages [FLAT …]``: bring the Chinese catalogues up to date."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=sentence:2", "--keyword=sentence:2,3"]
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("flats", nargs="*", metavar="FLAT", help="the flats to do (default: every one)")
        parser.add_argument("--house", type=Path, default=HOUSE, help=argparse.SUPPRESS)

    def handle(self, *flats: str, **options: Any) -> None:
        chosen = options["flats"]
        for flat in sorted(p for p in options["house"].iterdir() if (p / "__init__.py").exists()):
            if flat.name in {"kernel", "methods"} or (chosen and flat.name not in chosen):
                continue
            self._one_flat(flat)

    def _one_flat(self, flat: Path) -> None:
        catalogue = flat / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
        catalogue.parent.mkdir(parents=True, exist_ok=True)
        if not catalogue.exists():
            catalogue.write_text(HEADER, encoding="utf-8")
        options: dict[str, Any] = {
            "locale": [LANGUAGE],
            "exclude": [],
            "domain": "django",
            "all": False,
            "extensions": ["html", "txt", "py"],
            "symlinks": False,
            "ignore_patterns": ["migrations/*"],
            "use_default_ignore_patterns": True,
            "no_wrap": True,
            "no_location": True,
            "add_location": None,
            "no_obsolete": True,
            "keep_pot": False,
            "verbosity": 0,
        }
        before = Path.cwd()
        os.chdir(flat)
        try:
            with contextlib.redirect_stdout(None):
                super().handle(**options)
        except CommandError as fault:
            raise CommandError(f"{flat.name}: {fault}") from fault
        finally:
            os.chdir(before)
        _tidy(catalogue)


def _tidy(catalogue: Path) -> None:
    """Without the lines that change at every run, and nothing at all where a flat says nothing."""
    text = catalogue.read_text(encoding="utf-8")
    changing = ('"POT-Creation-Date', '"PO-Revision-Date', '"Report-Msgid')
    kept = [line for line in text.splitlines() if not line.startswith(changing)]
    if sum(line.startswith("msgid ") for line in kept) <= 1:
        catalogue.unlink()
        return
    catalogue.write_text("\n".join(kept).strip() + "\n", encoding="utf-8")
