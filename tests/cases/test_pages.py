"""The pages of cases: what they show, to whom, and what they write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from linli.cases.models import Case
from linli.cases.web.sections import reports_of_grid
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.territory.queries import grid
from tests.cases.test_reports import MONDAY, row
from tests.support.ground import IN_02

CODE = "999901001001"
LIST = f"/desk/{CODE}/cases/"


@pytest.fixture
def cases(take: Callable[..., Any]) -> dict[str, UUID]:
    """Ids by key of three cases: grid 01, grid 02, no place."""
    take(row("A1"), row("A2", lon=IN_02[0], title="Rubble"), row("A3", lon="", lat="", status="done"), as_of=MONDAY)
    return dict(Case.objects.values_list("key", "id"))


def text(response: Any) -> str:
    assert response.status_code in (200, 422)
    return str(response.content.decode())


def test_the_list_in_both_languages(
    community: UUID, cases: dict[str, UUID], actor_for: Callable[..., Actor], signed_in: Callable[..., Any]
) -> None:
    client = signed_in(actor_for("community_manager", community))
    english = text(client.get(LIST))
    assert "3 are open, " in english
    assert "Rubble" in english
    assert "days over" in english
    client.cookies["linli_language"] = "zh-hans"
    chinese = text(client.get(LIST))
    assert "未结3件" in chinese
    assert "超时" in chinese
    assert "All open" not in chinese


def test_filters_and_empty_words(
    community: UUID, cases: dict[str, UUID], actor_for: Callable[..., Actor], signed_in: Callable[..., Any]
) -> None:
    client = signed_in(actor_for("desk_clerk", community))
    assert "Rubble" not in text(client.get(LIST, {"grid": "01"}))
    none = client.post(LIST, {"words": "nothing like it", "grid": "01"})
    assert none.status_code == 303
    assert "nothing" not in none["Location"], "words may be a name, and addresses are kept in many places"
    assert "No case fits these filters." in text(client.get(none["Location"]))
    assert "Rubble" in text(client.post(LIST, {"words": "rubb"}, follow=True))
    assert "This queue is empty." in text(client.get(LIST, {"queue": "closed"}))
    text(client.get(LIST, {"queue": "nonsense", "page": "x", "grid": "'; --", "s": "%_"}))
    text(client.post(LIST, {"words": "%_"}, follow=True))


def test_a_worker_sees_only_cases_of_their_grid(
    grids: dict[str, UUID], cases: dict[str, UUID], actor_for: Callable[..., Actor], signed_in: Callable[..., Any]
) -> None:
    client = signed_in(actor_for("grid_worker", grids["01"]))
    shown = text(client.get(LIST))
    assert "Rubble" not in shown
    assert client.get(f"{LIST}{cases['A1']}/").status_code == 200
    assert client.get(f"{LIST}{cases['A2']}/").status_code == 404


def test_another_community_and_other_roles_get_nothing(
    community: UUID, other_community: UUID, cases: dict[str, UUID], actor_for: Callable[..., Actor], signed_in: Callable[..., Any]
) -> None:
    stranger = signed_in(actor_for("community_manager", other_community))
    assert stranger.get(LIST).status_code == 404
    assert stranger.get(f"/desk/999901001002/cases/{cases['A1']}/").status_code == 404
    auditor = signed_in(actor_for("auditor", community))
    assert auditor.get(LIST).status_code == 403
    supervisor = signed_in(actor_for("supervisor", community))
    assert '<form class="act"' not in text(supervisor.get(f"{LIST}{cases['A1']}/"))
    assert supervisor.get(f"{LIST}new/").status_code == 403


def test_the_reporter_is_masked(
    community: UUID, cases: dict[str, UUID], actor_for: Callable[..., Actor], signed_in: Callable[..., Any]
) -> None:
    shown = text(signed_in(actor_for("desk_clerk", community)).get(f"{LIST}{cases['A1']}/"))
    assert "王*士" in shown
    assert "王女士" not in shown
    assert "000 5550" not in shown


def test_a_step_is_written_and_whoever_did_it_may_not_close(
    community: UUID, cases: dict[str, UUID], actor_for: Callable[..., Actor], signed_in: Callable[..., Any]
) -> None:
    address = f"{LIST}{cases['A1']}/"
    clerk, manager = signed_in(actor_for("desk_clerk", community)), signed_in(actor_for("community_manager", community))
    assert clerk.post(address, {"act": "done", "text": "Replaced."}).status_code == 302
    assert 'value="closed"' not in text(clerk.get(address))
    assert clerk.post(address, {"act": "closed", "text": "x"}).status_code == 422
    assert manager.post(address, {"act": "closed", "text": ""}).status_code == 422
    assert manager.post(address, {"act": "closed", "text": "The lamp burns."}).status_code == 302
    assert Case.objects.get(id=cases["A1"]).state == "closed"


def test_a_report_for_someone(
    community: UUID,
    cases: dict[str, UUID],
    grids: dict[str, UUID],
    actor_for: Callable[..., Actor],
    signed_in: Callable[..., Any],
) -> None:
    client = signed_in(actor_for("desk_clerk", community))
    assert client.post(f"{LIST}new/", {"title": "", "channel": "counter"}).status_code == 422
    said = {"title": "Handrail loose", "channel": "phone", "grid": str(grids["02"]), "category": "", "address": "gate 2"}
    made = client.post(f"{LIST}new/", said)
    assert made.status_code == 302
    assert "Handrail loose" in text(client.get(made["Location"]))
    assert Case.objects.get(title="Handrail loose").grid_id == grids["02"]


def test_the_part_of_the_grid_page(community: UUID, cases: dict[str, UUID], actor_for: Callable[..., Actor]) -> None:
    viewer = actor_for("community_manager", community)
    row_ = grid(viewer=viewer, community=community, label="01")
    part = reports_of_grid(viewer, community, row_, Week.parse("2026-W46"))
    assert [entry.value for _, entry in part["table"].lines[0]][1:] == [1, 1, 1]
    assert [entry.value for _, entry in part["table"].total_line][1:] == [1, 1, 1]
