"""Every write is a command: permission, scope, transaction, audit."""

from __future__ import annotations

import importlib
import inspect
from types import FunctionType

import pytest

from tests.support.source import Source, sources

ROOMS = [source for source in sources() if source.room == "commands"]


@pytest.mark.parametrize("source", ROOMS, ids=lambda source: source.name)
def test_every_public_function_is_a_command(source: Source) -> None:
    module = importlib.import_module(source.name)
    bare = [
        source.at(node) + f" {node.name}"
        for node in source.public_functions()
        if not getattr(getattr(module, node.name), "__linli_command__", None)
    ]
    assert bare == []


@pytest.mark.parametrize("source", ROOMS, ids=lambda source: source.name)
def test_commands_take_keywords_only_and_an_actor(source: Source) -> None:
    module = importlib.import_module(source.name)
    for node in source.public_functions():
        function = inspect.unwrap(getattr(module, node.name))
        assert isinstance(function, FunctionType)
        kinds = {name: parameter.kind for name, parameter in inspect.signature(function).parameters.items()}
        assert kinds.get("by") is inspect.Parameter.KEYWORD_ONLY, f"{source.at(node)} {node.name} takes no `by`"
        assert set(kinds.values()) == {inspect.Parameter.KEYWORD_ONLY}, f"{source.at(node)} {node.name}"


def test_names_of_commands_are_unique() -> None:
    names: dict[str, str] = {}
    for source in ROOMS:
        module = importlib.import_module(source.name)
        for node in source.public_functions():
            command = getattr(module, node.name)
            name = getattr(command.__linli_command__, "name", command.__linli_command__)
            assert names.setdefault(str(name), source.at(node)) == source.at(node), name


def test_only_commands_open_transactions() -> None:
    faults = [
        f"{source.at(node)}: {name}"
        for source in sources()
        if source.flat != "trust"
        for node, name in source.imports()
        if name in {"django.db.transaction.atomic", "django.db.transaction"} and source.room not in {"commands", "jobs"}
    ]
    assert faults == []
