"""The pages of the rights desk, of consents and of retention: who opens them, and that writing on them works."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from linli.kernel.actor import Actor
from linli.trust import speakers
from linli.trust.models import AuditEvent, ConsentEvent, LegalHold, RightsRequest

CODE = "999901001001"
DESK = f"/desk/{CODE}"


@pytest.fixture
def clerk(community: UUID, actor_for: Callable[..., Actor], signed_in: Callable[..., Client]) -> Client:
    return signed_in(actor_for("desk_clerk", community))


@pytest.fixture
def officer(community: UUID, actor_for: Callable[..., Actor], signed_in: Callable[..., Client]) -> Client:
    return signed_in(actor_for("privacy_officer", community))


def _new(client: Client, query: str = "", **change: Any) -> Any:
    told = {"right": "access", "asker": "self", "channel": "desk", "proof": "document", "wish": "想看看", "contact": "", **change}
    return client.post(f"{DESK}/rights/new/{query}", told)


def test_a_request_from_the_counter_to_the_answer(subject: UUID, clerk: Client, officer: Client) -> None:
    made = _new(clerk, f"?subject={subject}", proof="")
    assert made.status_code == 302
    page = made["Location"]
    assert "想看看" in clerk.get(page).content.decode()
    assert RightsRequest.objects.get().reference in clerk.get(f"{DESK}/rights/").content.decode()
    assert clerk.post(page, {"act": "identify", "proof": "", "note": ""}).status_code == 422
    assert clerk.post(page, {"act": "identify", "proof": "document", "note": ""}).status_code == 302
    # The clerk receives; answering is the officer's.
    assert clerk.post(page, {"act": "answer", "note": "好了"}).status_code == 422
    assert clerk.get(f"{page}answer/").status_code == 403
    sheet = officer.get(f"{page}answer/")
    assert sheet.status_code == 200
    assert sheet["Cache-Control"] == "no-store"
    told = json.loads(officer.get(f"{page}answer/?as=json").content)
    assert told["right"] == "access"
    assert officer.get(f"{page}answer/?as=csv").content.startswith(b"\xef\xbb\xbf")
    assert AuditEvent.objects.filter(command="trust.open_answer").count() == 3
    assert officer.post(page, {"act": "answer", "note": ""}).status_code == 422
    assert officer.post(page, {"act": "answer", "note": "当面交给本人"}).status_code == 302
    assert "当面交给本人" in officer.get(page).content.decode()
    assert RightsRequest.objects.get().reference in officer.get(f"{DESK}/rights/?list=closed").content.decode()


def test_a_refusal_shows_its_law(subject: UUID, officer: Client) -> None:
    page = _new(officer, f"?subject={subject}", right="delete")["Location"]
    assert officer.post(page, {"act": "refuse", "code": "", "note": ""}).status_code == 422
    assert officer.post(page, {"act": "refuse", "code": "secrecy", "note": ""}).status_code == 422
    assert officer.post(page, {"act": "refuse", "code": "kept_by_law", "note": ""}).status_code == 302
    assert "个人信息保护法 47" in officer.get(page).content.decode()
    assert officer.get(f"{page}answer/").status_code == 302


@pytest.mark.parametrize(
    "bad",
    [{"right": "restrict", "asker": "kin", "proof": ""}, {"asker": "kin", "proof": "document"}, {"right": "everything"}],
)
def test_what_cannot_be_asked_is_said_at_the_field(subject: UUID, clerk: Client, bad: dict[str, str]) -> None:
    answer = _new(clerk, **bad)
    assert answer.status_code == 422
    assert b"govuk-error-summary" in answer.content
    assert not RightsRequest.objects.exists()


def test_consents_on_the_desk(subject: UUID, clerk: Client) -> None:
    page = f"{DESK}/consents/{subject}/"
    assert clerk.get(page).status_code == 200
    told = {"purpose": "care", "version": "2"}
    for act, kept in (("refuse", "refuse"), ("give", None), ("came", "give"), ("withdraw", "withdraw")):
        before = ConsentEvent.objects.count()
        assert clerk.post(page, {**told, "act": act}).status_code == 302
        assert ConsentEvent.objects.count() == before + (kept is not None)
        if kept:
            assert ConsentEvent.objects.order_by("-at", "-id")[0].act == kept
    assert clerk.get(page).status_code == 200
    assert clerk.post(page, {**told, "act": "nonsense"}).status_code == 404


def test_one_tap_takes_a_consent_back(
    subject: UUID,
    community: UUID,
    actor_for: Callable[..., Actor],
    signed_in: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resident = actor_for("resident", community)
    client, page = signed_in(resident), f"/portal/{CODE}/consents/"
    assert b"govuk-error" not in client.get(page).content
    monkeypatch.setattr(speakers, "_SPEAKERS", [lambda account, _community: subject if account == resident.account else None])
    assert client.post(page, {"act": "give", "purpose": "care", "version": "2"}).status_code == 302
    assert "withdraw" in client.get(page).content.decode()
    assert client.post(page, {"act": "withdraw", "purpose": "care", "version": "2"}).status_code == 302
    assert list(ConsentEvent.objects.values_list("act", "channel")) == [("give", "portal"), ("withdraw", "portal")]


def test_the_notice_is_open_to_everybody_in_both_languages(community: UUID) -> None:
    client = Client()
    for language, words in (("en", "what help somebody needs"), ("zh-hans", "需要的帮助")):
        client.cookies["linli_language"] = language
        answer = client.get(f"/portal/{CODE}/personal-data/")
        assert answer.status_code == 200
        assert words in answer.content.decode()


def test_purposes_and_retention(subject: UUID, clerk: Client, officer: Client) -> None:
    assert clerk.get(f"{DESK}/purposes/").status_code == 200
    assert clerk.get(f"{DESK}/retention/").status_code == 403
    page = f"{DESK}/retention/"
    assert officer.get(page).status_code == 200
    reference = RightsRequest.objects.get(id=_new(officer, f"?subject={subject}")["Location"].split("/")[-2]).reference
    told = {"act": "hold", "purpose": "", "reference": reference, "reason": "诉讼", "until": ""}
    assert officer.post(page, {**told, "reference": "nobody"}).status_code == 422
    assert officer.post(page, {**told, "reason": ""}).status_code == 422
    assert officer.post(page, told).status_code == 302
    hold = LegalHold.objects.get()
    assert hold.subject == subject
    assert "诉讼" in officer.get(page).content.decode()
    assert officer.post(page, {"act": "lift", "hold": str(hold.id), "why": ""}).status_code == 302
    hold.refresh_from_db()
    assert hold.to_date is None
    officer.post(page, {"act": "lift", "hold": str(hold.id), "why": "结案"})
    hold.refresh_from_db()
    assert hold.to_date is not None
