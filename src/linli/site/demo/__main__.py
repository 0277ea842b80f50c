"""``python -m linli.site.demo OUT``: write the files alone, without loading them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from linli.kernel.weeks import Week
from linli.site.demo import write_demo


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m linli.site.demo", description="Write a synthetic community as files.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--residents", type=int, default=9000)
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--last-week", type=Week.parse, default=None)
    parser.add_argument("--territory", type=Path, default=None)
    parser.add_argument("--communities", type=int, default=2)
    given = parser.parse_args()
    report = write_demo(
        given.out,
        seed=given.seed,
        residents=given.residents,
        weeks=given.weeks,
        last_week=given.last_week,
        territory=given.territory,
        communities=given.communities,
    )
    print(json.dumps({"communities": report.communities, "planted": str(report.planted)}))


if __name__ == "__main__":
    main()
