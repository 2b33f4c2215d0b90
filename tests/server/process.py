"""`sentinel serve` as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass

import httpx

from sentineldq.pipeline.project import Project


@dataclass
class Process:
    """A server that runs. said: its first lines."""

    process: subprocess.Popen[str]
    url: str
    said: list[str]

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=20, trust_env=False)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(40)


def launched(project: Project, *options: str, **environment: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "sentineldq",
        "serve",
        "--project",
        str(project.root),
        "--simulated",
        *options,
    ]
    kept = {name: value for name, value in os.environ.items() if name != "SENTINEL_AUTH"}
    paths = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**kept, **paths, **environment})
