"""What the architecture tests read: our own source files, parsed once."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
HOUSE = SRC / "linli"


@dataclass(frozen=True)
class Source:
    """One Python module of the house."""

    path: Path
    name: str
    tree: ast.Module
    text: str

    @property
    def flat(self) -> str:
        """``linli.cases.web.desk`` → ``cases``; empty for the top package itself."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""

    @property
    def room(self) -> str:
        """``linli.cases.web.desk`` → ``web``; empty for a package itself."""
        parts = self.name.split(".")
        return parts[2] if len(parts) > 2 else ""

    def at(self, node: ast.AST) -> str:
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"

    def public_functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [
            node
            for node in self.tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
        ]

    def imports(self) -> Iterator[tuple[ast.AST, str]]:
        """Every imported name in full: ``from linli.cases import rules`` gives ``linli.cases.rules``."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node, alias.name
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    package = self.name.split(".")
                    keep = len(package) - node.level + (self.path.name == "__init__.py")
                    base = ".".join([*package[:keep], *([node.module] if node.module else [])])
                for alias in node.names:
                    yield node, f"{base}.{alias.name}"


@cache
def sources() -> tuple[Source, ...]:
    """Every module below src/linli, without migrations (Django writes those)."""
    found = []
    for path in sorted(HOUSE.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        parts = list(path.relative_to(SRC).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        found.append(Source(path, ".".join(parts), ast.parse(text, str(path)), text))
    return tuple(found)


@cache
def tracked() -> tuple[Path, ...]:
    """The files that belong to the repository; outside a checkout, every file that would."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode == 0:
        names = [ROOT / name for name in done.stdout.decode().split("\0") if name]
    else:
        hidden = {".venv", ".tools", "node_modules", "var", "__pycache__"}
        names = [path for path in ROOT.rglob("*") if not hidden & set(path.relative_to(ROOT).parts)]
    return tuple(path for path in names if path.is_file())
