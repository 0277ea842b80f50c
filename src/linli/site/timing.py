"""How long the server took over each answer, told in the answer itself. For measuring only: ``LINLI_TIMING=1`` switches it on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]


def timed(application: Application) -> Application:
    """``application`` with a ``Server-Timing`` header: milliseconds on the wall (``app``) and on the CPU (``cpu``).

    Counted from the call to the first byte of the answer, so with every middleware, without the wait for a free thread.
    """

    def answer(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        begun, begun_cpu = time.perf_counter(), time.thread_time()

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            wall, cpu = time.perf_counter() - begun, time.thread_time() - begun_cpu
            told = f"app;dur={1000 * wall:.2f}, cpu;dur={1000 * cpu:.2f}"
            return start_response(status, [*headers, ("Server-Timing", told)], *rest)

        return application(environ, start)

    return answer
