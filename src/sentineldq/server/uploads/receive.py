"""Taking a file from a request to disk, piece by piece: never in memory, never more than was agreed, never for ever."""

from __future__ import annotations

import asyncio
import errno
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from sentineldq.server.problems import RequestError
from sentineldq.server.uploads.folder import Folder
from sentineldq.server.uploads.form import FIELDS, LONGEST, Form

BLOCK = 1 << 20
"""Bytes that are gathered before they are written."""

GRACE = 60.0
SLOWEST = 20_000
"""After so many seconds, a client has to have sent so many bytes a second on the whole."""

AROUND = (FIELDS + 1) * 2 * LONGEST
"""Bytes of a form that are not its file's."""


@dataclass(frozen=True, kw_only=True)
class Received:
    """A file that is on disk, whole. name: as it was given."""

    name: str | None
    size: int
    fields: dict[str, str] = field(default_factory=dict)


async def receive(request: Request, folder: Folder, check_id: str, *, limit: int) -> Received:
    """Take the file of a request: a multipart form's, or the body itself.

    Nothing is left of a file that is refused. Raises RequestError: 400 for a form that is none, 408 for a client that
    is too slow, 413 for too much, 422 for nothing, 507 where the disk is full.
    """
    limit = min(limit, await run_in_threadpool(folder.free))
    told = request.headers.get("content-length")
    form = request.headers.get("content-type", "").lower().startswith("multipart/form-data")
    if told is not None and int(told) > limit + (AROUND if form else 0):
        raise too_large(limit)
    try:
        return await _take(request, folder, check_id, limit=limit, form=form)
    except BaseException as fault:
        await asyncio.shield(run_in_threadpool(folder.drop, check_id))
        if isinstance(fault, OSError) and fault.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise RequestError(507, "the server's disk is full; nothing was kept") from fault
        if isinstance(fault, ClientDisconnect):
            raise RequestError(400, "the file did not come to its end; nothing was kept") from fault
        raise


async def _take(request: Request, folder: Folder, check_id: str, *, limit: int, form: bool) -> Received:
    buffer = bytearray()
    size = 0

    def keep(piece: bytes) -> None:
        nonlocal size
        size += len(piece)
        if size > limit:
            raise too_large(limit)
        buffer.extend(piece)

    reader = Form(request.headers["content-type"], keep) if form else None
    with await run_in_threadpool(folder.create, check_id) as file:
        async for piece in _pieces(request):
            reader.feed(piece) if reader else keep(piece)
            if len(buffer) >= BLOCK:
                await run_in_threadpool(file.write, bytes(buffer))
                buffer.clear()
        if reader:
            reader.close()
        file.write(buffer)
        await run_in_threadpool(_settle, file)
    if not size:
        raise RequestError(422, "the file is empty", hint="was it written to its end?")
    await run_in_threadpool(folder.accept, check_id)
    return Received(name=reader.name if reader else None, size=size, fields=reader.fields if reader else {})


def _settle(file: object) -> None:
    file.flush()  # type: ignore[attr-defined]
    os.fsync(file.fileno())  # type: ignore[attr-defined]


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body's pieces. Raises RequestError where they come too slowly; silence ends in a layer of the app."""
    began, taken = time.monotonic(), 0
    async for piece in request.stream():
        taken += len(piece)
        since = time.monotonic() - began
        if since > GRACE and taken < SLOWEST * since:
            raise RequestError(408, "the file comes too slowly", headers={"Connection": "close"})
        yield piece


def too_large(limit: int) -> RequestError:
    """What to say of a file that is above the limit."""
    return RequestError(
        413,
        f"the file is larger than {limit:,} bytes, the most that is taken",
        hint="`upload-limit` in the section `server` of sentinel.yaml; large data is better read by a pipeline",
        headers={"Connection": "close"},
    )
