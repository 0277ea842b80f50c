"""The import's page: what an undo would leave is shown before, masked and page by page; what it left is listed afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from linli.intake.models import UndoKept
from linli.intake.web import present
from linli.kernel.actor import Actor
from linli.site import cli
from tests.register.ground import Town, take
from tests.register.test_undo import LI, PEOPLE, ZHANG, back

pytestmark = pytest.mark.django_db
CODE = "999901001001"


@pytest.fixture
def manager(town: Town, actor_for: Callable[..., Actor], signed_in: Callable[[Actor], Client]) -> Client:
    return signed_in(actor_for("community_manager", town.community))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_stays_is_shown_before_and_listed_after(
    town: Town, tmp_path: Path, manager: Client, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(present, "PAGE", 2)
    manager.cookies["linli_language"] = language
    take(tmp_path, town.community, "2026-W45", PEOPLE)
    second = take(tmp_path, town.community, "2026-W46", [row | {"phone": "000 5550 2222"} for row in PEOPLE])
    third = take(tmp_path, town.community, "2026-W47", [row | {"phone": "000 5550 3333"} for row in PEOPLE[:3]])
    assert (second.verdicts["changed"], third.verdicts["changed"]) == (4, 3)
    here = f"/desk/{CODE}/imports/{second.batch}/"
    first = manager.post(here, {"act": "weigh"}).content.decode()
    last = manager.post(here, {"act": "weigh", "left": "2"}).content.decode()
    assert (first.count('class="masked"'), last.count('class="masked"')) == (2, 1)
    assert "张*兰" in first
    assert "张小兰" not in first
    assert f"/imports/{third.batch}/" in first
    assert 'name="left" value="2"' in first
    assert 'name="left" value="1"' in last
    assert not UndoKept.objects.exists()
    assert manager.post(here, {"act": "undo", "reason": "wrong week"}).status_code == 302
    page = manager.get(here).content.decode()
    assert page.count('class="masked"') == 2
    assert "?left=2#left" in page
    assert manager.get(f"{here}?left=2").content.decode().count('class="masked"') == 1
    assert 'value="weigh"' in page, "it can be undone again"


def test_the_command_line_tells_rows(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    take(tmp_path, town.community, "2026-W45", PEOPLE)
    second = take(
        tmp_path, town.community, "2026-W46", [ZHANG | {"phone": "000 5550 4444"}, LI | {"phone": "000 5550 5555"}, *PEOPLE[2:]]
    )
    third = take(tmp_path, town.community, "2026-W47", [ZHANG, LI | {"phone": "000 5550 5555"}, *PEOPLE[2:]])
    arguments = ["imports", "undo", str(second.batch), "--community", CODE, "--reason", "Wrong.", "--json"]
    assert cli.main(arguments) == 1
    out = capsys.readouterr()
    told = json.loads(out.out)
    assert (told["rows"], [(one["row"], one["batch"]) for one in told["kept"]]) == (1, [(2, str(third.batch))])
    assert "1 of 2 rows" in out.err
    assert "row 2" in out.err
    assert not back(town, third.batch).kept
