"""What must never be in the repository, and what always must."""

from __future__ import annotations

import re

import pytest

from tests.support.source import ROOT, tracked

# Written so that this file doesn't find itself.
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/[\w.]")
REGISTRY = re.compile(r"(?:registry\.npmjs\.org|files\.pythonhosted\.org|registry\.yarnpkg\.com|\"resolved\":)")
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".json",
    ".html",
    ".css",
    ".scss",
    ".ts",
    ".mjs",
    ".js",
    ".po",
    ".csv",
    ".yml",
    ".yaml",
    ".sh",
    ".txt",
    "",
}
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def _texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        if path.suffix in TEXT and path.name != "uv.lock" and path.stat().st_size < 2_000_000:
            found.append((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8", errors="replace")))
    return found


@pytest.mark.parametrize("pattern", [MACHINE, REGISTRY, SECRET], ids=["machine path", "registry host", "private key"])
def test_no_file_carries(pattern: re.Pattern[str]) -> None:
    found = []
    for name, text in _texts():
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    assert found == []


def test_no_built_or_large_file_is_tracked() -> None:
    built = [str(p.relative_to(ROOT)) for p in tracked() if p.suffix in {".mo", ".pyc", ".sqlite3", ".parquet", ".db"}]
    large = [str(p.relative_to(ROOT)) for p in tracked() if p.stat().st_size > 1_500_000]
    assert (built, large) == ([], [])


@pytest.mark.parametrize("name", ["README.md", "LICENSE", "NOTICE", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md", "uv.lock"])
def test_papers_are_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 200


def test_decisions_are_short_and_have_their_four_parts() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert decisions
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") < 40, path.name
        for part in ("Status:", "## Context", "## Decision", "## Consequences"):
            assert part in text, f"{path.name} lacks {part}"


def test_links_between_papers_lead_somewhere() -> None:
    lost = []
    for path in tracked():
        if path.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                lost.append(f"{path.relative_to(ROOT)}: {target}")
    assert lost == []
