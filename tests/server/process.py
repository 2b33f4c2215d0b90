"""`sentinel serve` as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from sentineldq.pipeline.project import Project


@dataclass
class Process:
    """A server that runs. said: its first lines."""

    process: subprocess.Popen[str]
    url: str
    said: list[str]

    def client(self, **more: Any) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=20, trust_env=False, **more)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(40)


def launched(project: Project, *options: str, **environment: str) -> subprocess.Popen[str]:
    """Start it; it says on standard error where it is."""
    words = ["serve", "--project", str(project.root), *(["--simulated"] if project.simulated else [])]
    command = [sys.executable, "-m", "sentineldq", *words, *options]
    kept = {name: value for name, value in os.environ.items() if name != "SENTINEL_AUTH"}
    paths = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**kept, **paths, **environment})


@contextmanager
def starting() -> Iterator[Callable[..., Process]]:
    """Start servers, which end with the block."""
    made: list[subprocess.Popen[str]] = []

    def begin(project: Project, *options: str, **environment: str) -> Process:
        process = launched(project, *options, **environment)
        made.append(process)
        assert process.stderr is not None
        said = []
        while not said or said[-1] != "Ctrl-C ends it":
            line = process.stderr.readline()
            assert line, said
            said.append(line.strip())
        return Process(process, said[0].rpartition(" ")[2], said)

    try:
        yield begin
    finally:
        for process in made:
            process.kill()
            process.wait()
            assert process.stderr is not None
            process.stderr.close()
