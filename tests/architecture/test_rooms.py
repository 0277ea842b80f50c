"""Who may speak to whom, in the detail that layers alone don't show (docs/explanation/house.md)."""

from __future__ import annotations

import ast
import sys

from tests.support.source import HOUSE, Source, sources

OPEN_ROOMS = {"rules", "queries", "commands", "facts", "signals"}
"""What one flat may use of a lower one. ``facts`` and ``signals`` are declarations that site/wiring.py lists."""

MEANS = {"trust", "facts", "faces", "intake", "work"}
CLOSED_ROOMS = {"models", "web", "api", "jobs", "urls", "apps", "migrations", "management", "templatetags"}
GROUND = {"kernel", "methods"}


def _faults(source: Source) -> list[str]:
    found = []
    for node, name in source.imports():
        parts = name.split(".")
        if parts[0] != "linli" or len(parts) < 3 or parts[1] in GROUND or parts[1] == source.flat:
            continue
        flat, room = parts[1], parts[2]
        is_room = (HOUSE / flat / room).is_dir() or (HOUSE / flat / f"{room}.py").is_file()
        if flat in MEANS:
            if is_room and room in CLOSED_ROOMS:
                found.append(f"{source.at(node)}: {name}: {flat} speaks through its public names, not its {room}")
        elif room not in OPEN_ROOMS:
            found.append(f"{source.at(node)}: {name}: of {flat} only its rules, queries and commands are open")
    return found


def test_a_flat_enters_another_only_through_its_open_rooms() -> None:
    faults = [fault for source in sources() if source.flat not in {"site", ""} for fault in _faults(source)]
    assert faults == []


def test_kernel_rests_on_the_standard_library_alone() -> None:
    faults = [
        f"{source.at(node)}: {name}"
        for source in sources()
        if source.flat == "kernel"
        for node, name in source.imports()
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("linli.kernel")
    ]
    assert faults == []


def test_rules_decide_without_a_database() -> None:
    faults = [
        f"{source.at(node)}: {name}"
        for source in sources()
        if source.room == "rules"
        for node, name in source.imports()
        if name.split(".")[0] in {"ninja", "duckdb", "ibis", "pyogrio"} or name.startswith(("django.db", "django.http"))
    ]
    assert faults == []


def test_foreign_keys_are_named_by_string() -> None:
    """A class of another module in a foreign key would tie the order of imports to the order of tables."""
    faults = []
    for source in sources():
        for node in ast.walk(source.tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr not in {"ForeignKey", "OneToOneField", "ManyToManyField"}:
                continue
            target = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "to"), None)
            own = {c.name for c in source.tree.body if isinstance(c, ast.ClassDef)}
            named = (
                isinstance(target, ast.Constant)
                or (isinstance(target, ast.Name) and target.id in own)
                or (isinstance(target, ast.Attribute) and target.attr == "AUTH_USER_MODEL")
            )
            if not named:
                faults.append(source.at(node))
    assert faults == []


def test_no_public_name_is_also_the_name_of_a_module() -> None:
    """Importing ``linli.x.y`` sets ``y`` on the package and hides a public name ``y`` that loads on first use."""
    faults = []
    for package in HOUSE.glob("*/__init__.py"):
        modules = {p.stem for p in package.parent.glob("*.py")} | {p.parent.name for p in package.parent.glob("*/__init__.py")}
        tree = ast.parse(package.read_text(encoding="utf-8"))
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        offered = {
            alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
        }
        if hidden := modules & offered & texts:
            faults.append(f"{package.parent.name}: {sorted(hidden)}")
    assert faults == []
