"""Errors as every client gets them: `application/problem+json` (RFC 9457), in one shape."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from sentineldq.errors import LakeError, SentinelError, StoreError, UsageError
from sentineldq.telemetry.logs import logger

TYPE = "application/problem+json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

log = logger(__name__)


class Fault(BaseModel):
    """One thing that is wrong with a request: where, and what."""

    path: str
    message: str


class Problem(BaseModel):
    """Why a request was not done (RFC 9457): what is wrong, where, and a hint.

    instance: an id that stands in the server's log too, for what the server did wrong itself.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    hint: str | None = None
    instance: str | None = None
    errors: list[Fault] = []


class RequestError(SentinelError):
    """A request that cannot be done; `status` is the answer's."""

    def __init__(
        self, status: int, message: str, *, hint: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        self.status, self.headers = status, headers or {}
        super().__init__(message, hint=hint)


class NotFoundError(RequestError):
    """There is no such thing."""

    def __init__(self, what: str, *, hint: str | None = None) -> None:
        super().__init__(404, f"there is no {what}", hint=hint)


def answer(problem: Problem, *, headers: dict[str, str] | None = None) -> Response:
    """A problem as a response."""
    body = problem.model_dump(exclude_none=True)
    return JSONResponse(body, status_code=problem.status, headers=headers, media_type=TYPE)


def describe(status: int, detail: str, **more: Any) -> Problem:
    """A problem with the title of its status."""
    return Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, **more)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route's document says of problems with these statuses."""
    return {status: {"model": Problem, "content": {TYPE: {}}} for status in statuses}


def install(app: FastAPI) -> None:
    """Have an app answer every error so."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(SentinelError, _ours)
    app.add_exception_handler(Exception, _unexpected)


def response_to(error: SentinelError, *, path: str) -> Response:
    """What is answered to one of our errors; `path` is where it came up."""
    if isinstance(error, RequestError):
        return answer(describe(error.status, error.message, hint=error.hint), headers=error.headers)
    if isinstance(error, UsageError):
        return answer(describe(400, error.message, hint=error.hint))
    if isinstance(error.__cause__, DataError):  # the database does not take a value, such as NUL in a text
        return answer(describe(422, "the request has a value that cannot be kept or looked for"))
    if isinstance(error, StoreError | LakeError):
        log.warning("not done", path=path, error=error.message)
        return answer(describe(503, error.message, hint=error.hint), headers={"Retry-After": "5"})
    return answer(describe(500, error.message, hint=error.hint))


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # as it is installed
    faults = [
        Fault(path=".".join(map(str, one["loc"])), message=str(one["msg"]))  # never the value itself
        for one in error.errors()
    ]
    detail = f"{faults[0].path}: {faults[0].message}" if faults else "the request is not understood"
    return answer(describe(422, detail, errors=faults))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # as it is installed
    headers = dict(error.headers) if error.headers else {}
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_allowed(request))
    return answer(describe(error.status_code, str(error.detail)), headers=headers)


def _allowed(request: Request) -> list[str]:
    """What may be asked of a path: of all routes that it has, where the framework tells those of the first."""
    return [
        method
        for method in METHODS
        for scope in [{**request.scope, "method": method}]
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
    ]


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, SentinelError)  # noqa: S101  # as it is installed
    return response_to(error, path=request.url.path)


async def _unexpected(request: Request, error: Exception) -> Response:
    instance = str(uuid.uuid4())
    log.error("a fault of the server", path=request.url.path, instance=instance, exc_info=error)
    return answer(describe(500, "a fault of the server; its log says more", instance=f"urn:uuid:{instance}"))


def encode(value: Any) -> bytes:
    """Any of our values as JSON: structs, dataclasses, times."""
    return msgspec.json.encode(value)
