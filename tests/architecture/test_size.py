"""No file grows until nobody reads it."""

from __future__ import annotations

import ast

from tests.support.source import ROOT, SRC, sources

LIMIT = 450


def test_no_file_is_longer_than_the_limit() -> None:
    kinds = ("*.py", "*.html", "*.ts", "*.scss")
    long = {}
    for folder in (SRC, ROOT / "frontend" / "scripts", ROOT / "frontend" / "styles", ROOT / "tests"):
        for kind in kinds:
            for path in folder.rglob(kind):
                lines = path.read_text(encoding="utf-8").count("\n")
                if lines > LIMIT:
                    long[str(path.relative_to(ROOT))] = lines
    assert long == {}


def test_modules_say_what_they_are() -> None:
    silent = [
        str(source.path.relative_to(ROOT))
        for source in sources()
        if source.text.strip() and source.path.name not in {"apps.py", "urls.py"} and ast.get_docstring(source.tree) is None
    ]
    assert silent == []
