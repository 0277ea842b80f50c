"""What the API promises is written down, and it keeps what it promises."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from linli.site.api import api
from linli.site.wsgi import application
from linli.trust.api import OPERATIONS
from tests.support.source import ROOT

SNAPSHOT = ROOT / "docs" / "reference" / "openapi.json"
COMMUNITY = "999901001001"


def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    return document


def _operations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{verb.upper()} {path}", operation) for path, verbs in _document()["paths"].items() for verb, operation in verbs.items()
    ]


def test_the_document_is_the_one_in_the_repository(request: pytest.FixtureRequest) -> None:
    """A change of the interface shows in review: refresh with ``pytest tests/api --refresh-openapi``."""
    text = json.dumps(_document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if request.config.getoption("--refresh-openapi"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert SNAPSHOT.read_text(encoding="utf-8") == text


def test_every_operation_goes_through_its_door() -> None:
    bare = [
        f"{method} {prefix}{path}"
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
        if not hasattr(operation.view_func, "__wrapped__")
    ]
    assert bare == []
    assert len(OPERATIONS) == len(_operations())


def test_every_operation_declares_how_it_refuses() -> None:
    silent = [name for name, operation in _operations() if not {"401", "403", "404"} <= set(operation["responses"])]
    assert silent == []


def test_every_operation_is_named_and_described() -> None:
    ids = [operation["operationId"] for _, operation in _operations()]
    assert len(set(ids)) == len(ids)
    assert [name for name, operation in _operations() if not operation.get("description")] == []


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.mark.django_db
@schema.parametrize()
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_operations_keep_to_the_document(case: Case, token: str) -> None:
    """Whatever is sent, the answer is one that the document names, in the form it names, and never a fault of ours."""
    if "code" in case.path_parameters:
        case.path_parameters["code"] = COMMUNITY
    # What only rules know (a date in the past, an owner who is not there) is refused with 400 and words, not by the schema.
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, excluded_checks=[positive_data_acceptance])


@pytest.mark.django_db
@schema.parametrize()
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_stranger_gets_nothing(case: Case) -> None:
    response = case.call()
    assert response.status_code in {401, 403, 404, 405, 422}
