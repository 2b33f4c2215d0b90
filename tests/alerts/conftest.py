"""A store, findings in it, and receivers that are servers on this machine."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from sentineldq.alerts.rules import Rules
from sentineldq.alerts.sweep import Context, sweep
from sentineldq.store import alerts, findings
from sentineldq.store.database import Store
from sentineldq.store.open import open_store
from tests.servers import postgres_catalog

__all__ = ["postgres_catalog"]

NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_catalog")
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def found(store: Store) -> Callable[..., findings.Finding]:
    """A finding of stale orders, or what is said otherwise."""

    def report(**said: Any) -> findings.Finding:
        usual = {
            "key": "freshness/orders",
            "kind": "freshness",
            "severity": "WARNING",
            "title": "orders is 3 h old",
        }
        return findings.report(store, **{**usual, "dataset": "orders", **said})

    return report


@pytest.fixture
def swept(store: Store) -> Callable[..., list[alerts.Alert]]:
    """Sweep, and give the alerts that stand."""

    def run(rules: Rules | None = None, *, now: datetime = NOW, **context: Any) -> list[alerts.Alert]:
        sweep(store, Context(project="shop", rules=rules or Rules(), **context), now=now)
        return alerts.standing(store)

    return run


@dataclass
class Receiver:
    """An HTTP server: what it was sent, and what it answers.

    mute: it takes the request and says nothing. endless: it says more and more, until nobody listens.
    """

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    mute: bool = False
    endless: bool = False
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.requests]


@pytest.fixture
def receivers() -> Iterator[Callable[..., Receiver]]:
    servers: list[socketserver.TCPServer] = []

    def start(**options: Any) -> Receiver:
        receiver = Receiver(**options)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                receiver.requests.append((dict(self.headers), body))
                if receiver.mute:
                    self.close_connection = True
                    return
                self.send_response(receiver.status)
                for name, value in {
                    "Content-Length": str(2**40 * receiver.endless),
                    **receiver.headers,
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(OSError):
                    while receiver.endless:
                        self.wfile.write(b"x" * 65536)

            do_GET = do_POST  # noqa: N815  # what a redirect may turn it into

            def log_message(self, *_: Any) -> None:
                pass

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        return receiver

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


class Mailbox:
    """An SMTP server on a port of its own, and what it was sent."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._controller: Controller | None = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd calls it so
        self.messages.append(envelope)
        return "250 OK"

    def stop(self) -> None:
        """Take no more; once more does nothing."""
        if self._controller is not None:
            self._controller.stop()
        self._controller = None


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    found = Mailbox()
    yield found
    found.stop()
