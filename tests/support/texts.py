"""Finds texts that people will see and that nobody could translate: in templates, and around gettext in Python."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser

from tests.support.source import Source

SAME_IN_EVERY_LANGUAGE = {
    *(
        "Linli",
        "邻里",
        "Linli 邻里",
        "English",
        "中文",
        "简体中文",
        "A",
        "Aa",
        "N",
        "km",
        "m",
        "m²",
        "CSV",
        "XLSX",
        "JSON",
        "PDF",
        "A4",
        "API",
    ),
}
SPOKEN_ATTRIBUTES = {"alt", "aria-description", "aria-label", "aria-roledescription", "label", "placeholder", "title"}
PRESSED = {"submit", "button", "reset"}

_LETTER = re.compile(r"[^\W\d_]")
_SILENT = [
    re.compile(r"{#.*?#}"),
    re.compile(r"{%\s*comment\b.*?%}.*?{%\s*endcomment\s*%}", re.DOTALL),
    re.compile(r"{%\s*blocktrans(?:late)?\b.*?%}.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL),
    re.compile(r"{%\s*block (?:\w*class|face)\s*%}[\w\s-]*{%\s*endblock[^%]*%}"),  # a name for the style sheet
    re.compile(r"{%\s*verbatim\b.*?%}.*?{%\s*endverbatim[^%]*%}", re.DOTALL),
    re.compile(r"{%.*?%}", re.DOTALL),
    re.compile(r"{{.*?}}", re.DOTALL),
]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self._silent = 0

    def _note(self, text: str) -> None:
        bare = " ".join(text.split())
        if _LETTER.search(bare) and bare.strip(" ·|/:,.()—–-") not in SAME_IN_EVERY_LANGUAGE:
            self.found.append((self.getpos()[0], bare[:80]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "kbd"}:
            self._silent += 1
        values = dict(attrs)
        for name, value in attrs:
            spoken = name in SPOKEN_ATTRIBUTES or (name == "value" and tag == "input" and values.get("type") in PRESSED)
            if spoken and value:
                self._note(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in {"script", "style", "kbd"}:
            self._silent -= 1

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "kbd"}:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._note(data)


def untranslatable(template: str) -> list[tuple[int, str]]:
    """Line and text of each piece that stands outside ``translate`` and ``blocktranslate``."""
    for pattern in _SILENT:
        template = pattern.sub(lambda match: "\n" * match[0].count("\n"), template)
    reader = _Reader()
    reader.feed(template)
    reader.close()
    return reader.found


# Which positional arguments are texts.
_TEXTS = {
    "gettext": (0,), "gettext_lazy": (0,), "gettext_noop": (0,),
    "ngettext": (0, 1), "ngettext_lazy": (0, 1),
    "pgettext": (0, 1), "pgettext_lazy": (0, 1),
    "npgettext": (0, 1, 2), "npgettext_lazy": (0, 1, 2),
    "sentence": (0, 1, 2),
}  # fmt: skip
_UNNAMED = re.compile(r"%(?:[sdif]|\.\d)|(?<!{){[a-z_0-9]*}(?!})")


def _names(tree: ast.Module) -> dict[str, str]:
    """Local name → function of gettext or of kernel.words."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in {"django.utils.translation", "linli.kernel.words"}:
            found.update({alias.asname or alias.name: alias.name for alias in node.names if alias.name in _TEXTS})
    return found


def pieced_together(source: Source) -> list[str]:
    """Texts for translation that are computed, carry unnamed parameters, or are glued to something else."""
    names = _names(source.tree)

    def called(node: ast.AST) -> str | None:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return names.get(node.func.id)
        return None

    faults = []
    for node in ast.walk(source.tree):
        function = called(node)
        if function and isinstance(node, ast.Call):
            for place in _TEXTS[function]:
                if place >= len(node.args):
                    continue
                argument = node.args[place]
                if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                    faults.append(f"{source.at(argument)}: {function} takes a plain text, so that it can be found and translated")
                elif _UNNAMED.search(argument.value):
                    faults.append(f"{source.at(argument)}: parameters are named: %(count)s, not %s or {{}}")
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and (called(node.left) or called(node.right)):
            faults.append(f"{source.at(node)}: a translated text is glued to another; make it one sentence with named parameters")
        if isinstance(node, ast.JoinedStr) and any(called(part) for part in ast.walk(node)):
            faults.append(f"{source.at(node)}: a translated text inside an f-string; make it one sentence with named parameters")
    return faults
