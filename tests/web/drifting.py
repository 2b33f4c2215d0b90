"""A project whose data shifts on its last day: by the simulator's own faults, through the whole pipeline."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sentineldq.alerts import loop
from sentineldq.pipeline.owners import context_of
from sentineldq.pipeline.project import Project, load_project
from sentineldq.pipeline.round import run_round
from sentineldq.telemetry.metrics import Metrics
from tests.server.conftest import GITHUB

RECORDS = 6000
DAYS = 9
SHIFTED = 5300
"""The first record of which the sizes are five times what they were, and of a type that was not there before."""

FAULTS = f"""faults:
  - {{kind: bad_value, rate: 0.005}}
  - {{kind: new_type, rate: 0.1, from: {SHIFTED}}}
  - {{kind: shift, field: payload.size, factor: 5, only: PushEvent, from: {SHIFTED}}}
"""


def shifted(folder: Path) -> Project:
    """The project of GitHub's events, run and looked at, with alerts for what was found."""
    shutil.copytree(GITHUB, folder, ignore=shutil.ignore_patterns(".sentinel"))
    start = datetime.now(UTC) - timedelta(days=DAYS, hours=8)
    settings = folder / "sentinel.yaml"
    text = settings.read_text().replace("records: 20000", f"records: {RECORDS}")
    text = text.replace("rate: 500", f"rate: {RECORDS / DAYS / 24:.1f}")
    settings.write_text(text.replace("seed: 1", f"seed: 1\n      start: '{start:%Y-%m-%dT%H:%M:%SZ}'"))
    (folder / "faults.yaml").write_text(FAULTS)
    project = load_project(folder, simulated=True)
    with project.open_lake() as lake, project.open_store() as store:
        done = run_round(project, lake=lake, store=store, metrics=Metrics())
        assert done.worst == "succeeded", done
        loop.once(store, context_of(project))
    return project
