"""Reading lists to their end, and what of the data must never be read."""

from __future__ import annotations

from typing import Any

import httpx

from sentineldq.lake.scan import scan
from sentineldq.server.state import State

API = "/api/v1"
ODD = ["a%2Fb", "..%2F..%2Fetc%2Fpasswd", "%F0%9F%A6%8A", "n%00l", "x" * 300, "%27%20OR%201%3D1--", "<b>"]
"""Names as they stand in a path: slashes, parents, no letters at all, far too long, and SQL and HTML."""


def ok(answer: httpx.Response) -> Any:
    """What was answered, where it was."""
    assert answer.status_code in {200, 201, 202}, answer.text
    return answer.json()


def every(client: httpx.Client, path: str, *, limit: int = 1, **given: Any) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = ok(client.get(API + path, params={**given, "limit": limit, **more}))
        assert len(page["items"]) <= limit
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def refused(client: httpx.Client, path: str) -> dict[str, Any]:
    """The problem that a path is answered with: a client's fault, told in the one shape."""
    answer = client.get(API + path)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert len(answer.content) < 3_000
    return problem


def secrets_of(here: State) -> set[str]:
    """What the contract classifies: the logins of actors as JSON writes them, and addresses of their pictures."""
    actors = scan(here.lake.table("silver.events")).select("actor", "org").collect()
    orgs = {row["login"] for row in actors["org"] if row}
    logins = {row["login"] for row in actors["actor"] if row} - orgs
    assert len(logins) > 10
    return {f'"{login}"' for login in logins} | {
        row["avatar_url"] for row in actors["actor"] if row and row["avatar_url"]
    }
