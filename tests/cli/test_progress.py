"""A sign of life appears on a terminal after two seconds, and nowhere else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

SLEEPER = """
import sys, time
from sentineldq.cli.progress import progress
with progress("checking orders"):
    time.sleep(float(sys.argv[1]))
"""


def said(seconds: float, *, terminal: bool) -> str:
    """What a process that works for so long writes to standard error."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    stream = theirs
    process = subprocess.Popen([sys.executable, "-c", SLEEPER, str(seconds)], stderr=stream, env=env)
    os.close(stream)
    heard = b""
    try:
        while block := os.read(ours, 4096):
            heard += block
    except OSError:  # how Linux ends a pseudo-terminal that nobody writes to any more
        pass
    os.close(ours)
    assert process.wait() == 0
    return heard.decode()


def test_work_that_takes_long_says_so_on_a_terminal():
    assert "checking orders" in said(3.2, terminal=True)


def test_quick_work_is_silent():
    assert said(0.1, terminal=True) == ""


def test_a_pipe_hears_nothing():
    assert said(2.6, terminal=False) == ""
