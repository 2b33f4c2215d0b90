"""Which process holds a file's lock, as the kernel lists it; for the one who waits for a SQLite database."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

LOCKS = Path("/proc/locks")
STATES = {"T": "stopped", "t": "stopped", "D": "waiting for its disk", "Z": "ended"}


def holder(path: str | Path) -> str | None:
    """The process that keeps others from writing to a file, in words; None where the kernel does not tell.

    The file is not opened: closing it again would let go of the locks that this process has on it itself.
    """
    with suppress(OSError, ValueError):
        state = Path(path).stat()
        place = f"{os.major(state.st_dev):02x}:{os.minor(state.st_dev):02x}:{state.st_ino}"
        for line in LOCKS.read_text().splitlines():
            words = line.split()
            if words[5:6] == [place] and words[3] == "WRITE" and int(words[4]) not in {os.getpid(), 0, -1}:
                return described(int(words[4]))
    return None


def described(process: int) -> str:
    """A process by its number, its command and whether it is at work."""
    told = []
    with suppress(OSError):
        folder = Path("/proc", str(process))
        command = folder.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        told.append(" ".join(command.split())[:80])
        told.append(STATES.get(folder.joinpath("stat").read_text().rpartition(") ")[2][:1], ""))
    about = "; ".join(filter(None, told))
    return f"process {process} ({about})" if about else f"process {process}"
