"""SentinelDQ from a file of events to committed bronze, silver and quarantine, by a project of its own.

python peers/ours_pipeline.py EVENTS.ndjson FOLDER [--archive] [--no-profiles]
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import sentineldq
from sentineldq.pipeline.project import load_project
from sentineldq.pipeline.runner import Runner
from sentineldq.telemetry.logs import configure

CONTRACT = Path(__file__).parents[2] / "projects" / "github" / "contracts" / "events.odcs.yaml"


def project(folder: Path, events: Path, *, archive: bool, profiles: bool = True) -> None:
    """Write the settings of a project that reads the file."""
    settings = {
        "name": "benchmark",
        "lake": "lake",
        "archive": {"enabled": archive},
        "profiles": {"enabled": profiles},
        "pipelines": {
            "events": {"contract": str(CONTRACT), "source": {"kind": "files", "path": str(events)}}
        },
    }
    (folder / "sentinel.yaml").write_text(json.dumps(settings))


def main() -> None:
    events, folder = Path(sys.argv[1]), Path(sys.argv[2])
    project(folder, events, archive="--archive" in sys.argv, profiles="--no-profiles" not in sys.argv)
    configure(level="warning")
    made = load_project(folder)
    with made.open_lake() as lake, made.open_store() as store:
        ran = Runner(made, "events", lake=lake, store=store).run()
    if ran.status != "succeeded":
        sys.exit(ran.error)
    used = os.times()
    print(
        json.dumps(
            {
                "version": f"sentineldq {sentineldq.__version__}",
                "counts": ran.counts,
                "seconds": {step: round(took, 2) for step, took in ran.seconds.items()},
                "cpu": round(used.user + used.system, 2),
            }
        ),
        flush=True,
    )
    os._exit(0)  # as the command line leaves: taking the interpreter apart is no part of the work


if __name__ == "__main__":
    main()
