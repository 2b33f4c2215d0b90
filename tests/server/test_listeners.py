"""Five hundred who listen to one server: all are told, nobody waits for those that do not read, and it stops in order."""

from __future__ import annotations

import asyncio
import signal
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from sentineldq.server.feed import BEHIND, Listener
from sentineldq.server.patience import Patient
from sentineldq.store.changes import Change
from tests.server.process import Process
from tests.server.serving import listening

LISTENERS, SILENT = 500, 20
EVENTS, ALERTS = "/api/v1/events", "/api/v1/alerts/"
Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def listeners(url: httpx.URL, count: int) -> AsyncIterator[list[Wire]]:
    """So many connections that listen, each from its `ready` on."""

    async def listen() -> Wire:
        wire = await asyncio.open_connection(url.host, url.port)
        wire[1].write(f"GET {EVENTS} HTTP/1.1\r\nHost: {url.host}\r\n\r\n".encode())
        await heard(wire, "ready")
        return wire

    found: list[Wire] = []
    try:
        while len(found) < count:
            found += await asyncio.gather(*(listen() for _ in range(50)))
        yield found
    finally:
        for _, writer in found:
            writer.close()


async def heard(wire: Wire, what: str) -> None:
    """Read up to an event of a type."""
    async with asyncio.timeout(60):
        while f'"type":"{what}"'.encode() not in (line := await wire[0].readline()):
            assert line, "the stream ended"


def silent(url: httpx.URL) -> socket.socket:
    """A connection that listens, and reads nothing."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    found.connect((url.host, url.port))
    found.sendall(f"GET {EVENTS} HTTP/1.1\r\nHost: {url.host}\r\n\r\n".encode())
    return found


def status(process: Process, name: str) -> int:
    """A number of the process: its threads, or the kilobytes that it has in memory."""
    for line in Path(f"/proc/{process.process.pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(name)


@pytest.mark.slow
def test_five_hundred_are_told_and_let_go(start: Callable[..., Process]) -> None:
    server = start("--port", "0", SENTINEL_AUTH="none")
    url = httpx.URL(server.url)

    async def walk() -> None:
        async with httpx.AsyncClient(base_url=server.url, timeout=30, trust_env=False) as client:
            await client.get(f"{ALERTS}summary")
            threads, memory = status(server, "Threads"), status(server, "VmRSS")
            deaf = [silent(url) for _ in range(SILENT)]
            async with listeners(url, LISTENERS) as found:
                assert status(server, "Threads") - threads < 50, "a listener has no thread of its own"
                assert status(server, "VmRSS") - memory < LISTENERS * 200, "nor 200 KB"
                for number in range(3):
                    told = asyncio.gather(*(heard(wire, "alerts") for wire in found))
                    assert (await client.post(ALERTS, json={"title": f"{number}"})).status_code == 201
                    while not told.done():  # what others ask is answered meanwhile
                        assert (await client.get(f"{ALERTS}summary")).status_code == 200
                        await asyncio.sleep(0.05)
                    await told
                server.process.send_signal(signal.SIGTERM)
                async with asyncio.timeout(60):
                    ends = await asyncio.gather(*(reader.read() for reader, _ in found))
                assert all(end.endswith(b"0\r\n\r\n") for end in ends), "each stream was ended, not cut"
            for one in deaf:
                one.close()

    asyncio.run(walk())
    assert server.process.wait(40) == 0


@pytest.mark.slow
def test_who_hangs_up_leaves_nothing(start: Callable[..., Process]) -> None:
    """A thousand that break off, some before the first byte came: no descriptor and no listener stays."""
    server = start("--port", "0", SENTINEL_AUTH="none")
    url, files = httpx.URL(server.url), Path(f"/proc/{server.process.pid}/fd")
    with server.client() as client:
        client.get(f"{ALERTS}summary")
        before = len(list(files.iterdir()))
        for number in range(1000):
            peer = silent(url)
            if number % 2:
                peer.recv(100)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.close()  # a reset
        for _ in range(400):
            if len(list(files.iterdir())) <= before + 2:
                break
            time.sleep(0.05)
        assert len(list(files.iterdir())) <= before + 2
        assert client.get(f"{ALERTS}summary").status_code == 200


def test_who_falls_behind_is_let_go() -> None:
    async def fall() -> Listener:
        found = Listener()
        for number in range(BEHIND + 10):
            found.tell([Change(type="runs", id=str(number), version="1")])
        return found

    found = asyncio.run(fall())
    assert found.over
    assert found.waiting.qsize() == 1
    assert found.waiting.get_nowait() is None


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[str]]]:
    """An app that never ends an answer, and what became of them; it has little patience with who does not read."""
    app, ended = FastAPI(), []

    async def forever() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 65536
                await asyncio.sleep(0)
        finally:
            ended.append("ended")

    @app.get("/")
    async def stream() -> StreamingResponse:
        return StreamingResponse(forever())

    monkeypatch.setattr(Patient, "read", 0.3)
    with listening(app, http=Patient) as url:
        yield url, ended


def test_who_does_not_read_is_let_go(endless: tuple[str, list[str]]) -> None:
    url, ended = httpx.URL(endless[0]), endless[1]
    with socket.create_connection((url.host, url.port or 80), timeout=20) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        for _ in range(400):
            if ended:
                break
            time.sleep(0.05)
    assert ended == ["ended"]
