"""What the API says of itself: FastAPI's document, with how one is known, and what else may be answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from sentineldq.server import problems
from sentineldq.server.security.principal import COOKIE, CSRF, Allowed

SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": f"A session; its writes bear the header `{CSRF}`.",
    },
}
WRITES = ("post", "put", "patch", "delete")
REFUSED = {"408": "Request Timeout", "413": "Content Too Large"}
"""What a write may be answered besides, where its body does not come or is too large."""

OTHERS = (problems.TYPE, "text/event-stream")
"""Types whose model FastAPI writes down as that of JSON."""


class Described(FastAPI):
    """An app whose OpenAPI document is as the server is."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            found = super().openapi()
            found.setdefault("components", {})["securitySchemes"] = SCHEMES
            found["security"] = [{name: []} for name in SCHEMES]
            for path, method, open_ in routes(self):
                operation = found["paths"].get(path, {}).get(method)
                if operation is not None:
                    describe(operation, write=method in WRITES, open_=open_)
        return super().openapi()


def routes(app: FastAPI) -> Iterator[tuple[str, str, bool]]:
    """Path and method of every route, and whether nobody has to be known for it."""
    for route in iter_route_contexts(app.routes):
        asked = [one.call for one in route.dependant.dependencies]
        open_ = any(isinstance(one, Allowed) and one.role is None for one in asked)
        for method in route.methods or ():
            yield str(route.path_format), method.lower(), open_


def describe(operation: dict[str, Any], *, write: bool, open_: bool) -> None:
    """Say of an operation what FastAPI does not."""
    if open_:
        operation["security"] = []
    answers = operation["responses"]
    for told in answers.values():
        content = told.get("content", {})
        for kind in OTHERS:
            if kind in content and "application/json" in content:
                content[kind] = content.pop("application/json")
    if write and "400" in answers:
        answers |= {status: {**answers["400"], "description": words} for status, words in REFUSED.items()}
