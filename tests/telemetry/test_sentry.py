"""Sentry: nothing at all without a DSN; with one, errors and no secrets."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from textwrap import dedent
from typing import Any

import pytest

NAMES = ("SENTRY_DSN", "ENVIRONMENT", "SENTRY_RELEASE")


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in NAMES}
    return subprocess.run(
        [sys.executable, "-c", dedent(code)],
        env=kept | {"no_proxy": "127.0.0.1"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Receiver(ThreadingHTTPServer):
    """Takes what is sent as Sentry does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.received: Queue[tuple[str, bytes]] = Queue()

    @property
    def dsn(self) -> str:
        return f"http://publickey@127.0.0.1:{self.server_port}/42"


class Request(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.received.put((self.path, body))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


FAIL = """
import logging
from sentineldq.errors import StoreError
from sentineldq.telemetry import sentry
assert sentry.configure()
def fail(record):
    raise StoreError("postgresql://user:canary@host is gone; canary-value")
try:
    fail({"mail": "canary@example.com"})
except StoreError as error:
    logging.getLogger("sentineldq").error("canary in a log")
    sentry.capture(error, pipeline="events", token="canary")
sentry.flush()
"""


def test_an_error_reaches_sentry_without_secrets(receiver: Receiver) -> None:
    done = python(
        FAIL, SENTRY_DSN=receiver.dsn, ENVIRONMENT="staging", SENTRY_RELEASE="1.2.3", MY_SECRET="canary-value"
    )
    assert done.returncode == 0, done.stderr
    path, body = receiver.received.get_nowait()
    assert receiver.received.empty()
    assert path == "/api/42/envelope/"
    _, header, payload = body.split(b"\n", 2)
    assert json.loads(header)["type"] == "event"
    event = json.loads(payload)
    assert (event["environment"], event["release"]) == ("staging", "1.2.3")
    assert event["tags"] == {"pipeline": "events", "token": "***"}
    (error,) = event["exception"]["values"]
    assert error["type"] == "StoreError"
    assert error["value"] == "postgresql://***@host is gone; ***"
    assert [frame["function"] for frame in error["stacktrace"]["frames"]] == ["<module>", "fail"]
    assert b"canary" not in body
    assert not event.get("breadcrumbs", {}).get("values")


def test_a_release_has_a_default(receiver: Receiver) -> None:
    assert python(FAIL, SENTRY_DSN=receiver.dsn).returncode == 0
    event = json.loads(receiver.received.get_nowait()[1].split(b"\n", 2)[2])
    assert event["environment"] == "production"
    assert event["release"].startswith("sentineldq@")


def test_without_a_dsn_nothing_is_imported_or_opened() -> None:
    done = python("""
    import sys
    opened = []
    sys.addaudithook(lambda event, _: opened.append(event) if event.startswith("socket.") else None)
    from sentineldq.telemetry import sentry
    assert not sentry.configure()
    sentry.capture(ValueError())
    sentry.flush()
    print(opened, [name for name in sys.modules if name.startswith("sentry_sdk")])
    """)
    assert (done.stdout, done.stderr) == ("[] []\n", "")


def test_a_missing_extra_is_one_sentence() -> None:
    done = python(
        """
        import sys
        sys.modules["sentry_sdk"] = None  # as if it were not installed
        from sentineldq.errors import MissingExtraError
        from sentineldq.telemetry import sentry
        try:
            sentry.configure()
        except MissingExtraError as error:
            print(error)
        """,
        SENTRY_DSN="http://k@127.0.0.1:1/1",
    )
    assert "sentry-sdk, which is not installed" in done.stdout
    assert "pip install 'sentineldq[sentry]'" in done.stdout


def test_a_dsn_that_is_none_is_refused() -> None:
    done = python(
        """
        from sentineldq.errors import UsageError
        from sentineldq.telemetry import sentry
        try:
            sentry.configure()
        except UsageError as error:
            print(error)
        """,
        SENTRY_DSN="nonsense",
    )
    assert "SENTRY_DSN is not the DSN of a Sentry project" in done.stdout
    assert "nonsense" not in done.stdout


def test_a_receiver_that_is_gone_holds_nothing_up() -> None:
    done = python(FAIL, SENTRY_DSN="http://k@127.0.0.1:1/1")
    assert done.returncode == 0, done.stderr
