"""The Imports pages: look first, write, see every row, undo; and nothing of another community."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.intake import inbox_of, take_in
from linli.intake.models import Batch
from linli.kernel.actor import SYSTEM, Actor
from tests.intake.records import House

CODE = "999901001001"
LIST = f"/desk/{CODE}/imports/"
FIRST = "编号,名称,建成,价格\nA1,柳荫苑,1985-03-07,12.50\nA2,桂花里,1985年2月30日,\n=A3,石桥弄,,3\n"


@pytest.fixture
def manager(place: UUID, actor_for: Callable[..., Actor], signed_in: Callable[[Actor], Client]) -> Client:
    return signed_in(actor_for("community_manager", place))


def _send(client: Client, text: str, name: str = "房屋_1.csv") -> object:
    return client.post(LIST, {"file": SimpleUploadedFile(name, text.encode("gb18030"))})


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_file_is_looked_at_written_and_undone(manager: Client, language: str) -> None:
    manager.cookies["linli_language"] = language
    assert manager.get(LIST).status_code == 200
    sent = _send(manager, FIRST)
    assert sent.status_code == 302  # type: ignore[attr-defined]
    here = sent["Location"]  # type: ignore[index]
    assert House.objects.count() == 0
    assert manager.get(here).status_code == 200
    assert manager.post(here, {"act": "apply"}).status_code == 302
    assert House.objects.count() == 2
    page = manager.get(here).content.decode()
    assert "1985年2月30日" in page
    assert manager.get(here + "?result=new&page=9").status_code == 200
    weighed = manager.post(here, {"act": "weigh"}).content.decode()
    assert 'name="reason"' in weighed
    assert House.objects.count() == 2
    assert manager.post(here, {"act": "undo", "reason": " "}).status_code == 422
    assert manager.post(here, {"act": "undo", "reason": "wrong month"}).status_code == 302
    assert House.objects.count() == 0
    assert "wrong month" in manager.get(here).content.decode()
    assert manager.get(LIST).content.decode().count("房屋_1.csv") == 1
    assert manager.get(f"{here}receipt/").status_code == 200


def test_results_to_take_away_hold_every_row_and_no_formula(place: UUID, manager: Client, csv_file: Callable[..., Path]) -> None:
    report = take_in(by=SYSTEM, community=place, path=csv_file("编号,名称,建成,价格\nA1,甲,=1+1,\nA2,乙,,\n"))
    answer = manager.get(f"{LIST}{report.batch}/results.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["2", "3"]
    assert rows[1][3] == "'=1+1"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_what_cannot_be_used_says_why_on_the_page(manager: Client) -> None:
    answer = _send(manager, "编号,名称\nA1,甲\n", name="unknown.csv")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "房屋_*.*" in answer.content.decode()  # type: ignore[attr-defined]
    assert manager.post(LIST, {}).status_code == 200
    assert not Batch.objects.exists()


def test_a_preview_can_be_thrown_away(manager: Client, data: Path, place: UUID) -> None:
    here = _send(manager, FIRST)["Location"]  # type: ignore[index]
    assert len(list((inbox_of(place) / "taken").iterdir())) == 1
    assert manager.post(here, {"act": "discard"})["Location"] == LIST
    assert not Batch.objects.exists()
    assert list((inbox_of(place) / "taken").iterdir()) == []


def test_a_sensitive_cell_is_masked(place: UUID, manager: Client, csv_file: Callable[..., Path]) -> None:
    name = "很长的名字" * 6
    report = take_in(by=SYSTEM, community=place, path=csv_file(f"编号,名称\nA1,{name}\n"))
    page = manager.get(f"{LIST}{report.batch}/").content.decode()
    assert name not in page
    assert "很****" in page


@pytest.mark.parametrize("role", ["grid_worker", "auditor", "resident", "supervisor"])
def test_roles_without_imports_see_none(
    place: UUID, role: str, actor_for: Callable[..., Actor], signed_in: Callable[[Actor], Client]
) -> None:
    assert signed_in(actor_for(role, place)).get(LIST).status_code == 403


def test_another_communitys_import_does_not_exist(
    place: UUID,
    other_community: UUID,
    csv_file: Callable[..., Path],
    actor_for: Callable[..., Actor],
    signed_in: Callable[[Actor], Client],
) -> None:
    report = take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    stranger = signed_in(actor_for("community_manager", other_community))
    for code in (CODE, "999901001002"):
        for rest in ("", "results.csv", "receipt/"):
            assert stranger.get(f"/desk/{code}/imports/{report.batch}/{rest}").status_code == 404
        assert stranger.post(f"/desk/{code}/imports/{report.batch}/", {"act": "undo", "reason": "x"}).status_code == 404
    assert Client().get(LIST).status_code == 302
