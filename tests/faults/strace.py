"""System calls of a child: counted, labelled by the file they are about, and made to fail by `strace`."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.faults.nursery import Child, Nursery

CHANGING = "write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,ftruncate,mkdir,mkdirat,link,linkat"
"""The calls by which a process changes what others see: a crash between any two of them is another state."""

READING = "read,pread64"
SYNCING = "fsync,fdatasync"
WRITING = "write,pwrite64,writev"

_LINE = re.compile(r"^(?P<thread>\d+) +(?:<\.\.\. )?(?P<call>\w+)(?:\((?P<rest>.*)| resumed>.*)$")
_NAMES = (
    ("the catalog", re.compile(r"catalog\.db")),
    ("the store", re.compile(r"store\.db")),
    ("metadata", re.compile(r"\.metadata\.json")),
    ("a manifest list", re.compile(r"snap-[^/]*\.avro")),
    ("a manifest", re.compile(r"-m\d+\.avro")),
    ("data", re.compile(r"\.parquet")),
    ("the archive", re.compile(r"/raw/")),
    ("the output", re.compile(r"\.log|pipe:")),
    ("a folder", re.compile(r"/lake")),
)


@dataclass(frozen=True)
class Point:
    """The `number`-th time (from 1) that a thread makes a call, and what that one is about; strace counts like this.

    follow: of any thread but the main one, the first to come so far.
    """

    call: str
    number: int
    follow: bool
    about: str = ""

    def __str__(self) -> str:
        return f"{'any' if self.follow else 'main'}.{self.call}.{self.number}"


def installed() -> bool:
    return shutil.which("strace") is not None


@contextmanager
def traced(
    nursery: Nursery, child: Child, log: Path, *, calls: str, inject: str | None = None, follow: bool = True
) -> Iterator[None]:
    """Trace a child that is held, let it go, and leave when the tracer is done with it.

    inject: as strace's, without the calls: `signal=KILL:when=7`, `error=EIO:when=3+`. follow: not
    only the main thread.
    """
    options = [
        *(["-f"] if follow else []),
        "-qq",
        "-y",
        "-e",
        f"trace={calls}",
        "-e",
        "signal=none",
        "-o",
        str(log),
        "-p",
        str(child.pid),
    ]
    if inject:
        options += ["-e", f"inject={calls}:{inject}"]
    tracer = subprocess.Popen(["strace", *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _attached(child, tracer)
        nursery.go(child)
        yield
    finally:
        nursery.end(child)
        with suppress(subprocess.TimeoutExpired):
            tracer.wait(10)
        tracer.kill()
        tracer.communicate()


def _attached(child: Child, tracer: subprocess.Popen[bytes]) -> None:
    status = Path(f"/proc/{child.pid}/status")
    until = time.monotonic() + 10
    while "TracerPid:\t0\n" in status.read_text():
        if tracer.poll() is not None or time.monotonic() > until:
            told = (
                tracer.stderr.read().decode() if tracer.stderr and tracer.poll() is not None else "no answer"
            )
            raise RuntimeError(f"strace cannot attach: {told}")
        time.sleep(0.002)


def points(log: Path, main: int) -> list[Point]:
    """All there are: of the main thread, and of the others, where those that count alike are one."""
    found: dict[tuple[str, int, bool], Point] = {}
    counts: Counter[tuple[int, str]] = Counter()
    for line in log.read_text(errors="replace").splitlines():
        matched = _LINE.match(line)
        if matched and matched["rest"] is not None:
            thread, call = int(matched["thread"]), matched["call"]
            counts[thread, call] += 1
            point = Point(call, counts[thread, call], thread != main, _about(matched["rest"]))
            found.setdefault((point.call, point.number, point.follow), point)
    return list(found.values())


def injected(log: Path) -> bool:
    """Whether an error was injected (a signal is seen by how the child ended)."""
    return log.exists() and "(INJECTED)" in log.read_text(errors="replace")


def _about(rest: str) -> str:
    return next((name for name, pattern in _NAMES if pattern.search(rest)), "else")
