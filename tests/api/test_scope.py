"""Nothing of another community by any operation, in any role, by its code or by a guessed id."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from linli.focus.commands import keep_board
from linli.focus.models import Decision, Finding
from linli.focus.rules.kinds import Draft, FindingKind, Identity, Judgement, Ranked
from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.weeks import Week
from linli.kernel.words import Words
from linli.monday.commands import open_round
from linli.site.api import api
from linli.trust import Role, add_token
from linli.trust.api import OPERATIONS
from linli.trust.rules import permissions_of
from linli.work import add_task
from tests.support.ground import lay

OWN, OTHER = "999901001001", "999901001002"
WEEK = Week(date(2026, 11, 16))
SECRET = "柳荫苑的秘密"

pytestmark = pytest.mark.django_db


def _fill(community: UUID, manager: Actor) -> UUID:
    """A board, a round and a task, each with words by which they would be known again. Returns the finding's id."""
    words = Words("focus.title.matter", {"matter": {"en": SECRET, "zh-Hans": SECRET}})
    reason = Words("focus.reason.above", {"seen": 9, "low": 1, "high": 5})
    draft = Draft(
        Identity(FindingKind.ABOVE, "01", "road.lamp"), 9.0, 3.0, 1.0, 5.0, 0.001, {"volume": 0.5}, words, reason, "t-1"
    )
    judgement = Judgement((Ranked(draft, 1, 5.0, 0.01),), (), (), ())
    keep_board(by=SYSTEM, community=community, week=WEEK, snapshot="a" * 64, judgement=judgement)
    open_round(by=SYSTEM, community=community, week=WEEK, as_of=WEEK.starts_at("Asia/Shanghai"))
    assert manager.account
    add_task(by=manager, community=community, title=words.as_json(), owner=manager.account, due=date(2026, 12, 4))
    return Finding.objects.get(community=community).id


@pytest.fixture
def theirs(other_community: UUID, actor_for: Callable[..., Actor]) -> UUID:
    """The finding of the other community."""
    lay(other_community)
    return _fill(other_community, actor_for("community_manager", other_community))


def _bearer(actor: Actor) -> dict[str, str]:
    assert actor.account
    ends = datetime.now(UTC) + timedelta(hours=1)
    secret = add_token(by=SYSTEM, account=actor.account, role=Role(actor.role), label="t", expires_at=ends)
    return {"authorization": f"Bearer {secret}"}


def _calls(code: str, finding: UUID) -> list[tuple[str, str]]:
    """Every operation with the path parameters filled in."""
    document: dict[str, Any] = api.get_openapi_schema(path_prefix="/api/v1/")
    values = {"code": code, "finding": str(finding), "week": str(WEEK)}
    return [(verb, path.format(**values)) for path, verbs in document["paths"].items() for verb in verbs]


def _send(client: Client, verb: str, path: str, headers: dict[str, str], key: str) -> Any:
    body = json.dumps({"act": "dismiss", "reason": "because"})
    if verb == "get":
        return client.get(path, headers=headers)
    return client.generic(verb.upper(), path, body, content_type="application/json", headers={**headers, "idempotency-key": key})


def test_every_operation_is_tried() -> None:
    assert len(_calls(OWN, UUID(int=0))) == len(OPERATIONS) >= 6


@pytest.mark.parametrize("role", list(Role))
def test_nothing_of_another_community(
    role: Role, community: UUID, theirs: UUID, actor_for: Callable[..., Actor], client: Client
) -> None:
    headers = _bearer(actor_for(role.value, community))
    for place, (verb, path) in enumerate(_calls(OTHER, theirs)):
        answer = _send(client, verb, path, headers, f"key-{role}-{place}")
        if OTHER in path:
            assert answer.status_code == 404, (path, answer.status_code)
            assert answer["content-type"] == "application/problem+json"
        assert SECRET not in answer.content.decode(), path
        assert OTHER not in answer.content.decode(), path
    # Its id below one's own code is guessed in vain.
    for place, (verb, path) in enumerate(_calls(OWN, theirs)):
        answer = _send(client, verb, path, headers, f"key-{role}-own-{place}")
        assert SECRET not in answer.content.decode(), path
        if str(theirs) in path:
            assert answer.status_code in (403, 404), (path, answer.status_code)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("role", list(Role))
def test_the_table_of_permissions_holds_for_the_api(
    role: Role, community: UUID, actor_for: Callable[..., Actor], client: Client
) -> None:
    lay(community)
    finding = _fill(community, actor_for("community_manager", community))
    headers = _bearer(actor_for(role.value, community))
    may = permissions_of(role)
    needed = {operation.name: operation.may.value for operation in OPERATIONS.values()}
    reads = {
        "/api/v1/communities": "api.communities",
        f"/api/v1/communities/{OWN}/grids": "api.grids",
        f"/api/v1/communities/{OWN}/findings": "api.focus.findings",
        f"/api/v1/communities/{OWN}/rounds": "api.monday.rounds",
        f"/api/v1/communities/{OWN}/rounds/{WEEK}": "api.monday.round",
        f"/api/v1/communities/{OWN}/tasks": "api.work.tasks",
    }
    for path, name in reads.items():
        status = client.get(path, headers=headers).status_code
        assert status == (200 if needed[name] in may else 403), (path, status)
    decided = _send(client, "post", f"/api/v1/communities/{OWN}/findings/{finding}/decisions", headers, "key-00001")
    assert decided.status_code == (200 if needed["api.focus.decide"] in may else 403)


def test_sent_twice_it_counts_once_and_another_body_is_refused(
    community: UUID, actor_for: Callable[..., Actor], client: Client
) -> None:
    lay(community)
    manager = actor_for("community_manager", community)
    finding = _fill(community, manager)
    headers = _bearer(manager)
    path = f"/api/v1/communities/{OWN}/findings/{finding}/decisions"
    first, again = (_send(client, "post", path, headers, "key-00001") for _ in range(2))
    assert (first.status_code, again.status_code, first.json()) == (200, 200, again.json())
    assert Decision.objects.count() == 1
    headers = {**headers, "idempotency-key": "key-00001"}
    other = client.post(path, {"act": "dismiss", "reason": "else"}, content_type="application/json", headers=headers)
    assert (other.status_code, other["content-type"]) == (409, "application/problem+json")
    assert Decision.objects.count() == 1
    bare = client.post(path, {"act": "dismiss", "reason": "else"}, content_type="application/json", headers=_bearer(manager))
    assert bare.status_code == 422


def test_a_session_needs_its_csrf_token_to_write(
    community: UUID, actor_for: Callable[..., Actor], signed_in: Callable[[Actor], Client]
) -> None:
    lay(community)
    manager = actor_for("community_manager", community)
    finding = _fill(community, manager)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in(manager).cookies
    path = f"/api/v1/communities/{OWN}/findings"
    assert strict.get(path).status_code == 200
    answer = _send(strict, "post", f"{path}/{finding}/decisions", {}, "key-00001")
    assert answer.status_code == 403
    assert not Decision.objects.exists()
