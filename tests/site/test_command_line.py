"""``linli VERB``: exit statuses, what goes to which stream, an empty installation, and who may read what it writes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from linli.site import cli
from tests.support.source import ROOT
from tests.support.town import CODE, Town
from tests.support.zones import PASSWORD

pytestmark = pytest.mark.xdist_group("town-command-line")
Run = Callable[..., tuple[int, str, str]]
FIELDS = "rank kind grid matter counter score parts observed expected low high reason method snapshot"


@pytest.mark.parametrize("arguments", [(), ("no-such-verb",), ("monday",), ("monday", "--community"), ("focus",), ("--data",)])
def test_a_call_that_cannot_be_understood_is_2(arguments: tuple[str, ...], linli: Run) -> None:
    status, out, err = linli(*arguments)
    assert (status, out) == (2, "")
    assert err


def test_help_is_0_and_names_every_verb(linli: Run) -> None:
    status, out, _ = linli("--help")
    assert status == 0
    assert all(verb in out for verb in cli.VERBS)


@pytest.mark.parametrize(
    ("arguments", "verb"),
    [
        (["--data", "demo", "focus", "list"], "focus"),
        (["--data=demo", "monday"], "monday"),
        (["monday", "--community", "focus"], "monday"),
        (["--help"], None),
        (["nothing", "monday"], None),
    ],
)
def test_the_verb_is_found_even_when_a_folder_is_called_like_one(arguments: list[str], verb: str | None) -> None:
    assert cli._verb(arguments) == verb


@pytest.mark.parametrize(
    "arguments",
    [
        ("monday", "--community", "999900000000"),
        ("focus", "list", "--community", "999900000000"),
        ("monday", "--community", CODE, "--week", "soon"),
        ("monday", "--community", CODE, "--week", "0001-W01"),
        ("monday", "--community", CODE, "--week", "2026-W54"),
        ("monday", "--community", CODE, "--inbox", "/no/such/folder"),
        ("focus", "list", "--community", CODE, "--week", "2026-47"),
    ],
)
def test_unusable_input_is_2_with_one_clear_message(arguments: tuple[str, ...], linli: Run, town: Town) -> None:
    for extra in ((), ("--json",)):
        status, out, err = linli(*arguments, *extra)
        assert (status, out) == (2, "")
        assert err.strip()
        assert "Traceback" not in err


def test_a_fault_of_ours_is_neither_0_1_nor_2(linli: Run, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.site.verbs import monday

    def fail(_: object) -> int:
        raise RuntimeError("broken")

    monkeypatch.setattr(monday, "run", fail)
    status, out, err = linli("monday", "--community", CODE)
    assert (status, out) == (cli.BROKEN, "")
    assert "broken" in err


def test_a_round_is_0_and_with_something_refused_1(linli: Run, town: Town, tmp_path: Path) -> None:
    week = town.weeks[-1]
    inbox = Path(shutil.copytree(town.inbox(week), tmp_path / "inbox"))
    arguments = ("monday", "--community", CODE, "--week", str(week), "--inbox", str(inbox), "--json")
    refused = sum(f["verdicts"].get("refused", 0) for f in json.loads(linli(*arguments)[1])["files"])
    status, out, err = linli(*arguments)
    told = json.loads(out)
    assert err == ""
    assert status == (1 if refused else 0)
    assert (told["community"], told["week"], told["again"]) == (CODE, str(week), True)
    for path in inbox.iterdir():
        path.unlink()
    assert linli(*arguments)[0] == 0
    (inbox / "notes.txt").write_text("x", encoding="utf-8")
    status, out, _ = linli(*arguments)
    assert status == 1
    (file,) = json.loads(out)["files"]
    assert set(file["error"]) == {"en", "zh-Hans"}


def test_the_list_is_json_on_standard_output_alone(linli: Run, town: Town) -> None:
    status, out, err = linli("focus", "list", "--community", CODE, "--json")
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert set(told) == {"week", "findings"}
    assert told["week"] == str(town.weeks[-1])
    asked = set(FIELDS.split())
    for finding in told["findings"]:
        assert asked <= set(finding)
        assert set(finding["reason"]) == {"en", "zh-Hans"}
        assert all(finding["reason"].values())
    assert [finding["rank"] for finding in told["findings"]] == list(range(1, len(told["findings"]) + 1))


def test_without_json_people_are_told_on_standard_error(linli: Run, town: Town) -> None:
    status, out, err = linli("focus", "list", "--community", CODE)
    assert (status, out) == (0, "")
    assert str(town.weeks[-1]) in err


def test_a_week_without_a_round_is_told(linli: Run, town: Town) -> None:
    status, out, err = linli("focus", "list", "--community", CODE, "--week", "2024-W01", "--json")
    assert (status, json.loads(out)) == (1, {"week": "2024-W01", "findings": []})
    assert "linli monday" in err


@pytest.mark.sqlite
def test_what_is_written_is_its_owners_alone(tmp_path: Path) -> None:
    """A real start in an empty folder, with a shell that lets everybody read."""
    data = tmp_path / "data"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LINLI_")}
    environment |= {"LINLI_PASSWORD": PASSWORD, "DJANGO_SETTINGS_MODULE": "linli.site.settings"}
    done = subprocess.run(
        [sys.executable, "-m", "linli.site.cli", "--data", str(data), "admin", "create", "root"],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False, umask=0o022,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    open_folders = [str(p) for p in (data, *data.rglob("*")) if p.is_dir() and p.stat().st_mode & 0o077]
    open_files = [str(p) for p in data.rglob("*") if p.is_file() and p.stat().st_mode & 0o077]
    assert (open_folders, open_files) == ([], [])
    assert (data / "keys" / "secret").stat().st_mode & 0o777 == 0o600


def test_demonstration_accounts_are_their_owners_alone(town: Town, tmp_path: Path) -> None:
    from linli.site.demonstration import add_accounts

    accounts = add_accounts([(CODE, town.community)], tmp_path)
    path = tmp_path / "demo-accounts.json"
    assert path.stat().st_mode & 0o777 == 0o600
    told = json.loads(path.read_text(encoding="utf-8"))
    assert {entry["role"] for entry in told} == {account.role for account in accounts}
    assert len({entry["password"] for entry in told}) == len(told)
    assert [set(entry) for entry in told] == [{"role", "username", "password", "community"}] * len(told)
    assert add_accounts([(CODE, town.community)], tmp_path) == accounts, "asked again, passwords stay"


def test_health_tells_whether_the_database_answers(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError

    from linli.site import views

    assert (client.get("/health").status_code, client.post("/health").status_code) == (200, 200)

    class Gone:
        def cursor(self) -> None:
            raise DatabaseError("gone")

    monkeypatch.setattr(views, "connection", Gone())
    assert client.get("/health").status_code == 503
