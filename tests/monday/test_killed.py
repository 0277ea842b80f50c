"""A process is killed in the middle of a round and another is started: the end is the same as without the kill."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.dump import differences
from tests.support.source import ROOT
from tests.support.town import CODE

pytestmark = [pytest.mark.sqlite, pytest.mark.xdist_group("town-killed")]

_BUILD = """
import sys, django
django.setup()
from pathlib import Path
from linli.site import schema
schema.ensure()
from tests.support.town import found
from linli.monday.jobs import run_round
from linli.trust import SYSTEM
town = found(Path(sys.argv[1]))
for week in town.weeks[:4]:
    run_round(by=SYSTEM, community=town.community, week=week, inbox=town.inbox(week))
"""
# The process kills itself, as by SIGKILL, at the given command: before it is written, in the middle of its transaction.
_ROUND = """
import os, sys, signal, django
django.setup()

place, calls = int(sys.argv[2]), []
from linli.trust.models import AuditEvent
plain = AuditEvent.objects.bulk_create
def bulk_create(*args, **kwargs):
    if len(calls) == place:
        os.kill(os.getpid(), signal.SIGKILL)
    calls.append(1)
    return plain(*args, **kwargs)
AuditEvent.objects.bulk_create = bulk_create
from pathlib import Path
from tests.support.town import CODE, Town
from linli.monday.jobs import run_round
from linli.trust import SYSTEM
from linli.trust.queries import zone_by_code
town = Town(Path(sys.argv[1]), zone_by_code(viewer=SYSTEM, code=CODE).id)
week = town.weeks[4]
run_round(by=SYSTEM, community=town.community, week=week, inbox=town.inbox(week))
import json
from tests.support.dump import dump
print(json.dumps({"calls": len(calls), "dump": dump(), "facts": sorted(str(p.relative_to(os.environ["LINLI_DATA"])) for p in
    Path(os.environ["LINLI_DATA"]).glob("facts/*/*/*"))}))
"""


def _python(code: str, data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LINLI_")}
    environment |= {"LINLI_DATA": str(data), "DJANGO_SETTINGS_MODULE": "linli.site.settings", "PYTHONPATH": f"{ROOT}:{ROOT}/src"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


RANDOM = re.compile(r'[0-9a-f]{64}|(?<=")[2-9A-HJ-NP-TW-Z]{4}-[2-9A-HJ-NP-TW-Z]{4}(?=")')


def _without_digests(tables: dict[str, list[str]]) -> dict[str, list[str]]:
    """What is new in the fifth week gets random pseudonyms and references, so the digests of two installations differ."""
    return {label: sorted(RANDOM.sub("random", row) for row in rows) for label, rows in tables.items()}


def _round(data: Path, files: Path, kill_at: int) -> subprocess.CompletedProcess[str]:
    return _python(_ROUND, data, str(files), str(kill_at))


@pytest.fixture(scope="module")
def before(town_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town after its fourth Monday, in a folder of its own."""
    data = tmp_path_factory.mktemp("killed") / "data"
    done = _python(_BUILD, data, str(town_files))
    assert done.returncode == 0, done.stderr[-3000:]
    return data


@pytest.fixture(scope="module")
def whole(before: Path, town_files: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What stands after the fifth Monday without any kill."""
    data = tmp_path_factory.mktemp("whole") / "data"
    shutil.copytree(before, data)
    done = _round(data, town_files, -1)
    assert done.returncode == 0, done.stderr[-3000:]
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


@pytest.mark.parametrize("percent", [45, 85, *(pytest.param(n, marks=pytest.mark.long) for n in (2, 12, 22, 32, 55, 65, 75, 95))])
def test_killed_and_started_again_it_ends_in_the_same_state(
    percent: int, before: Path, whole: dict[str, Any], town_files: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(before, data)
    assert CODE in str(town_files)
    killed = _round(data, town_files, whole["calls"] * percent // 100)
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    again = _round(data, town_files, -1)
    assert again.returncode == 0, again.stderr[-3000:]
    ended = json.loads(again.stdout)
    assert differences(_without_digests(whole["dump"]), _without_digests(ended["dump"])) == []
    assert set(ended["dump"]) == set(whole["dump"])
    assert [path.split("/")[2] for path in ended["facts"]] == [path.split("/")[2] for path in whole["facts"]]
