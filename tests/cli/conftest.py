"""The command line as a user meets it: in this process for speed, in one of its own where that matters."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sentineldq.cli.app import run
from tests.servers import minio, postgres_catalog, s3

__all__ = ["minio", "postgres_catalog", "s3"]

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True, kw_only=True)
class Ran:
    code: int
    out: str
    err: str


Sentinel = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a copy of the examples."""
    for file in EXAMPLES.iterdir():
        if file.is_file():
            shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("SENTINEL_DEBUG", raising=False)
    return tmp_path


@pytest.fixture
def sentinel(folder: Path, capsys: pytest.CaptureFixture[str]) -> Sentinel:
    """Run a command in this process; no fault of ours passes as an error of the user's."""

    def call(*arguments: str) -> Ran:
        code = run(list(arguments))
        out, err = capsys.readouterr()
        assert "unexpected" not in err, err
        assert "Traceback" not in out + err
        return Ran(code=code, out=out, err=err)

    return call


@pytest.fixture
def process(folder: Path) -> Sentinel:
    """Run `python -m sentineldq` in a process of its own; `stdin` is what it reads."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    def call(*arguments: str, stdin: bytes = b"", python: tuple[str, ...] = ()) -> Ran:
        done = subprocess.run(
            [sys.executable, *python, "-m", "sentineldq", *arguments],
            input=stdin,
            capture_output=True,
            env=environment,
            timeout=120,
            check=False,
        )
        return Ran(code=done.returncode, out=done.stdout.decode(errors="replace"), err=done.stderr.decode())

    return call
