"""Which process has something, and whether it is gone for certain.

A pid is given again to another process, and means something on its own machine alone; so a process is known by its
machine (this boot, this pid namespace), its pid, and the moment it was born.
"""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, kw_only=True)
class Process:
    """host: its name, for people. machine: what tells one set of pids from another. born: None where unknown."""

    host: str
    machine: str
    pid: int
    born: str | None


def current() -> Process:
    """The process that asks."""
    pid = os.getpid()
    return Process(host=socket.gethostname(), machine=_machine(), pid=pid, born=_born(pid))


def gone(process: Process) -> bool:
    """Whether it provably runs no more; False when it runs on a machine that cannot be looked at from here."""
    if process.machine != _machine():
        return False
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # it is another user's, so it is there
    return _born(process.pid) != process.born


@cache
def _machine() -> str:
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {(PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return f"{uuid.getnode():x}"


def _born(pid: int) -> str | None:
    """When a process began, in ticks since the boot; `dead` for one that has ended and not been waited for."""
    try:
        line = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = line.rpartition(")")[2].split()  # the name before it may hold anything
    return "dead" if fields[0] in {"Z", "X"} else fields[19]
