"""A small town in the test's own database, loaded through the same job as a real one, and gone again afterwards."""

from __future__ import annotations

import fcntl
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import UUID

from linli.kernel.weeks import Week

RESIDENTS, WEEKS, SEED = 300, 7, 7
CODE = "999901001001"


@dataclass(frozen=True)
class Town:
    """The delivered files (a folder for each week below ``files/inbox``) and the community they were loaded into."""

    files: Path
    community: UUID

    @cached_property
    def weeks(self) -> list[Week]:
        from linli.site.demonstration import weeks_of

        return weeks_of(self.files)

    def inbox(self, week: Week) -> Path:
        """What arrives for one Monday."""
        return self.files / "inbox" / str(week)


def written(folder: Path) -> Path:
    """The files of the town; where several test workers ask at the same time, one writes and the others wait."""
    from linli.site.demo import write_demo

    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".written").exists():
            folder.mkdir(parents=True, exist_ok=True)
            write_demo(folder, seed=SEED, residents=RESIDENTS, weeks=WEEKS, communities=1)
            (folder / ".written").touch()
    return folder / CODE


def found(files: Path) -> Town:
    """The community with its territory, counters, categories and mappings; no Monday has been run yet."""
    from linli.site.demonstration import set_up

    return Town(files, set_up(files))


def loaded(files: Path) -> Town:
    """The community with every Monday run in order."""
    from linli.site.demonstration import run_weeks

    town = found(files)
    run_weeks(files, town.community)
    return town
