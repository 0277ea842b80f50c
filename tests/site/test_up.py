"""What the children of ``linli up`` are told, and what stops it before it begins."""

from __future__ import annotations

import argparse
import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

from linli.site.verbs import up


def test_children_answer_to_this_machine_and_to_the_chosen_address(tmp_path: Path) -> None:
    told = up.environment({"LINLI_HOSTS": "linli.example"}, tmp_path, "10.0.0.7")
    assert told["LINLI_HOSTS"].split(",") == ["linli.example", "localhost", "127.0.0.1", "[::1]", "10.0.0.7"]
    assert told["LINLI_DATA"] == str(tmp_path)
    assert "LINLI_DEMO" not in told


def test_a_demonstration_stays_one(tmp_path: Path) -> None:
    (tmp_path / "demo-accounts.json").write_text("[]")
    assert up.environment({}, tmp_path, "127.0.0.1")["LINLI_DEMO"] == "1"
    assert up.environment({"LINLI_DEMO": "0"}, tmp_path, "127.0.0.1")["LINLI_DEMO"] == "0"


def test_arguments_have_their_defaults() -> None:
    parser = argparse.ArgumentParser()
    up.add_arguments(parser)
    chosen = parser.parse_args([])
    assert (chosen.port, chosen.host, chosen.no_demo) == (8000, "127.0.0.1", False)


def _up(data: Path, port: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "linli.site.cli", "up", "--no-demo", "--port", str(port)]
    environment = {**os.environ, "LINLI_DATA": str(data)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_taken_port_is_named_with_its_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = _up(tmp_path, other.getsockname()[1])
    assert done.returncode == 2
    assert "--port" in done.stderr


def test_a_data_folder_serves_one_installation_at_a_time(tmp_path: Path) -> None:
    with (tmp_path / "run.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = _up(tmp_path, 1)
    assert done.returncode == 2
    assert "already runs" in done.stderr
