"""What is answered when something is wrong, and what every answer bears."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request

from sentineldq.errors import LakeError, StoreError
from sentineldq.pipeline.project import load_project
from sentineldq.server import problems
from sentineldq.server.patience import Patient
from sentineldq.server.security.bodies import Bounded
from tests.server.conftest import copied
from tests.server.serving import Served, listening, serving

ALERTS = "/api/v1/alerts/"
SHAPE = {"type", "title", "status", "detail", "hint", "instance", "errors"}


def check(answer: httpx.Response, status: int) -> dict[str, object]:
    """An answer in the one shape of errors."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, object] = answer.json()
    assert found.keys() <= SHAPE
    assert found["status"] == status
    return found


def test_errors_have_one_shape(served: Served) -> None:
    admin = served.client("admin")
    check(served.client().get(ALERTS), 401)
    check(served.client("viewer").get("/api/v1/users"), 403)
    check(admin.get("/api/v1/no-such-thing"), 404)
    check(admin.get(f"{ALERTS}no-such-alert"), 404)
    check(admin.put(ALERTS), 405)
    found = check(admin.post(ALERTS, json={"title": "x" * 501, "severity": "LOUD"}), 422)
    assert [one["path"] for one in found["errors"]] == ["body.title", "body.severity"]  # type: ignore[attr-defined]
    check(admin.post(ALERTS, content=b"{", headers={"Content-Type": "application/json"}), 422)
    check(admin.post(ALERTS, content=b'{"title": "x"}', headers={"Content-Type": "text/plain"}), 422)
    check(admin.get(f"{ALERTS}?limit=0"), 422)
    check(admin.get(f"{ALERTS}?cursor=x"), 400)


def test_values_are_not_told_back(served: Served) -> None:
    canary = "canary-4f0c"
    body = {"name": [canary], "password": {"x": canary}, "role": canary}
    answer = served.client("admin").post("/api/v1/users", json=body)
    check(answer, 422)
    assert canary not in answer.text


@pytest.mark.parametrize("depth", [100, 100_000])
def test_json_that_is_deep_breaks_nothing(served: Served, depth: int) -> None:
    body = b'{"title": "x", "details": ' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
    headers = {"Content-Type": "application/json"}
    answer = served.client("admin").post(ALERTS, content=body, headers=headers)
    assert answer.status_code in {201, 400, 422}


@pytest.mark.parametrize(
    "body", [b'{"title": "\xff\xfe"}', b'{"title": "\\ud800"}', b'{"title": "a\\u0000b"}']
)
def test_text_that_is_none_breaks_nothing(served: Served, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = served.client("admin").post(ALERTS, content=body, headers=headers)
    assert answer.status_code in {201, 400, 422}, answer.text


@pytest.mark.parametrize("length", [1024 * 1024 + 1, 10**12])
def test_a_body_too_large_is_refused_unread(served: Served, length: int) -> None:
    with connected(served.url) as peer:
        peer.sendall(head("POST", ALERTS, served, f"Content-Length: {length}"))
        answer = peer.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"larger than 1,048,576 bytes" in answer


@pytest.mark.parametrize("more", ["", "Idempotency-Key: large\r\n"])
def test_a_body_that_says_no_length_is_counted(served: Served, more: str) -> None:
    with connected(served.url) as peer:
        peer.sendall(
            head(
                "POST", ALERTS, served, f"{more}Transfer-Encoding: chunked\r\nContent-Type: application/json"
            )
        )
        piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        try:
            for _ in range(64):
                peer.sendall(piece)
        except OSError:
            pass  # it does not wait for the end
        answer = received(peer)
    assert b" 413 " in answer.split(b"\r\n")[0] or answer == b""  # a reset may overtake the answer


def test_nobody_sends_a_body_at_all(served: Served) -> None:
    with connected(served.url) as peer:
        peer.sendall(b"POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
        assert received(peer, most=12) == b"HTTP/1.1 401"


@pytest.mark.parametrize(
    "lines",
    [
        "Content-Length: -1",
        "Content-Length: x",
        "Content-Length: 1\r\nContent-Length: 2",
        "X" * 700_000 + ": 1",
        "no colon",
    ],
)
def test_a_head_that_is_none_is_refused(served: Served, lines: str) -> None:
    with connected(served.url) as peer:
        peer.sendall(f"POST {ALERTS} HTTP/1.1\r\nHost: x\r\n{lines}\r\n\r\n".encode())
        assert received(peer).startswith((b"HTTP/1.1 400", b"HTTP/1.1 431"))


@pytest.fixture
def slow() -> Iterator[str]:
    """An app with little patience."""
    app = FastAPI()
    problems.install(app)

    @app.post("/")
    async def length(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(Bounded, file_limit=10, pause=0.2, whole=0.6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Patient, "head", 0.3)
        with listening(app, http=Patient) as url:
            yield url


def test_a_body_that_stops_coming_is_given_up(slow: str) -> None:
    with connected(slow) as peer:
        peer.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        answer = peer.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"did not come in time" in answer


def test_a_body_that_trickles_is_given_up(slow: str) -> None:
    with connected(slow) as peer:
        peer.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
        peer.settimeout(0.05)
        answer = b""
        for _ in range(200):
            try:
                peer.sendall(b"a")
                if answer := peer.recv(100):
                    break
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost:"])
def test_a_head_that_does_not_come_is_given_up(slow: str, said: bytes) -> None:
    with connected(slow) as peer:
        peer.sendall(said)
        assert peer.recv(100) == b""


def test_a_second_head_that_does_not_come_is_given_up(slow: str) -> None:
    with connected(slow) as peer:
        peer.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        answer = b""
        while not answer.endswith(b"\r\n\r\n0"):
            answer += peer.recv(1000)
        peer.sendall(b"POST / HT")
        assert peer.recv(100) == b""


def test_who_is_quick_is_not_given_up(slow: str) -> None:
    assert httpx.post(slow, content=b"abc", trust_env=False).json() == 3


def test_what_has_not_changed_is_not_sent_again(served: Served) -> None:
    client = served.client("viewer")
    first = client.get(f"{ALERTS}summary")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for said in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        again = client.get(f"{ALERTS}summary", headers={"If-None-Match": said})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(f"{ALERTS}summary", headers={"If-None-Match": '"other"'}).json() == first.json()
    served.client("admin").post(ALERTS, json={"title": "something else"})
    assert client.get(f"{ALERTS}summary", headers={"If-None-Match": tag}).status_code == 200


def test_a_tag_opens_nothing(served: Served) -> None:
    tag = served.client("admin").get("/api/v1/users").headers["etag"]
    assert served.client("viewer").get("/api/v1/users", headers={"If-None-Match": tag}).status_code == 403
    assert served.client().get("/api/v1/users", headers={"If-None-Match": "*"}).status_code == 401


def test_tags_and_compression_go_together(served: Served) -> None:
    client = served.client("viewer")
    plain = client.get("/api/v1/openapi.json", headers={"Accept-Encoding": "identity"})
    packed = client.get("/api/v1/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == plain.headers["etag"]
    assert packed.json() == plain.json()


@pytest.mark.parametrize("path", ["/healthz", ALERTS, "/no-such-page", "/api/v1/no-such-thing"])
def test_every_answer_is_safe_in_a_browser(served: Served, path: str) -> None:
    headers = served.client().get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "server" not in headers
    assert "strict-transport-security" not in headers


def test_other_sites_get_nothing(served: Served) -> None:
    for method in ("GET", "OPTIONS"):
        origin = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        answer = served.client("viewer").request(method, ALERTS, headers=origin)
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_site_that_is_named_may_ask(tmp_path: Path) -> None:
    folder = copied(tmp_path / "github")
    with (folder / "sentinel.yaml").open("a") as text:
        text.write("\nserver: {origins: ['https://good.example']}\n")
    with serving(load_project(folder, simulated=True)) as found:
        said = {"Access-Control-Request-Method": "GET"}
        good = found.client().options(ALERTS, headers={"Origin": "https://good.example", **said})
        assert good.headers["access-control-allow-origin"] == "https://good.example"
        assert "access-control-allow-credentials" not in good.headers
        evil = found.client().options(ALERTS, headers={"Origin": "https://evil.example", **said})
        assert "access-control-allow-origin" not in evil.headers


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (StoreError("the store is away"), 503),
        (LakeError("t", "is away"), 503),
        (ZeroDivisionError("secret"), 500),
    ],
)
def test_what_goes_wrong_on_our_side_is_said_so(fault: Exception, status: int) -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    def fails() -> None:
        raise fault

    with listening(app) as url:
        answer = httpx.get(url, trust_env=False)
    found = check(answer, status)
    assert "secret" not in answer.text
    assert ("instance" in found) == (status == 500)
    assert ("retry-after" in answer.headers) == (status == 503)


def connected(url: str) -> socket.socket:
    found = httpx.URL(url)
    return socket.create_connection((found.host, found.port or 80), timeout=20)


def head(method: str, path: str, served: Served, lines: str) -> bytes:
    key = served.keys["admin"]
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n{lines}\r\n\r\n".encode()


def received(peer: socket.socket, most: int = 4096) -> bytes:
    try:
        return peer.recv(most)
    except ConnectionResetError:
        return b""
