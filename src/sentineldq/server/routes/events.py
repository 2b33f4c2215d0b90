"""Live changes as server-sent events: what has changed, never its content; who listens asks for that again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import msgspec
from anyio import to_thread
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import StreamingResponse

from sentineldq.errors import SentinelError
from sentineldq.server.feed import FullError, Listener
from sentineldq.server.problems import RequestError
from sentineldq.server.security.principal import Viewer, identify
from sentineldq.server.state import Here, State
from sentineldq.store.changes import Change

router = APIRouter(prefix="/events", tags=["events"])

HEARTBEAT = 15.0
"""Seconds without a change after which a comment is sent, so that nobody takes the line for dead."""

RECHECK = 30.0
"""Seconds between two looks at whether who listens still may."""

LONGEST = 900.0
"""Seconds after which a stream ends; a browser comes back by itself."""

STREAM = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
BEAT = b": still here\n\n"


class ChangeOut(BaseModel):
    """Something that changed. type: its subject, or `ready` at the beginning; id: null where it is more than a few.

    Of `batches`, `drift`, `freshness` and `profiles` the id is a dataset, of `measurements` and `feedback` a series,
    of `alerts`, `checks`, `findings`, `jobs` and `runs` their own. version: another with each change.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"type": "alerts", "id": "5c1d7f1e-7a50-4a55-9d3c-2b8f0f3f9f10", "version": "4711"}]
        }
    )

    type: str
    id: str | None
    version: str


@router.get(
    "",
    summary="Listen for changes",
    response_class=StreamingResponse,
    responses={200: {"model": ChangeOut, "content": {STREAM: {}}}},
)
async def listen(request: Request, _: Viewer, here: Here) -> StreamingResponse:
    """Changes of the store within about a second, one `data:` line of JSON each, until the stream ends."""
    try:
        listener = here.feed.join()
    except FullError as fault:
        raise RequestError(503, "there are too many listeners", headers={"Retry-After": "30"}) from fault
    return StreamingResponse(_stream(request, here, listener), media_type=STREAM, headers=HEADERS)


async def _stream(request: Request, here: State, listener: Listener) -> AsyncIterator[bytes]:
    ends = time.monotonic() + LONGEST
    checked = time.monotonic()
    try:
        yield b"retry: 3000\n\n"
        await asyncio.wait_for(listener.begun.wait(), HEARTBEAT)
        yield line(Change(type="ready", id=None, version=""))
        while time.monotonic() < ends:
            if time.monotonic() - checked > RECHECK:
                if not await to_thread.run_sync(_may, request, here):
                    return
                checked = time.monotonic()
            try:
                change = await asyncio.wait_for(listener.waiting.get(), HEARTBEAT)
            except TimeoutError:
                yield BEAT
                continue
            if change is None:
                return
            yield line(change)
    finally:
        here.feed.leave(listener)


def line(change: Change) -> bytes:
    """A change as an event."""
    return b"data: " + msgspec.json.encode(change) + b"\n\n"


def _may(request: Request, here: State) -> bool:
    """Whether who listens is still known: keys are revoked and sessions end while streams go on."""
    try:
        return identify(request, here) is not None
    except SentinelError:
        return False
