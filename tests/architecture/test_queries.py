"""Every read that leaves a flat knows who reads."""

from __future__ import annotations

import ast

from tests.support.source import sources


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {argument.arg for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]}


def test_every_public_query_takes_a_viewer() -> None:
    faults = [
        f"{source.at(node)} {node.name}"
        for source in sources()
        if source.room == "queries" and source.flat != "trust"
        for node in source.public_functions()
        if "viewer" not in _arguments(node)
    ]
    assert faults == []


def test_every_public_query_uses_its_viewer() -> None:
    """A parameter that nothing reads protects nobody. What is open to everybody says so in its name: ``public_…``."""
    faults = []
    for source in sources():
        if source.room != "queries":
            continue
        for node in source.public_functions():
            if "viewer" not in _arguments(node) or node.name.startswith("public_"):
                continue
            used = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
            if "viewer" not in used:
                faults.append(f"{source.at(node)} {node.name}")
    assert faults == []
