"""The benchmark of the pipeline runs, and counts what the events' faults come to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sentineldq.sources.simulate import generate

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_ours_commits_every_event(tmp_path: Path) -> None:
    events = tmp_path / "events.ndjson"
    faults = [{"kind": "bad_type", "count": 40}]
    events.write_bytes(
        b"".join(event + b"\n" for event in generate("github", seed=1, records=2000, faults=faults))
    )
    script = ROOT / "benchmarks" / "peers" / "ours_pipeline.py"
    (tmp_path / "project").mkdir()
    said = subprocess.run(
        [sys.executable, script, events, tmp_path / "project", "--archive"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    ).stdout
    counts = json.loads(said)["counts"]
    assert counts == {
        "batches": 1,
        "rows": 2000,
        "silver": 1960,
        "quarantined": 40,
        "duplicates": 0,
        "dropped": 0,
    }
