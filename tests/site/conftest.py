"""The command line as tests call it: in this process, with its streams apart."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from linli.site import cli

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def linli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """``linli(*arguments)`` → exit status, standard output, standard error."""
    monkeypatch.setenv("LINLI_DATA", os.environ["LINLI_DATA"])
    before = os.umask(0o022)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = cli.main(arguments)
        except SystemExit as ended:
            status = int(ended.code or 0)
        told = capsys.readouterr()
        return status, told.out, told.err

    yield run
    os.umask(before)
