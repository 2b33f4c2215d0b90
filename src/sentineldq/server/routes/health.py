"""Whether the server lives, whether it can work, and its metrics."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from pydantic import BaseModel
from starlette.responses import JSONResponse

from sentineldq.server.answering import lake_of, store_of
from sentineldq.server.problems import documented
from sentineldq.server.security.principal import Anyone, Viewer
from sentineldq.server.state import Here

router = APIRouter(tags=["health"])


class Ready(BaseModel):
    """Whether what the server needs can be reached; why not, in words without addresses."""

    ready: bool
    store: str
    lake: str


@router.get("/healthz", dependencies=[Anyone])
def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@router.get("/readyz", dependencies=[Anyone], responses={503: {"model": Ready}})
def readyz(here: Here, response: Response) -> Ready:
    """The store and the lake answer; 503 where one does not."""
    store, lake = store_of(here), lake_of(here)
    ready = store == lake == "ok"
    response.status_code = 200 if ready else 503
    return Ready(ready=ready, store=store, lake=lake)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **documented(401, 403)},
)
def metrics(_: Viewer) -> Response:
    """What Prometheus reads."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


@router.get("/api/v1/openapi.json", include_in_schema=False)
def openapi(request: Request, _: Viewer) -> JSONResponse:
    """What the API is, for programs that make clients of it."""
    described: dict[str, Any] = request.app.openapi()
    return JSONResponse(described)
