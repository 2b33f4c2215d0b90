"""One request, whatever the server does: bounded, patient, and silent about secrets (S22 of the fault list)."""

from __future__ import annotations

import logging
import resource
import ssl
import threading
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpx
import pytest

from sentineldq.errors import SourceError, UsageError
from sentineldq.sources.auth import Auth, credentials
from sentineldq.sources.http import Http, Limits, Response, ThrottledError, _tls
from tests.sources.conftest import Clock
from tests.sources.server import NOW, Reply, Server, bomb, drip, endless, packed, reset, serving, short

HTML = Reply(body=b"<html><h1>Log in</h1></html>", headers={"Content-Type": "text/html; charset=utf-8"})
OK = Reply(value=[1, 2])


def ask(
    url: str, clock: Clock, *, auth: Auth | None = None, headers: dict[str, str] | None = None, **limits: Any
) -> Response:
    parsed = httpx.URL(url)
    http = Http(
        name="shop",
        credentials=credentials(auth, url=parsed, name="shop"),
        limits=Limits(**{"connect": 2.0, "read": 2.0, "deadline": 5.0, **limits}),
        sleep=clock.sleep,
        clock=clock.read,
    )
    with http:
        return http.get(parsed, headers=headers)


def refused(url: str, clock: Clock, **options: Any) -> str:
    with pytest.raises(SourceError) as caught:
        ask(url, clock, **options)
    return str(caught.value)


def test_an_answer_comes_as_it_was_sent(server: Server, clock: Clock) -> None:
    page = ask(server.on("/list", Reply(body=b'[ {"a":1.0} ]', headers={"Link": "</b>; rel=next"})), clock)
    assert (page.status, page.body, page.next) == (200, b'[ {"a":1.0} ]', "/b")
    assert page.date is not None
    assert page.date.timestamp() == NOW
    assert clock.slept == []


def test_gzip_is_unpacked(server: Server, clock: Clock) -> None:
    assert ask(server.on("/list", packed([1, 2])), clock).body == b"[1, 2]"
    assert server.asked[0].headers["accept-encoding"] == "gzip"


def test_not_modified_is_an_answer(server: Server, clock: Clock) -> None:
    url = server.on("/list", Reply(status=304, body=b""))
    assert ask(url, clock, headers={"If-None-Match": '"1"'}).status == 304
    assert server.asked[0].headers["if-none-match"] == '"1"'


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        pytest.param(Reply(status=500, value={"message": "later"}), "HTTP 500: later", id="500"),
        pytest.param(Reply(status=503, body=b""), "HTTP 503: no words", id="503"),
        pytest.param(Reply(status=429, body=b"slow down"), "HTTP 429: slow down", id="429"),
        pytest.param(reset, "the connection failed", id="reset"),
        pytest.param(short(b"[1, 2", length=6), "the connection failed", id="truncated"),
        pytest.param(packed([1] * 1000, keep=30), "gzip is truncated", id="truncated-gzip"),
        pytest.param(
            Reply(body=b"[1]", headers={"Content-Encoding": "gzip"}), "gzip is damaged", id="damaged-gzip"
        ),
    ],
)
def test_what_may_pass_is_asked_again(
    server: Server, clock: Clock, caplog: pytest.LogCaptureFixture, first: Any, reason: str
) -> None:
    assert ask(server.on("/list", first, first, OK), clock).body == b"[1, 2]"
    assert len(server.asked) == 3
    assert 0.5 <= clock.slept[0] <= 1.5
    assert 1.0 <= clock.slept[1] <= 2.0
    assert reason in caplog.text


def test_it_gives_up_in_the_end(server: Server, clock: Clock) -> None:
    text = refused(server.on("/list", Reply(status=502, value={"error": {"message": "bad gateway"}})), clock)
    assert (
        text == f"source shop: GET {server.url}/list: HTTP 502: bad gateway (still, after several attempts)"
    )
    assert len(server.asked) == 6
    assert len(set(clock.slept)) == 5  # jittered


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"Retry-After": "7"}, 7, id="seconds"),
        pytest.param({"Retry-After": formatdate(NOW + 9, usegmt=True)}, 9, id="date"),
        pytest.param({"Retry-After": formatdate(NOW - 900, usegmt=True)}, 0, id="past"),
        pytest.param({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOW + 11)}, 11, id="reset"),
        pytest.param({"X-RateLimit-Remaining": "0"}, 60, id="no-reset"),
        pytest.param({"Retry-After": "soon"}, 0, id="no-time"),
    ],
)
def test_it_waits_as_long_as_the_server_asks(
    server: Server, clock: Clock, headers: dict[str, str], seconds: float
) -> None:
    """By the server's clock: ours is years ahead of it here."""
    ask(server.on("/list", Reply(status=429, value={}, headers=headers), OK), clock)
    assert seconds + 0.5 <= clock.slept[0] <= seconds + 1.5


def test_a_secondary_limit_without_a_time_costs_a_minute(server: Server, clock: Clock) -> None:
    limit = Reply(status=403, value={"message": "You have exceeded a secondary rate limit"})
    ask(server.on("/list", limit, OK), clock)
    assert 60 <= clock.slept[0] <= 62


def test_a_long_wait_is_left_to_the_caller(server: Server, clock: Clock) -> None:
    """And the server is not asked before its time, even if the caller tries."""
    url = httpx.URL(server.on("/list", Reply(status=429, value={}, headers={"Retry-After": "3600"}), OK))
    with Http(name="shop", sleep=clock.sleep, clock=clock.read) as http:
        with pytest.raises(
            ThrottledError, match=r"HTTP 429.*\nhint: it may be asked again in 3600 s"
        ) as caught:
            http.get(url)
        assert caught.value.wait == 3600
        clock.now += 3599
        with pytest.raises(ThrottledError, match="the server asked to wait"):
            http.get(url)
        assert len(server.asked) == 1
        clock.now += 2
        assert http.get(url).status == 200
    assert clock.slept == []


def test_patience_is_bounded_in_all(server: Server, clock: Clock) -> None:
    url = server.on("/list", Reply(status=429, value={}, headers={"Retry-After": "50"}))
    with pytest.raises(ThrottledError):
        ask(url, clock)
    assert len(clock.slept) == 2


@pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 410, 418])
def test_what_will_not_pass_is_not_asked_again(server: Server, clock: Clock, status: int) -> None:
    text = refused(server.on("/list", Reply(status=status, body=b"" if status == 204 else b"no")), clock)
    assert f"HTTP {status}: no" in text
    assert ("hint: " in text) == (status in (400, 401, 403, 404, 410))
    assert len(server.asked) == 1


@pytest.mark.parametrize("headers", [True, False], ids=["headers", "body"])
def test_a_server_that_drips_is_cut_off(server: Server, clock: Clock, headers: bool) -> None:
    text = refused(server.on("/list", drip(headers=headers)), clock, deadline=0.3, attempts=2)
    assert "no whole answer within 0.3 s" in text


def test_a_body_that_ends_with_its_cut_connection_is_not_whole(server: Server, clock: Clock) -> None:
    """Without a length the end of the connection is the end of the body, even where we ended it."""
    server.on("/list", drip(headers=False), OK)
    assert ask(server.url + "/list", clock, deadline=0.3).body == b"[1, 2]"


@pytest.mark.parametrize("handler", [endless, bomb])
def test_an_endless_body_ends_in_an_error_not_in_memory(server: Server, clock: Clock, handler: Any) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    text = refused(server.on("/list", handler), clock, max_bytes=2**20, deadline=60.0)
    assert "larger than 1,048,576 bytes\nhint: ask for smaller pages, or raise max_bytes" in text
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KB
    assert len(server.asked) == 1


def test_a_body_of_just_the_size_is_taken(server: Server, clock: Clock) -> None:
    url = server.on("/list", packed([1] * 100), Reply(value=[1] * 100))
    for _ in range(2):
        assert len(ask(url, clock, max_bytes=300).body) == 300
    assert "larger than 299 bytes" in refused(url, clock, max_bytes=299)


def test_a_length_that_is_too_large_is_refused_unread(server: Server, clock: Clock) -> None:
    text = refused(server.on("/list", short(b"[", length=10**12)), clock)
    assert "the answer is larger than" in text


def test_an_encoding_not_asked_for_is_refused(server: Server, clock: Clock) -> None:
    nested = Reply(body=b"", headers={"Content-Encoding": "gzip, gzip"})
    assert "encoded as 'gzip, gzip'" in refused(server.on("/list", nested), clock)


def test_html_in_place_of_json_is_refused(server: Server, clock: Clock) -> None:
    assert "status 200, yet text/html in place of JSON: <html><h1>Log in" in refused(
        server.on("/", HTML), clock
    )


def test_redirects_are_followed_on_the_same_host(server: Server, clock: Clock) -> None:
    server.on("/a", Reply(status=302, body=b"", headers={"Location": "/b?x=1"}))
    server.on("/b", Reply(status=307, body=b"", headers={"Location": f"{server.url}/list"}))
    server.on("/list", OK)
    assert ask(server.url + "/a", clock).body == b"[1, 2]"
    assert server.asked[1].params == {"x": "1"}


def test_a_redirect_loop_ends(server: Server, clock: Clock) -> None:
    assert "redirects more than 5 times" in refused(
        server.on("/a", Reply(status=301, body=b"", headers={"Location": "/a"})), clock
    )
    assert len(server.asked) == 6


@pytest.mark.parametrize(
    "location", ["//elsewhere.example/", "http://127.0.0.1:1/", "file:///etc/passwd", ""]
)
def test_a_redirect_elsewhere_is_refused(server: Server, clock: Clock, location: str) -> None:
    url = server.on("/a", Reply(status=302, body=b"", headers={"Location": location}))
    assert "redirects to another host" in refused(url, clock)


def test_an_untrusted_certificate_is_refused_at_once(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is known, but has expired."""
    pem = Path(__file__).parent / "expired.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    _tls.cache_clear()
    with serving() as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        text = refused(f"https://localhost:{server.server_address[1]}/list", clock)
    _tls.cache_clear()
    assert "certificate has expired" in text
    assert "the server's certificate is not to be trusted" in text
    assert clock.slept == []


def test_nobody_there_is_told(clock: Clock) -> None:
    with serving() as server:
        url = server.url
    assert "the connection failed: [Errno" in refused(url, clock)


SECRET = "s3cr3t/+k"
WAYS = [
    pytest.param(Auth(bearer_env="KEY"), "authorization", f"Bearer {SECRET}", id="bearer"),
    pytest.param(
        Auth(user_env="KEY", password_env="PASSWORD"),
        "authorization",
        "Basic czNjcjN0Lyt" + "rOmh1c2g=",
        id="basic",
    ),
    pytest.param(Auth(header="X-Api-Key", env="KEY"), "x-api-key", SECRET, id="header"),
    pytest.param(
        Auth(header="Authorization", prefix="ShippoToken ", env="KEY"),
        "authorization",
        f"ShippoToken {SECRET}",
        id="prefix",
    ),
    pytest.param(Auth(query="q", env="KEY"), "", SECRET, id="query"),
]


@pytest.mark.parametrize(("auth", "header", "sent"), WAYS)
def test_secrets_are_sent_and_shown_nowhere(
    server: Server,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    auth: Auth,
    header: str,
    sent: str,
) -> None:
    """Though the server repeats them."""
    monkeypatch.setenv("KEY", f"{SECRET}\n")
    monkeypatch.setenv("PASSWORD", "hush")
    caplog.set_level(logging.DEBUG)

    def tattling(request: Any) -> Reply:
        return Reply(status=500, value={"message": f"Invalid API Key: {request.headers} {request.params}"})

    text = refused(server.on("/list", tattling), clock, auth=auth, attempts=2)
    request = server.asked[0]
    assert (request.headers[header] if header else request.params["q"]) == sent
    shown = credentials(auth, url=httpx.URL(server.url), name="shop")
    for where in (text, caplog.text, repr(shown), str(shown)):
        assert SECRET not in where
        assert sent not in where
        assert "hush" not in where
    assert "Invalid API Key" in text


def test_parameters_that_look_secret_are_masked(server: Server, clock: Clock) -> None:
    text = refused(f"{server.url}/none?api_key=abc&access_token=def&page=2&created[gte]=5", clock)
    assert f"GET {server.url}/none?api_key=***&access_token=***&page=2&created%5Bgte%5D=5: HTTP 404" in text


@pytest.mark.parametrize(
    ("auth", "url", "problem"),
    [
        pytest.param(Auth(bearer_env="NONE"), "https://a.b", "variable NONE is not set", id="unset"),
        pytest.param(Auth(bearer_env="ODD"), "https://a.b", "ODD holds characters", id="odd"),
        pytest.param(Auth(bearer_env="KEY"), "http://a.b", "not sent unencrypted to a.b", id="http"),
        pytest.param(
            Auth(bearer_env="KEY", env="KEY"), "https://a.b", "not one of the known ways", id="both"
        ),
        pytest.param(Auth(header="X"), "https://a.b", "not one of the known ways", id="half"),
        pytest.param(None, "https://me:pw@a.b", "holds a user or password", id="userinfo"),
    ],
)
def test_credentials_that_cannot_be_are_refused(
    monkeypatch: pytest.MonkeyPatch, auth: Auth | None, url: str, problem: str
) -> None:
    monkeypatch.setenv("KEY", "k")
    monkeypatch.setenv("ODD", "k\x1b")
    with pytest.raises(UsageError, match=problem):
        credentials(auth, url=httpx.URL(url), name="shop")


def test_words_of_a_server_are_one_short_line(server: Server, clock: Clock) -> None:
    rude = Reply(status=400, body=b"\x1b[2Jboo\r\n\x00 hoo " + b"x" * 10_000)
    text = refused(server.on("/list", rude), clock)
    assert "HTTP 400: [2Jboo hoo xxx" in text
    assert len(text.splitlines()[0]) < 300
    assert text.replace("\n", "").isprintable()


def test_connections_are_reused_and_closed(server: Server, clock: Clock) -> None:
    url = httpx.URL(server.on("/list", OK))
    before = threading.active_count()
    with Http(name="shop", sleep=clock.sleep, clock=clock.read) as http:
        ports = {http.get(url) and server.asked[-1].socket.getpeername()[1] for _ in range(3)}
    assert len(ports) == 1
    ends = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < ends:
        time.sleep(0.01)
    assert threading.active_count() <= before
