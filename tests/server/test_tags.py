"""Answers with tags: the same bytes are sent once, made once, and shared by nobody whose answer may differ."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.server.security import tags
from sentineldq.server.security.principal import Principal
from sentineldq.server.security.tags import Tagged
from tests.server.reading import API, ok
from tests.server.serving import PASSWORD, Served, issue

VIEWER = Principal(id="1", name="ada", role="viewer", kind="key")
JSON = [(b"content-type", b"application/json")]


@dataclass
class Asked:
    """An app that answers with how often it was asked, within the layer, over a store whose stamp can be moved."""

    body: bytes | None = None
    status: int = 200
    headers: list[tuple[bytes, bytes]] = field(default_factory=lambda: list(JSON))
    pieces: int = 1
    times: int = 0
    commits: int = 0

    def __post_init__(self) -> None:
        self.layer = Tagged(self, stamp=lambda: (self.commits, ()))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.times += 1
        body = str(self.times).encode() if self.body is None else self.body
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        for left in reversed(range(self.pieces)):
            await send({"type": "http.response.body", "body": body, "more_body": bool(left)})

    def get(
        self,
        path: str = f"{API}/runs",
        *,
        who: Principal | None = VIEWER,
        query: bytes = b"",
        method: str = "GET",
        **headers: str,
    ) -> tuple[int, dict[str, str], bytes]:
        scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "query_string": query}
        scope["state"] = {"principal": who} if who else {}
        scope["headers"] = [
            (name.replace("_", "-").encode(), said.encode()) for name, said in headers.items()
        ]
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.layer(scope, None, send))  # type: ignore[arg-type]
        found = {name.decode().lower(): said.decode() for name, said in sent[0]["headers"]}
        return sent[0]["status"], found, b"".join(one.get("body", b"") for one in sent[1:])


@given(
    body=st.binary(max_size=3000) | st.just(b"[0]" * tags.ASIDE), accept=st.sampled_from(["gzip", "identity"])
)
@settings(max_examples=30)
def test_what_is_tagged_is_what_was_said(body: bytes, accept: str) -> None:
    asked = Asked(body=body)
    for _ in range(2):  # as made, and as kept
        status, headers, found = asked.get(accept_encoding=accept)
        packed = headers.get("content-encoding") == "gzip"
        assert packed == (accept == "gzip" and len(body) >= tags.PACKED)
        assert (status, gzip.decompress(found) if packed else found) == (200, body)
        assert ("Accept-Encoding" in headers["vary"]) == packed
    assert asked.times == 1


def test_an_answer_is_made_again_once_something_is_committed_and_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Asked()
    assert [asked.get()[2] for _ in range(3)] == [b"1"] * 3
    asked.commits += 1
    assert [asked.get()[2] for _ in range(3)] == [b"2"] * 3
    monkeypatch.setattr(tags, "HELD", 0.0)
    assert [asked.get()[2] for _ in range(2)] == [b"3", b"4"]


def test_who_has_it_is_told_so_before_anything_is_done() -> None:
    asked = Asked()
    tag = asked.get()[1]["etag"]
    status, headers, body = asked.get(if_none_match=tag)
    assert (status, headers["etag"], body, asked.times) == (304, tag, b"", 1)
    assert "content-type" not in headers
    asked.commits += 1
    assert asked.get(if_none_match=tag)[0] == 200


@pytest.mark.parametrize(
    ("said", "shared"),
    [
        ({"who": replace(VIEWER, id="2", name="grace", kind="session")}, True),
        ({"who": replace(VIEWER, role="analyst")}, False),
        ({"who": replace(VIEWER, scopes=("runs",))}, False),
        ({"who": None}, False),
        ({"query": b"limit=1"}, False),
        ({"path": f"{API}/runs/1"}, False),
    ],
)
def test_an_answer_is_shared_only_where_it_cannot_differ(said: dict[str, Any], shared: bool) -> None:
    asked = Asked()
    asked.get()
    assert (asked.get(**said)[2] == b"1") == shared
    assert asked.get()[2] == b"1"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked(), {"path": f"{API}/session"}),
        (Asked(), {"path": f"{API}/keys"}),
        (Asked(), {"path": f"{API}/jobs/1"}),
        (Asked(), {"path": "/metrics"}),
        (Asked(), {"method": "POST"}),
        (Asked(), {"query": b"a" * 501}),
        (Asked(status=404), {}),
        (Asked(headers=[*JSON, (b"cache-control", b"no-store")]), {}),
        (Asked(headers=[(b"content-type", b"text/csv")]), {}),
        (Asked(pieces=2), {}),
        (Asked(body=b"a" * (tags.LARGEST + 1)), {}),
    ],
)
def test_what_is_not_kept(asked: Asked, said: dict[str, Any]) -> None:
    asked.get(**said)
    asked.get(**said)
    assert asked.times == 2


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "ROOM", 2 * (2_000 + 2))
    asked = Asked()
    for number in range(3):
        asked.get(query=str(number).encode())
    assert asked.get(query=b"2")[2] == b"3"
    assert asked.get(query=b"0")[2] == b"4"


def test_a_role_never_gets_what_was_made_for_another(fresh: Served) -> None:
    """Values of an upload are for analysts; a viewer who asks right after one has them not, and the other way round."""
    analyst, viewer = fresh.client("analyst"), fresh.client("viewer")
    body = (
        b"id,amount\n"
        + b"\n".join(f"{number},{number}".encode() for number in range(500))
        + b"\n7,odd-one-out\n"
    )
    made = ok(analyst.post(f"{API}/data-quality/upload", params={"name": "a.csv"}, content=body))
    path = f"{API}/data-quality/checks/{made['check_id']}"
    while ok(analyst.get(path))["status"] in {"waiting", "running"}:
        pass
    for _ in range(2):
        assert "odd-one-out" in analyst.get(path).text
        assert "odd-one-out" not in viewer.get(path).text


def test_what_is_written_is_read_at_once(fresh: Served) -> None:
    client = fresh.client("analyst")
    for number in range(5):
        assert ok(client.get(f"{API}/alerts/summary"))["open"] == number
        ok(client.post(f"{API}/alerts/", json={"title": f"alert {number}"}))


def test_who_may_no_longer_is_not_answered_with_what_is_kept(fresh: Served) -> None:
    secret = issue(fresh.here, "viewer", key_id="to-be-revoked")
    client, other = fresh.client(), fresh.client("viewer")
    client.headers["Authorization"] = f"Bearer {secret}"
    ok(client.get(f"{API}/runs"))
    ok(client.get(f"{API}/runs"))
    assert fresh.client("admin").delete(f"{API}/keys/to-be-revoked").status_code == 204
    ok(other.get(f"{API}/runs"))
    assert client.get(f"{API}/runs").status_code == 401
    assert client.get(f"{API}/runs", headers={"If-None-Match": "*"}).status_code == 401


def test_a_key_without_the_scope_gets_nothing_that_is_kept(fresh: Served) -> None:
    client, other = fresh.client(), fresh.client("viewer")
    client.headers["Authorization"] = f"Bearer {issue(fresh.here, 'viewer', scopes=('datasets',))}"
    ok(client.get(f"{API}/datasets"))
    ok(other.get(f"{API}/runs"))
    assert client.get(f"{API}/runs").status_code == 403


def test_a_session_ends_for_what_is_kept_too(fresh: Served) -> None:
    client, other = fresh.logged_in("viewer"), fresh.logged_in("viewer", password=PASSWORD)
    ok(client.get(f"{API}/runs"))
    assert client.delete(f"{API}/session").status_code == 204
    client.cookies.clear()
    ok(other.get(f"{API}/runs"))
    assert client.get(f"{API}/runs").status_code == 401
