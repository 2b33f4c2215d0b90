"""Running the limited process, and telling what became of it."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import msgspec

from sentineldq.errors import ReadError
from sentineldq.server.uploads.inspect import Report, Request

PAUSE = 0.5
"""Seconds between two looks at whether to go on."""

LARGEST = 64 << 20
"""Bytes of a report."""


class Step(msgspec.Struct, frozen=True):
    """What the process said last."""

    step: str
    rows: int | None = None


class Unreadable(msgspec.Struct, frozen=True):
    """Why the file could not be checked."""

    message: str
    hint: str | None = None


def examine(request: Request, *, tell: Callable[[Step | None], None]) -> Report:
    """Check a file in a process of its own.

    tell: is given each step as it begins, and None between them; what it raises ends the process. Raises ReadError
    for a file that cannot be read, or takes more time or memory than it may have.
    """
    work = Path(request.work)
    deadline = time.monotonic() + request.seconds
    with (work / "stderr").open("wb") as errors:
        process = subprocess.Popen(  # our own module
            [sys.executable, "-P", "-m", "sentineldq.server.uploads.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=work,
            env=_environment(work),
            start_new_session=True,
        )
    try:
        _ask(process, request)
        _listen(process, tell, deadline, request)
        return _outcome(process.wait(10), request)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None and not stream.closed:
                stream.close()


def _ask(process: subprocess.Popen[bytes], request: Request) -> None:
    assert process.stdin is not None  # noqa: S101  # as it was opened
    try:
        process.stdin.write(msgspec.json.encode(request))
        process.stdin.close()
    except BrokenPipeError:
        pass  # it is over already; its exit says why


def _listen(
    process: subprocess.Popen[bytes], tell: Callable[[Step | None], None], deadline: float, request: Request
) -> None:
    assert process.stdout is not None  # noqa: S101  # as it was opened
    lines: queue.Queue[bytes | None] = queue.Queue(maxsize=1000)
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    while True:
        if time.monotonic() > deadline:
            raise ReadError(request.name, f"it takes longer than {request.seconds:,} seconds")
        try:
            line = lines.get(timeout=PAUSE)
        except queue.Empty:
            tell(None)
            continue
        if line is None:
            return
        try:
            tell(msgspec.json.decode(line, type=Step))
        except msgspec.DecodeError:
            continue  # a library's own words


def _read(stream: IO[bytes], lines: queue.Queue[bytes | None]) -> None:
    try:
        while line := stream.readline(10_000):
            lines.put(line)
    except ValueError:
        pass  # closed, because it was ended
    lines.put(None)


def _outcome(code: int, request: Request) -> Report:
    work = Path(request.work)
    if code == 0:
        path = work / "report.json"
        if path.stat().st_size > LARGEST:
            raise ReadError(request.name, "its report is too large", hint="has it very many columns?")
        return msgspec.json.decode(path.read_bytes(), type=Report)
    told = work / "error.json"
    if code == 1 and told.is_file():
        found = msgspec.json.decode(told.read_bytes(), type=Unreadable)
        raise ReadError(request.name, found.message, hint=found.hint)
    if -code == signal.SIGXCPU:
        raise ReadError(request.name, f"it takes more than {request.seconds:,} seconds of a processor")
    if -code in {signal.SIGABRT, signal.SIGKILL, signal.SIGSEGV, signal.SIGBUS}:
        most = f"{request.memory >> 20:,} MB"
        raise ReadError(request.name, f"it ended the process that read it, which may take {most} of memory")
    raise ReadError(request.name, "it ended the process that read it", hint=_last_line(work))


def _last_line(work: Path) -> str | None:
    """The name of the fault that the process ended with, without its words: they may hold anything."""
    lines = (work / "stderr").read_bytes()[-20_000:].decode("utf-8", "replace").strip().splitlines()
    return lines[-1].partition(":")[0][:100] if lines else None


def _environment(work: Path) -> dict[str, Any]:
    """What the process sees of the environment: no secret of the server's."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(work),
        "TMPDIR": str(work),
        "POLARS_TEMP_DIR": str(work),
    }
