"""`sentinel serve` as a process: how it begins, what it refuses, and how it ends."""

from __future__ import annotations

import re
import resource
import signal
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from sentineldq.errors import UsageError
from sentineldq.pipeline.project import Project
from sentineldq.server.serve import CONNECTIONS, SPARE, connections, first_token, refuse
from sentineldq.server.state import State
from sentineldq.store import alerts, users
from tests.server.process import Process, launched

ALERTS = "/api/v1/alerts/"


def token_of(process: Process) -> str:
    (found,) = re.findall(r"sdq_\S+", "\n".join(process.said))
    return str(found)


def test_the_first_run_shows_a_token_once(start: Callable[..., Process]) -> None:
    first = start("--port", "0")
    token = token_of(first)
    with first.client() as client:
        assert client.get(ALERTS).status_code == 401
        answer = client.post("/api/v1/session/token", json={"token": token})
        assert answer.json()["role"] == "admin"
        assert client.get("/api/v1/users").status_code == 200
        csrf = {"X-CSRF-Token": answer.json()["csrf"]}
        set_ = client.put("/api/v1/session/password", json={"new": "four words will do"}, headers=csrf)
        assert set_.status_code == 200, set_.text
    assert first.end(signal.SIGTERM) == 0
    second = start("--port", "0")
    assert "sdq_" not in "".join(second.said)
    with second.client() as client:
        login = {"name": "admin", "password": "four words will do"}
        assert client.post("/api/v1/session", json=login).status_code == 200
    assert second.end(signal.SIGINT) == 0


def test_nobody_has_to_log_in_where_that_is_said_out_loud(start: Callable[..., Process]) -> None:
    found = start("--port", "0", SENTINEL_AUTH="none")
    assert "SENTINEL_AUTH=none: whoever is on this machine may do everything" in found.said
    assert "sdq_" not in "".join(found.said)
    with found.client() as client:
        assert client.get("/api/v1/users").status_code == 200


@pytest.mark.parametrize(
    ("options", "auth", "error"),
    [
        (("--host", "0.0.0.0"), "", "there is no user yet, and 0.0.0.0 can be reached by others"),
        (("--host", "::"), "", "there is no user yet"),
        (("--host", "0.0.0.0"), "none", "SENTINEL_AUTH=none is for this machine alone, not for 0.0.0.0"),
        (("--host", "no.such.host.invalid"), "none", "is for this machine alone"),
        (("--port", "0"), "nobody", "SENTINEL_AUTH=nobody: that is not known"),
    ],
)
def test_it_refuses_to_be_open_to_others(
    empty: Project, options: tuple[str, ...], auth: str, error: str
) -> None:
    process = launched(empty, *options, SENTINEL_AUTH=auth)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert error in said
    assert "hint: " in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_named(empty: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = launched(empty, "--port", port)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in said
    assert "sdq_" not in said  # a token that nobody could use


def test_others_may_come_once_there_is_an_admin(empty: Project) -> None:
    with empty.open_store() as store:
        here = State(project=empty, store=store)
        with pytest.raises(UsageError, match="no user yet"):
            refuse(here, "0.0.0.0")
        users.add(store, name="eve", role="viewer", now=datetime.now(UTC))
        with pytest.raises(UsageError, match="no user yet"):
            refuse(here, "0.0.0.0")
        users.add(store, name="ada", role="admin", now=datetime.now(UTC))
        refuse(here, "0.0.0.0")
        assert first_token(store, now=datetime.now(UTC)) is None


@pytest.mark.apart
def test_what_was_begun_is_answered_when_told_to_stop(start: Callable[..., Process], empty: Project) -> None:
    """Half a request is there when SIGTERM comes; what of others was done was answered."""
    running = start("--port", "0", SENTINEL_AUTH="none")
    url = httpx.URL(running.url)
    body = b'{"title": "begun"}'
    head = f"POST {ALERTS} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    with socket.create_connection((url.host, url.port or 80), timeout=20) as peer:
        peer.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:5])
        answered, stopped = load(running, lambda: running.process.send_signal(signal.SIGTERM))
        peer.sendall(body[5:])
        assert peer.recv(100).startswith(b"HTTP/1.1 201")
    assert running.process.wait(40) == 0
    assert stopped
    with empty.open_store() as store:
        titles = sorted(one.title for one in alerts.query(store, limit=10_000))
    assert titles == sorted([*answered, "begun"])


@pytest.mark.apart
def test_what_was_answered_is_there_after_a_kill(start: Callable[..., Process], empty: Project) -> None:
    running = start("--port", "0", SENTINEL_AUTH="none")
    answered, _ = load(running, lambda: running.process.send_signal(signal.SIGKILL))
    running.process.wait(40)
    with empty.open_store() as store:
        titles = {one.title for one in alerts.query(store, limit=10_000)}
    assert set(answered) <= titles
    again = start("--port", "0", SENTINEL_AUTH="none")
    with again.client() as client:
        assert client.get("/readyz").status_code == 200


def load(running: Process, after: Callable[[], None]) -> tuple[list[str], bool]:
    """Open alerts from eight clients, do `after` when forty are there, and go on until nobody answers.

    Gives the titles of those that were answered 201, and whether the server stopped answering.
    """
    answered: list[str] = []
    lock, enough = threading.Lock(), threading.Event()

    def client(number: int) -> bool:
        for count in range(2000):
            title = f"{number}-{count}"
            try:
                answer = httpx.post(
                    f"{running.url}{ALERTS}", json={"title": title}, timeout=20, trust_env=False
                )
            except httpx.TransportError:
                return True
            if answer.status_code == 201:
                with lock:
                    answered.append(title)
                if len(answered) >= 40:
                    enough.set()
        return False

    with ThreadPoolExecutor(8) as pool:
        found = [pool.submit(client, number) for number in range(8)]
        assert enough.wait(60)
        after()
        stopped = all(one.result(60) for one in found)
    return answered, stopped


def test_the_settings_of_a_project_are_taken(start: Callable[..., Process], empty: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Path(empty.root / "sentinel.yaml").open("a") as text:
        text.write(f"\nserver: {{port: {port}}}\n")
    assert start().url == f"http://127.0.0.1:{port}"


def test_as_many_files_may_be_open_as_there_can_be_connections() -> None:
    kind = resource.RLIMIT_NOFILE
    soft, hard = resource.getrlimit(kind)
    try:
        resource.setrlimit(kind, (1024, hard))
        assert connections() == CONNECTIONS
        assert resource.getrlimit(kind) == (CONNECTIONS + SPARE, hard)
    finally:
        resource.setrlimit(kind, (soft, hard))
