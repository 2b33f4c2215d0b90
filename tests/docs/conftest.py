"""A folder to run a page in: the examples, and `sentinel` on the path."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with the files of `examples/`, both beside and below it; the current folder."""
    shutil.copytree(ROOT / "examples", tmp_path / "page" / "examples")
    shutil.copytree(ROOT / "examples", tmp_path / "page", dirs_exist_ok=True)
    program = tmp_path / "bin" / "sentinel"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m sentineldq "$@"\n')
    program.chmod(0o755)
    programs = [program.parent, Path(sys.executable).parent, os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, programs)))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    monkeypatch.setenv("COLUMNS", "100")  # what a pipe gets; readline, which pytest loads, says 80
    monkeypatch.chdir(tmp_path / "page")
    return tmp_path / "page"
