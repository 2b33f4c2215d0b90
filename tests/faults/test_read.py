"""A disk that fails while a project or a contract is read: could not run (3), and not a fault of whoever wrote it (2)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import sentineldq
from tests.faults import strace

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: visits
version: 1.0.0
status: active
schema:
  - name: visits
    properties:
      - name: id
        logicalType: integer
"""
PROJECT = """\
name: site
pipelines:
  visits:
    contract: contracts/visits.odcs.yaml
    source: {kind: files, path: "in/*.csv"}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("id\n1\n")
    (tmp_path / "contracts" / "visits.odcs.yaml").write_text(CONTRACT)
    (tmp_path / "sentinel.yaml").write_text(PROJECT)
    return tmp_path


def run(project: Path, arguments: list[str], failing: Path) -> subprocess.CompletedProcess[str]:
    """`sentinel`, every read of one file failing with EIO."""
    inject = ["-e", "trace=read,pread64", "-e", "inject=read,pread64:error=EIO", "-P", str(failing)]
    traced = ["strace", "-f", "-qq", "-o", str(project / "trace"), *inject]
    command = [*traced, sys.executable, "-m", "sentineldq", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(sentineldq.__file__).parents[1])}
    return subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (["run", "--once"], "sentinel.yaml"),
        (["status"], "sentinel.yaml"),
        (["run", "--once"], "contracts/visits.odcs.yaml"),
        (["check", "in/a.csv", "--contract", "contracts/visits.odcs.yaml"], "contracts/visits.odcs.yaml"),
        (["contract", "lint", "contracts/visits.odcs.yaml"], "contracts/visits.odcs.yaml"),
    ],
    ids=["run-project", "status-project", "run-contract", "check-contract", "lint-contract"],
)
def test_a_disk_that_fails_is_no_mistake_of_the_user(project, arguments, file):
    if not strace.installed():
        pytest.skip("strace is not installed (apt-get install strace)")
    ended = run(project, arguments, project / file)
    assert strace.injected(project / "trace")
    told = ended.stdout + ended.stderr
    assert ended.returncode == 3, told
    assert "Input/output error" in told
    assert file in told
    assert "Traceback" not in told
