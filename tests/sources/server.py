"""A web server on this machine that pages, throttles, fails and lies, as a test tells it to."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO
from urllib.parse import parse_qs, urlsplit

NOW = 1_700_000_000
"""The server's clock (2023-11-14T22:13:20Z), so that what is told of it is the same in every run."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked: the path, the first value of each parameter, the headers in lower case."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]
    out: BinaryIO
    socket: socket.socket


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer; `value` is sent as JSON in place of a body."""

    value: Any = None
    body: bytes | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        return json.dumps(self.value).encode() if self.body is None else self.body


Handler = Callable[[Request], Reply | None]
"""Answers a request; None where it wrote to the socket by itself, which then is closed."""


class Server(ThreadingHTTPServer):
    """Answers by path; `asked` are all requests so far, in order."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[Request] = []
        self.handlers: dict[str, Handler] = {}
        self.stopping = threading.Event()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def on(self, path: str, *answers: Reply | Handler) -> str:
        """Answers in turn to a path, the last one from then on; returns its URL."""
        left = list(answers)

        def answer(request: Request) -> Reply | None:
            now = left.pop(0) if len(left) > 1 else left[0]
            return now if isinstance(now, Reply) else now(request)

        self.handlers[path] = answer
        return self.url + path

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what many tests are about."""


class Answering(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        params = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(
            path=parts.path, params=params, headers=headers, out=self.wfile, socket=self.connection
        )
        self.server.asked.append(request)
        handler = self.server.handlers.get(parts.path)
        reply = Reply(status=404, value={"message": "Not Found"}) if handler is None else handler(request)
        if reply is None:
            self.close_connection = True
            return
        content = reply.content()
        self.wfile.write(head(reply.status, reply.headers, len(content)) + content)

    def log_message(self, *args: Any) -> None:
        pass


def head(status: int, headers: dict[str, str], length: int | None) -> bytes:
    """Status line and headers, up to the blank line."""
    all_headers = {"Content-Type": "application/json", "Date": formatdate(NOW, usegmt=True)}
    if length is not None and status != 304:
        all_headers["Content-Length"] = str(length)
    all_headers |= headers
    lines = [f"{name}: {value}" for name, value in all_headers.items() if value]
    return "\r\n".join([f"HTTP/1.1 {status} -", *lines, "", ""]).encode("latin-1")


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """A server in a thread of its own."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def drip(*, headers: bool) -> Handler:
    """Slowloris: a byte of the headers or of the body every 50 ms, for ever."""

    def answer(request: Request) -> None:
        request.out.write(b"HTTP/1.1 200 OK\r\nX-Slow: " if headers else head(200, {}, None) + b"[")
        forever(request, b" ", pause=0.05)

    return answer


def endless(request: Request) -> None:
    """A body of 10 GB, without its length."""
    request.out.write(head(200, {}, None) + b"[")
    forever(request, b" " * 2**16, most=10 * 2**30)


def bomb(request: Request) -> None:
    """A gzip body of some MB that unpacks to 10 GB."""
    request.out.write(head(200, {"Content-Encoding": "gzip"}, None))
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    blank = b" " * 2**20
    for _ in range(10 * 1024):
        request.out.write(packer.compress(blank))
    request.out.write(packer.flush())


def forever(request: Request, piece: bytes, *, pause: float = 0.0, most: int = 2**60) -> None:
    sent = 0
    while sent < most:
        request.out.write(piece)
        request.out.flush()
        sent += len(piece)
        time.sleep(pause)


def short(content: bytes, *, length: int) -> Handler:
    """A body that ends before (or after) the length it announces."""

    def answer(request: Request) -> None:
        request.out.write(head(200, {}, length) + content)

    return answer


def reset(request: Request) -> None:
    """The connection is reset in place of an answer."""
    request.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.socket.close()


def packed(value: Any, *, keep: int | None = None) -> Reply:
    """JSON in gzip, or the first bytes of it."""
    return Reply(body=gzip.compress(json.dumps(value).encode())[:keep], headers={"Content-Encoding": "gzip"})


def ndjson(records: Iterable[bytes]) -> bytes:
    return b"[" + b",\n ".join(records) + b"]"
