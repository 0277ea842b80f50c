"""Every address of the house, as Django resolves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from linli.kernel.ids import new_id


@dataclass(frozen=True)
class Address:
    """One pattern: its route, its view, and the converters of its parameters."""

    route: str
    name: str
    view: Callable[..., Any]
    parameters: tuple[tuple[str, str], ...]

    @property
    def page(self) -> str | None:
        """Name of the page, where the view went through ``@page``."""
        return getattr(self.view, "__linli_page__", None)

    def path(self, code: str) -> str:
        """The address with the community's code and, for everything else, something well-formed that doesn't exist."""
        values = {"uuid": str(new_id()), "int": "987654321", "str": "no-such-thing", "slug": "no-such-thing", "path": "no/such"}
        path = self.route
        for name, kind in self.parameters:
            value = code if name == "code" else values.get(kind, "2026-W01")
            path = re.sub(rf"<(?:\w+:)?{name}>", value, path)
        return f"/{path}"


def addresses() -> Iterator[Address]:
    """Our own addresses and those of packages, flat."""
    yield from _below(get_resolver().url_patterns, "", "")


def _below(patterns: list[Any], prefix: str, space: str) -> Iterator[Address]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _below(pattern.url_patterns, route, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            parameters = tuple((name, kind or "str") for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", route))
            yield Address(route, f"{space}{pattern.name}", pattern.callback, parameters)
