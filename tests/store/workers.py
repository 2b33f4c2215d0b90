"""Python in processes of its own, several at once."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent


def begin(code: str) -> subprocess.Popen[str]:
    """A process that runs the code; the test ends it."""
    return subprocess.Popen(
        [sys.executable, "-c", dedent(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(code: str, *, times: int = 1) -> list[str]:
    """What each of so many processes says; all must succeed."""
    said = []
    workers = [begin(code) for _ in range(times)]
    for worker in workers:
        out, err = worker.communicate(timeout=120)
        assert worker.returncode == 0, err
        said.append(out.strip())
    return said
