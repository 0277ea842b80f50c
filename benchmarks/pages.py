"""How quickly desk pages come while twenty people read: the installation as ``linli up`` starts it, readers on the same machine.

Twenty signed-in readers of several roles, in both languages, each opening one page every two seconds. Limit: 95 of 100 answers
within 150 ms in the server, from the call of the application to the answer's first byte.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import _measure as measure

P95_MS = 150.0
# role → how many readers
READERS = {
    "community_manager": 6,
    "desk_clerk": 5,
    "grid_worker": 5,
    "supervisor": 1,
    "department_officer": 1,
    "subdistrict_analyst": 1,
    "auditor": 1,
}
LANGUAGES = ("en", "zh-hans")
SEARCHES = ("柳荫苑3", "李伟")


@dataclass
class Reader:
    """Somebody signed in: cookies, and the pages of theirs as (name, address)."""

    role: str
    language: str
    cookies: dict[str, str] = field(default_factory=dict)
    pages: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """What came back; milliseconds in the server (wall and CPU) and as the reader saw it."""

    page: str
    status: int
    body: bytes
    location: str
    server_ms: float
    cpu_ms: float
    seen_ms: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two pages of one reader")
    parser.add_argument("--residents", type=int, default=9000)
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument(
        "--loaded", type=Path, metavar="DATA", help="a folder with the demonstration loaded; it is changed by reading"
    )
    given = parser.parse_args()
    with measure.scratch(given.loaded) as data:
        if not given.loaded:
            size = ["--residents", str(given.residents), "--weeks", str(given.weeks)]
            measure.run(["-m", "linli.site.cli", "demo", "--json", *size], data=data)
        port = _free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "linli.site.cli", "up", "--no-demo", "--port", str(port)],
            env=measure.environment(data, LINLI_TIMING="1"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return _measure(data, port, server, seconds=given.seconds, pause=given.pause)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)


def _measure(data: Path, port: int, server: subprocess.Popen[bytes], *, seconds: float, pause: float) -> int:
    _wait_until_ready(port, server)
    readers = _readers(data, port)
    answers: list[Answer] = []
    lock = threading.Lock()
    begin = time.perf_counter() + 1.0
    cpu = _cpu_of_session(server.pid)
    own = measure.own_cpu_s()

    def read(number: int, reader: Reader) -> None:
        chance = random.Random(number)
        due = begin + pause * number / len(readers)
        while due < begin + seconds:
            time.sleep(max(0.0, due - time.perf_counter()))
            answer = _get(port, reader, *chance.choice(reader.pages))
            with lock:
                answers.append(answer)
            due = max(due + pause, time.perf_counter())

    threads = [threading.Thread(target=read, args=pair) for pair in enumerate(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - begin
    cpu, own = _cpu_of_session(server.pid) - cpu, measure.own_cpu_s() - own
    failed = [f"{a.page} {a.status}" for a in answers if a.status != 200]
    by_page: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_page[answer.page].append(answer)
    inside = measure.spread([a.server_ms for a in answers], 1)
    return measure.tell(
        "pages",
        value={"p95_ms": inside["p95"], "failed": len(failed)},
        limit={"p95_ms": P95_MS, "failed": 0},
        server_ms=inside,
        cpu_ms=measure.spread([a.cpu_ms for a in answers], 1),
        seen_ms=measure.spread([a.seen_ms for a in answers], 1),
        quality={"pages_read": len(answers), "a_second": round(len(answers) / wall, 1), "failed": failed[:5]},
        cpu_share={"server_cores": round(cpu / wall, 2), "readers_cores": round(own / wall, 2)},
        pages={
            name: {
                "n": len(found),
                **measure.spread([a.server_ms for a in found], 1),
                "cpu_p50": round(statistics.median(a.cpu_ms for a in found), 1),
                "kb": round(statistics.fmean(len(a.body) for a in found) / 1024),
            }
            for name, found in sorted(by_page.items(), key=lambda it: -statistics.median(a.server_ms for a in it[1]))
        },
    )


def _readers(data: Path, port: int) -> list[Reader]:
    """Sign everybody in and look up, by reading, what each may open: the pages of their role with the numbers of real records."""
    accounts = json.loads((data / "demo-accounts.json").read_text("utf-8"))
    main = accounts[0]["community"]
    readers = []
    for role, count in READERS.items():
        account = next(a for a in accounts if a["role"] == role and a["community"] == main)
        pages: list[tuple[str, str]] = []
        for number in range(count):
            reader = Reader(role, LANGUAGES[number % 2])
            _sign_in(port, reader, account["username"], account["password"])
            pages = pages or _pages_of(port, reader, main)
            if not pages:
                raise RuntimeError(f"{role} may open no page")
            # What was asked is kept in the session that asked it.
            searches = [_asked(port, reader, f"/desk/{main}", q) for q in SEARCHES]
            reader.pages = [*pages, *(("people", address) for address in searches if address)]
            readers.append(reader)
        for page in pages:  # once more, so that both web processes have opened every page before time is taken
            _get(port, readers[-1], *page)
    return readers


def _pages_of(port: int, reader: Reader, code: str) -> list[tuple[str, str]]:
    """(name, address) of everything on the desk that opens for this reader; a page refused (403) is left out."""
    desk = f"/desk/{code}"
    wanted = [
        ("monday", f"{desk}/monday/"),
        ("agenda", f"{desk}/monday/agenda/"),
        ("board", f"{desk}/focus/"),
        ("board", f"{desk}/focus/?all="),
        ("grids", f"{desk}/grids/"),
        ("population", f"{desk}/population/"),
        ("cases", f"{desk}/cases/"),
        ("cases", f"{desk}/cases/?queue=closed&page=3"),
        ("imports", f"{desk}/imports/"),
        ("worklist", f"{desk}/work/"),
        ("audit", f"{desk}/audit/"),
        ("menu", f"{desk}/menu/"),
        ("field list", f"/field/{code}/"),
    ]
    # name → (page that lists it, what its address looks like, how many)
    listed = {
        "finding": (f"{desk}/focus/", rf"{desk}/focus/[0-9a-f-]{{36}}/", 4),
        "earlier board": (f"{desk}/focus/", rf"{desk}/focus/\?week=[0-9W-]+", 2),
        "grid": (f"{desk}/grids/", rf"{desk}/grids/\d\d/", 3),
        "person": (_asked(port, reader, desk, "柳荫苑3") or f"{desk}/people/", rf"{desk}/people/[0-9a-f-]{{36}}/", 3),
        "case": (f"{desk}/cases/", rf"{desk}/cases/[0-9a-f-]{{36}}/", 3),
        "import": (f"{desk}/imports/", rf"{desk}/imports/[0-9a-f-]{{36}}/", 3),
    }
    for name, (where, pattern, count) in listed.items():
        found = list(dict.fromkeys(re.findall(pattern, _get(port, reader, name, where).body.decode())))
        wanted += [(name, address) for address in found[:count]]
    pages = []
    for name, address in wanted:
        answer = _get(port, reader, name, address)
        if answer.status == 200:
            pages.append((name, address))
        elif answer.status != 403:
            raise RuntimeError(f"{reader.role}: {address} answers {answer.status}")
    return pages


def _asked(port: int, reader: Reader, desk: str, q: str) -> str:
    """Ask for people, as the form does. Returns the address of the answer; empty for who may not."""
    page = _get(port, reader, "people", f"{desk}/people/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.body.decode())
    if page.status != 200 or not token:
        return ""
    answer = _get(port, reader, "people", f"{desk}/people/", urlencode({"q": q, "csrfmiddlewaretoken": token[1]}))
    if answer.status != 303:
        raise RuntimeError(f"{reader.role}: a search answers {answer.status}")
    return answer.location


def _sign_in(port: int, reader: Reader, username: str, password: str) -> None:
    form = _get(port, reader, "sign-in", "/accounts/login/").body.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    fields = {"login": username, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
    answer = _get(port, reader, "sign-in", "/accounts/login/", urlencode(fields))
    if answer.status != 302:
        raise RuntimeError(f"{username} could not sign in: {answer.status}")
    reader.cookies["linli_language"] = reader.language


def _get(port: int, reader: Reader, page: str, address: str, body: str | None = None) -> Answer:
    """Open one page on a connection of its own."""
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in reader.cookies.items()), "Host": f"127.0.0.1:{port}"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    start = time.perf_counter()
    connection.request("GET" if body is None else "POST", address, body, headers)
    response = connection.getresponse()
    content = response.read()
    seen = 1000 * (time.perf_counter() - start)
    for cookie in response.headers.get_all("Set-Cookie", []):
        name, _, value = cookie.split(";")[0].partition("=")
        reader.cookies[name] = value
    timing = dict(part.split(";dur=") for part in (response.headers["Server-Timing"] or "app;dur=0, cpu;dur=0").split(", "))
    connection.close()
    location = response.headers["Location"] or ""
    return Answer(page, response.status, content, location, float(timing["app"]), float(timing["cpu"]), seen)


def _wait_until_ready(port: int, server: subprocess.Popen[bytes], patience_s: float = 90) -> None:
    nobody = Reader("", "en")
    until = time.monotonic() + patience_s
    while time.monotonic() < until and server.poll() is None:
        try:
            if _get(port, nobody, "health", "/health").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.3)
    raise RuntimeError("the server did not become ready")


def _cpu_of_session(leader: int) -> float:
    """CPU seconds used until now by the server's processes: the supervisor and its children."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        fields = text.rsplit(")", 1)[1].split()
        parent, own = int(fields[1]), int(stat.parent.name)
        if leader in (own, parent) or _parent(parent) == leader:
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def _parent(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    raise SystemExit(main())
