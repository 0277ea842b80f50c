"""``linli demo``: a synthetic community as files, loaded through the same job as a real one's."""

from __future__ import annotations

import argparse
from pathlib import Path

from linli.site.verbs.output import progress, result, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``[--seed N] [--residents N] [--weeks N] [--territory FILE] [--out DIR] [--json]``."""
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--residents", type=int, default=9000, help="in the first community; the second is a third of it")
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--communities", type=int, default=2)
    parser.add_argument("--territory", type=Path, metavar="FILE", help="put the residents into the buildings of a real territory")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the files are written (default: DATA/demo)")
    parser.add_argument("--files-only", action="store_true", help="write the files and load nothing")
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    """Exit status 0; 2 for numbers too small or a territory without usable buildings."""
    from django.conf import settings

    from linli.site import demonstration
    from linli.site.demo import write_demo

    out: Path = arguments.out or Path(settings.DATA) / "demo"
    with progress(quiet=arguments.json) as bar:
        writing = bar.add_task("Writing the delivered files", total=arguments.weeks * arguments.communities)

        def wrote(_stage: str, done: int, _total: int) -> None:
            bar.update(writing, completed=done)

        try:
            report = write_demo(
                out,
                seed=arguments.seed,
                residents=arguments.residents,
                weeks=arguments.weeks,
                communities=arguments.communities,
                territory=arguments.territory,
                progress=wrote,
            )
        except ValueError as fault:
            say(str(fault))
            return 2
        bar.update(writing, completed=arguments.weeks * arguments.communities)
        results = []
        communities = []
        if not arguments.files_only:
            for code in report.communities:
                weeks = demonstration.weeks_of(out / code)
                task = bar.add_task(f"Mondays of {code}", total=len(weeks))
                community = demonstration.set_up(out / code)
                communities.append((code, community))
                results += demonstration.run_weeks(out / code, community, after=lambda _w, _d, t=task: bar.update(t, advance=1))  # type: ignore[misc]
            demonstration.add_accounts(communities, Path(settings.DATA))
    figures = demonstration.figures(results)
    if arguments.json:
        result({"communities": list(report.communities), "planted": str(report.planted), **figures})
    else:
        say(f"Communities: {', '.join(report.communities)}; planted troubles: {report.planted}")
        if results:
            say(f"{figures['rounds']} Mondays in {figures['seconds']} s, the slowest {figures['slowest']} s.")
    return 0
