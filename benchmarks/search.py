"""Finding people on a register of a million: by name, given name, pinyin, initials, address, door, telephone, document number.

    script/bench search                        1,000,000 people on SQLite, 200 searches of each kind
    python benchmarks/search.py --rows 100000 --keep FOLDER      a folder that has its register already is only searched

Limit: 95 of 100 searches of each kind within 100 ms, with everything: keyed hashes, look-up, opening, confirming, the lines of
the page. What finds more than 200 people is counted and asks for more; ``listed`` says how many searches ended in a list.
``narrowed``: the same searches with a year of birth, a building, or only those who live there now; that applies before anybody is
opened.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import register as population
import register_files
from _measure import open_here, run, scratch, spread, tell

LIMIT_MS = 100.0
TODAY = date(2026, 11, 16)


def ask(rows: int, searches: int, seed: int) -> dict[str, dict[str, float]]:
    """Milliseconds by kind of search."""
    from django.db import connection

    from linli.methods.names import initials, normal_name, pinyin, split_name
    from linli.register.models import Person
    from linli.register.opening import open_people
    from linli.register.queries.search import Narrow, search_people
    from linli.trust import SYSTEM, community_by_code

    with connection.cursor() as cursor:
        # What the next write does anyway: what was loaded goes from the log into the database.
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    community = community_by_code(viewer=SYSTEM, code=population.CODE).id
    chance = random.Random(seed)
    made = register_files.town(rows, seed=seed)
    everybody = list(Person.objects.filter(community=community).order_by("id").values_list("id", flat=True)[: 20 * searches : 20])
    known = [person for person in open_people(community, everybody).values() if person.key is not None]
    homes = [int(made.dwelling[chance.randrange(rows)]) for _ in range(searches)]

    def people(of: Callable[[Any], str]) -> Iterator[str]:
        return (text for person in chance.sample(known, min(searches, len(known))) if (text := of(person)))

    def estate(dwelling: int) -> str:
        name, number = register_files.estate(dwelling // register_files.DWELLINGS)
        return f"{name}{number}"

    kinds: dict[str, Iterable[str]] = {
        "name": people(lambda p: p.name),
        "given": people(lambda p: given if len(given := split_name(normal_name(p.name))[1]) > 1 else ""),
        "pinyin": people(lambda p: pinyin(normal_name(p.name))),
        "initials": people(lambda p: initials(normal_name(p.name))),
        "building": (estate(home) for home in homes),
        "door": (register_files.address(home) for home in homes),
        "phone": people(lambda p: p.phone[-4:]),
        "number": people(lambda p: p.number),
        "nobody": (f"{chance.choice('赵钱孙李')}无{chance.choice('此彼')}" for _ in range(searches)),
    }
    narrows = [Narrow(born=(date(1954, 1, 1), date(1954, 12, 31))), Narrow(place=estate(homes[0])), Narrow(here=True)]
    found: dict[str, dict[str, float]] = {}
    for kind, texts in kinds.items():
        asked = list(texts)
        for label, choices in ((kind, [None]), (f"{kind}, narrowed", narrows)):
            took, cpu, listed = list[float](), list[float](), 0
            for q in asked:
                start, worked = time.perf_counter(), time.process_time()
                result = search_people(viewer=SYSTEM, community=community, q=q, today=TODAY, narrow=chance.choice(choices))
                took.append(1000 * (time.perf_counter() - start))
                cpu.append(1000 * (time.process_time() - worked))
                listed += bool(result.rows)
            found[label] = {**spread(took, 1), "cpu_p95": spread(cpu, 1)["p95"], "searches": len(took), "listed": listed}
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--searches", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--ask", action="store_true", help="search the register of this process's folder")
    given = parser.parse_args()
    if given.ask:
        open_here(Path(os.environ["LINLI_DATA"]))
        sys.stdout.write(json.dumps(ask(given.rows, given.searches, given.seed)))
        return 0
    with scratch(given.keep) as data:
        if not (data / "built").exists():
            files = population.prepare(data, given.rows, given.seed, "")
            population.renew(data, "", files[0], population.WEEKS[0])
            (data / "built").touch()
        asked = [__file__, "--ask", "--rows", str(given.rows), "--searches", str(given.searches), "--seed", str(given.seed)]
        found = json.loads(run(asked, data=data).out)
    slowest = {kind: row["p95"] for kind, row in found.items()}
    return tell("search", value=slowest, limit=dict.fromkeys(slowest, LIMIT_MS), rows=given.rows, spread=found)


if __name__ == "__main__":
    sys.exit(main())
