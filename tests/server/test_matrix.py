"""Every route, asked by everybody: made from the live router, so that none is forgotten."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from sentineldq.server.security.principal import COOKIE, RANK, SAFE, Allowed
from sentineldq.store import keys, users
from tests.server.serving import HASHED, ROLES, Served, issue

ABSENT = "00000000-0000-4000-8000-000000000000"
OPEN = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/api/v1/session/ways"),
    ("POST", "/api/v1/session"),
    ("POST", "/api/v1/session/token"),
    ("GET", "/api/v1/session/provider"),
    ("GET", "/api/v1/session/provider/back"),
}
"""What nobody has to log in for; another route that is open has to be put here."""

OWN = {
    ("DELETE", "/api/v1/session"),
    ("PUT", "/api/v1/session/password"),
    ("DELETE", "/api/v1/session/others"),
    ("POST", "/api/v1/session/keys"),
    ("DELETE", "/api/v1/session/keys/{key_id}"),
}
"""What viewers may write: it is about themselves."""

STREAMS = {"/api/v1/events"}
"""What is answered for as long as one listens."""


def allowances(route: Any) -> list[Allowed]:
    """Every `Allowed` among a route's dependencies, however deep."""
    found, left = [], [route.dependant]
    while left:
        one = left.pop()
        if isinstance(one.call, Allowed):
            found.append(one.call)
        left += one.dependencies
    return found


def asked(served: Served) -> list[tuple[str, str, Allowed]]:
    """Method, path and what it takes, of every route of the server."""
    return [(method, path, allowances(route)[0]) for method, path, route in live(served)]


def live(served: Served) -> list[tuple[str, str, Any]]:
    """Method, path and route, of all there are; a kind of route that is not known here fails."""
    found = []
    for one in served.app.routes:
        if isinstance(one, Mount):  # the dashboard's files
            assert isinstance(one.app, StaticFiles), one
            continue
        for route in one.effective_route_contexts():  # as FastAPI keeps what was included
            found += [(method, route.path, route) for method in sorted(route.methods)]
    return found


def filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}", ABSENT, path)


def ask(client: httpx.Client, method: str, path: str, **more: Any) -> httpx.Response:
    """A request; of what streams, its head alone."""
    with client.stream(method, filled(path), **more) as answer:
        if path not in STREAMS or answer.status_code != 200:
            answer.read()
    return answer


@pytest.fixture(scope="module")
def crowd(served: Served) -> dict[str, httpx.Client]:
    """Clients whose credentials do not hold."""
    now = datetime.now(UTC)
    store = served.here.store
    user = users.by_name(store, "gone") or users.add(
        store, name="gone", role="admin", password=HASHED, now=now
    )
    session = served.logged_in("gone")
    revoked = issue(served.here, "admin", key_id="matrix-revoked")
    keys.revoke(store, "matrix-revoked", now=now)
    bearers = {
        "garbage": "Bearer sdq_garbage",
        "expired": f"Bearer {issue(served.here, 'admin', expires_at=now - timedelta(seconds=1))}",
        "revoked": f"Bearer {revoked}",
        "disabled": f"Bearer {issue(served.here, 'admin', user_id=user.user_id)}",
        "basic": "Basic YWRtaW46YWRtaW4=",
        "empty": "Bearer",
        "digest": "Bearer " + keys.every(store)[0].digest,
        "two": f"Bearer {served.keys['admin']} {served.keys['admin']}",
    }
    users.change(store, user.user_id, now=now, active=False)
    found = {name: served.client() for name in ("nobody", *bearers)}
    for name, header in bearers.items():
        found[name].headers["Authorization"] = header
    found["session ended"] = session
    found["session forged"] = served.client(cookies={COOKIE: "x" * 43})
    return found


def test_every_route_says_who_may_use_it(served: Served) -> None:
    found = live(served)
    assert len(found) > 20
    wrong = [f"{method} {path}" for method, path, route in found if len(allowances(route)) != 1]
    assert wrong == []


def test_no_route_is_open_but_those_known(served: Served) -> None:
    found = {(method, path) for method, path, allowed in asked(served) if allowed.role is None}
    assert {one for one in found if one[1].startswith(("/api", "/metrics"))} <= OPEN


def test_viewers_write_nothing_but_their_own(served: Served) -> None:
    found = {
        (method, path)
        for method, path, allowed in asked(served)
        if method not in SAFE and allowed.role == "viewer"
    }
    assert found <= OWN


def test_who_is_not_known_gets_nowhere(served: Served, crowd: dict[str, httpx.Client]) -> None:
    wrong = []
    for method, path, allowed in asked(served):
        if allowed.role is None:
            continue
        for name, client in crowd.items():
            answer = ask(client, method, path)
            if answer.status_code != 401 or answer.json().keys() - {
                "type",
                "title",
                "status",
                "detail",
                "hint",
                "errors",
            }:
                wrong.append((name, method, path, answer.status_code))
    assert wrong == []


def test_each_role_may_do_what_its_rank_may(served: Served) -> None:
    wrong = []
    for method, path, allowed in asked(served):
        if allowed.role is None or (method, path) in OWN:
            continue
        for role in ROLES:
            answer = ask(
                served.client(role), method, path, json={"no such": 1} if method not in SAFE else None
            )
            refused = answer.status_code == 403 and "takes the role" in answer.text
            if refused != (RANK[role] < RANK[allowed.role]) or answer.status_code in {401, 405, 500}:
                wrong.append((role, method, path, answer.status_code, answer.text[:200]))
    assert wrong == []


def test_a_session_writes_with_its_token_alone(served: Served) -> None:
    client = served.logged_in("admin")
    token = client.headers.pop("X-CSRF-Token")
    wrong = []
    for method, path, allowed in asked(served):
        if allowed.role is None or method in SAFE or (method, path) in OWN:
            continue
        for header in (None, "", "wrong", token + "x"):
            headers = {} if header is None else {"X-CSRF-Token": header}
            answer = ask(client, method, path, json={}, headers=headers)
            if answer.status_code != 403 or "X-CSRF-Token" not in answer.text:
                wrong.append((method, path, header, answer.status_code))
        answer = ask(client, method, path, json={"no such": 1}, headers={"X-CSRF-Token": token})
        if answer.status_code in {401, 403, 405, 500}:
            wrong.append((method, path, "right", answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "get", "PROPFIND"])
def test_other_methods_show_nothing(served: Served, method: str) -> None:
    client = served.client()
    for _, path, allowed in asked(served):
        if allowed.role is not None:
            answer = ask(client, method, path)
            page = not path.startswith("/api/") and "text/html" in answer.headers["content-type"]
            assert page or answer.status_code in {400, 401, 405}, (method, path, answer.status_code)
            assert answer.status_code == 405 or method != "HEAD" or answer.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/users/",
        "//api/v1/users",
        "/api//v1/users",
        "/api/v1/./users",
        "/api/v1/x/../users",
        "/api/v1/users;a=b",
        "/api/v1/users%00",
        "/api/v1/users%2f",
        "/api/v1/%75sers",
        "/api/v1/%2575sers",
        "/api/v1/%2e/users",
        "/healthz/%2e%2e/api/v1/users",
        "/healthz/../api/v1/users",
        "/api/v1/session/ways/../../users",
        "/api/v1/session/ways%2f..%2f..%2fusers",
        "/API/V1/USERS",
        "/api/v1/users?x=/healthz",
        "/api/v1/users#/healthz",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_path_written_otherwise_leads_to_nothing_more(served: Served, path: str, method: str) -> None:
    answer = raw(served, method, path)
    page = b"content-type: text/html" in answer.lower()  # the dashboard's, which knows nothing by itself
    assert page or int(answer.split()[1]) in {307, 400, 401, 404, 405}
    assert b'"items"' not in answer


def raw(served: Served, method: str, path: str) -> bytes:
    """The answer to a request whose path no client has tidied."""
    import socket

    url = httpx.URL(served.url)
    with socket.create_connection((url.host, url.port or 80), timeout=10) as connection:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {url.host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        connection.sendall(head.encode())
        return connection.makefile("rb").read()


def test_a_key_is_for_its_scopes_alone(served: Served) -> None:
    client = served.client()
    client.headers["Authorization"] = f"Bearer {issue(served.here, 'admin', scopes=('alerts',))}"
    wrong = []
    for method, path, allowed in asked(served):
        if allowed.role is None or not path.startswith("/api/v1/") or (method, path) in OWN:
            continue
        answer = ask(client, method, path, json={"no such": 1} if method not in SAFE else None)
        refused = answer.status_code == 403 and "is not for" in answer.text
        if refused == path.startswith("/api/v1/alerts"):
            wrong.append((method, path, answer.status_code))
    assert wrong == []
