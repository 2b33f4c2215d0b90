"""The process that a foreign file is read in: little memory, little time, no secrets, and where it can be, no network.

It is given a request on its standard input, tells its steps as lines of JSON on its standard output, and leaves
`report.json` or `error.json` in its folder.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
FILES = 256
"""Open files."""

GRACE = 5
"""Seconds between the signal that says that time is over and the one that cannot be ignored."""

WRITTEN = 16 << 30
"""Bytes of one file that it writes."""


def main() -> int:
    """Check what standard input asks for; 0 with a report, 1 with an error that is the file's."""
    _apart()
    import msgspec

    from sentineldq.errors import ReadError, SentinelError
    from sentineldq.server.uploads.inspect import Request, inspect

    request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
    _limit(request.memory, request.seconds)
    work = Path(request.work)
    try:
        report = inspect(request, tell)
    except SentinelError as fault:
        reason = fault.reason if isinstance(fault, ReadError) else fault.message
        message = reason.replace(f"{work}/", "").replace(request.path, request.name)
        (work / "error.json").write_bytes(msgspec.json.encode({"message": message, "hint": fault.hint}))
        return 1
    except MemoryError:
        (work / "error.json").write_bytes(msgspec.json.encode({"message": "it needs too much memory"}))
        return 1
    (work / "report.json").write_bytes(msgspec.json.encode(report, enc_hook=str))
    return 0


def tell(step: str, rows: int | None) -> None:
    """Say on standard output which step has begun."""
    told = f'{{"step": "{step}", "rows": {"null" if rows is None else rows}}}\n'
    sys.stdout.write(told)
    sys.stdout.flush()


def _apart() -> None:
    """End with the server, never gain rights, and leave the network where the kernel lets one."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if libc.unshare(CLONE_NEWNET) != 0 and os.geteuid() != 0:
            libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def _limit(memory: int, seconds: int) -> None:
    """Bound what the process may take; RLIMIT_DATA counts what is its own, not files that it maps."""
    wanted = {
        resource.RLIMIT_DATA: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_NOFILE: FILES,
        resource.RLIMIT_FSIZE: WRITTEN,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in wanted.items():
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        after = bound + GRACE if what == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else bound
        resource.setrlimit(what, (bound, after))


if __name__ == "__main__":
    sys.exit(main())
