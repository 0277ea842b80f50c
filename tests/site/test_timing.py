"""Answers that say how long they took."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from linli.site.timing import timed


def _page(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]


def test_the_answer_stays_and_its_time_is_told() -> None:
    seen: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], *_rest: Any) -> None:
        seen.append((status, headers))

    assert list(timed(_page)({"PATH_INFO": "/here"}, start)) == [b"/here"]
    [(status, headers)] = seen
    assert status == "200 OK"
    assert headers[0] == ("Content-Type", "text/plain")
    name, told = headers[1]
    assert name == "Server-Timing"
    durations = dict(part.split(";dur=") for part in told.split(", "))
    assert set(durations) == {"app", "cpu"}
    assert all(float(value) >= 0 for value in durations.values())
