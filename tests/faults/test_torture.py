"""The command that tries faults in earnest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TORTURE = Path(__file__).parents[2] / "benchmarks" / "torture.py"


def test_it_prints_what_it_tried():
    words = ["--fault", "race", "--trials", "4", "--seed", "3"]
    done = subprocess.run(
        [sys.executable, TORTURE, *words], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    first, head, line = done.stdout.splitlines()
    assert first.startswith("seed 3, in ")
    assert head.split()[:3] == ["fault", "trials", "struck"]
    assert line.split()[:6] == ["race", "4", "4", "4", "0", "<"]


def test_a_fault_it_does_not_know_is_refused():
    done = subprocess.run(
        [sys.executable, TORTURE, "--fault", "flood"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "flood" in done.stderr
