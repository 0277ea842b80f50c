"""The REST API, composed of the flats' routers. Its OpenAPI document is kept in ``docs/reference/openapi.json``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Router, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from linli.faces.words import render
from linli.focus.api import router as focus
from linli.kernel.errors import LinliError
from linli.monday.api import router as monday
from linli.trust import Permission, communities_of, grids_of
from linli.trust.api import AUTH, PROBLEMS, operation
from linli.work.api import router as work


class LinliAPI(NinjaAPI):
    """Documents refusals as what they are: ``application/problem+json``."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(*args, **kwargs)
        for verbs in document["paths"].values():
            for described in verbs.values():
                for answer in described["responses"].values():
                    plain = answer.get("content", {}).get("application/json")
                    if plain and plain["schema"].get("$ref", "").endswith("/Problem"):
                        answer["content"] = {"application/problem+json": plain}
        return document


api = LinliAPI(
    title="Linli",
    version="1",
    description="Run an urban community on its own data.",
    auth=AUTH,
    urls_namespace="api",
    docs_url=None,
)
places = Router(tags=["places"])


def _problem(request: HttpRequest, status: int, kind: str, title: str, detail: str = "") -> HttpResponse:
    response = api.create_response(request, {"type": kind, "title": title, "status": status, "detail": detail}, status=status)
    response["Content-Type"] = "application/problem+json"
    return response


@api.exception_handler(LinliError)
def _fault(request: HttpRequest, fault: LinliError) -> HttpResponse:
    remedy = render(fault.remedy) if fault.remedy else ""
    return _problem(request, fault.status, fault.words.key, render(fault.words), remedy)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, _fault: Http404) -> HttpResponse:
    return _problem(request, 404, "not_found", "Not found")


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, _fault: AuthenticationError) -> HttpResponse:
    return _problem(request, 401, "sign_in", "Sign in, or send a token")


@api.exception_handler(ValidationError)
def _unusable(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    told = "; ".join(f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in fault.errors)
    return _problem(request, 422, "unusable", "The call cannot be understood", told)


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, fault: HttpError) -> HttpResponse:
    return _problem(request, fault.status_code, "refused", str(fault))


class PlaceOut(Schema):
    """A community or a grid: opaque id, code, name in both languages."""

    id: UUID
    code: str
    name: dict[str, str]


@places.get("", response={200: list[PlaceOut], **PROBLEMS}, operation_id="communities")
@operation("api.communities", may=Permission.PORTAL_READ)
def communities(request: HttpRequest) -> list[Any]:
    """The communities within the caller's scope."""
    return communities_of(viewer=request.viewer)  # type: ignore[attr-defined]


@places.get("/{code}/grids", response={200: list[PlaceOut], **PROBLEMS}, operation_id="grids")
@operation("api.grids", may=Permission.TERRITORY_READ)
def grids(request: HttpRequest, code: str) -> list[Any]:
    """The grids of a community within the caller's scope."""
    return grids_of(viewer=request.viewer, community=request.community.id)  # type: ignore[attr-defined]


for router in (places, focus, monday, work):
    api.add_router("/communities", router)
