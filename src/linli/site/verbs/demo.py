"""``linli demo``: a synthetic community as files, loaded through the same job as a real one's."""

from __future__ import annotations

import argparse
import multiprocessing
import os
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from rich.progress import Progress, TaskID

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

    from linli.site.demo import write_demo

    out: Path = arguments.out or Path(settings.DATA) / "demo"
    rounds: list[float] = []
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
        if not arguments.files_only:
            rounds = _load_all([out / code for code in report.communities], Path(settings.DATA), bar)
    figures = {"rounds": len(rounds), "seconds": round(sum(rounds), 1), "slowest": round(max(rounds, default=0.0), 2)}
    if arguments.json:
        result({"communities": list(report.communities), "planted": str(report.planted), **figures})
    else:
        say(f"Communities: {', '.join(report.communities)}; planted troubles: {report.planted}")
        if rounds:
            say(f"{figures['rounds']} Mondays in {figures['seconds']} s of work, the slowest {figures['slowest']} s.")
    return 0


def _load_all(folders: list[Path], data: Path, bar: Progress) -> list[float]:
    """Load the communities side by side, as many at once as there are cores; then make the accounts. Seconds of every round."""
    from linli.site import demonstration

    tasks = [bar.add_task(f"Mondays of {folder.name}", total=len(demonstration.weeks_of(folder))) for folder in folders]
    # What may only happen once (zones, sub-district) happens here, one after the other.
    communities = [(folder.name, demonstration.set_up(folder)) for folder in folders]
    at_once = min(len(folders), os.cpu_count() or 1)
    if at_once == 1:
        loaded = [_rounds(folder, lambda t=task: bar.update(t, advance=1)) for folder, task in zip(folders, tasks, strict=True)]
    else:
        loaded = _side_by_side(folders, tasks, bar, at_once)
    demonstration.add_accounts(communities, data)
    demonstration.tie_resident(communities[0][1])
    return [seconds for rounds in loaded for seconds in rounds]


def _rounds(folder: Path, step: Any) -> list[float]:
    from linli.site import demonstration

    results = demonstration.run_weeks(folder, demonstration.set_up(folder), after=lambda _week, _done: step())
    return [sum(done.seconds.values()) for done in results if not done.again]


def _side_by_side(folders: list[Path], tasks: list[TaskID], bar: Progress, at_once: int) -> list[list[float]]:
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(at_once, mp_context=context, initializer=_begin) as pool:
        told: Queue[int] = manager.Queue()
        running = [pool.submit(_apart, folder, place, told) for place, folder in enumerate(folders)]
        while not all(future.done() for future in running):
            _tell(told, tasks, bar)
            _raise_first(running)
        _tell(told, tasks, bar, wait=False)
        return [future.result() for future in running]


def _tell(told: Queue[int], tasks: list[TaskID], bar: Progress, *, wait: bool = True) -> None:
    """Pass on what the processes have finished; look up once a second."""
    try:
        while True:
            bar.update(tasks[told.get(timeout=1.0 if wait else 0.0)], advance=1)
    except Empty:
        return


def _raise_first(running: list[Future[list[float]]]) -> None:
    for future in running:
        if future.done() and future.exception():
            future.result()


def _begin() -> None:
    """A process of its own: the same installation, its own connection."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.site.settings")
    import django

    django.setup()


def _apart(folder: Path, place: int, told: Queue[int]) -> list[float]:
    from linli.trust import SYSTEM, walls

    with walls.everything(SYSTEM):
        return _rounds(folder, lambda: told.put(place))
