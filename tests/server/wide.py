"""A project of very many datasets, each of very many columns, with a store to match."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sentineldq.pipeline.project import Project, load_project
from sentineldq.store import alerts, batches
from sentineldq.store.alerts import Change, Event
from sentineldq.store.batches import Batch

TEAMS = 10
LATE = "d00007 is late"

HEAD = """\
apiVersion: v3.1.0
kind: DataContract
id: wide{at}
name: wide{at}
version: 1.0.0
domain: domain {at}
tags: [tag {at}]
team: {{name: team {at}}}
schema:
  - name: rows
    logicalType: object
    properties:
"""


def name(number: int) -> str:
    """What the dataset of a number is called."""
    return f"d{number:05}"


def wide(folder: Path, *, datasets: int, columns: int) -> Project:
    """So many pipelines by the contracts of ten teams; each day of two weeks brings a batch to the first thousand."""
    (folder / "contracts").mkdir(parents=True)
    properties = "".join(f"      - {{name: c{at:04}, logicalType: string}}\n" for at in range(columns))
    for at in range(TEAMS):
        (folder / "contracts" / f"w{at}.odcs.yaml").write_text(HEAD.format(at=at) + properties)
    lines = ["name: wide", "pipelines:"]
    lines += [
        f"  {name(at)}: {{contract: contracts/w{at % TEAMS}.odcs.yaml, schema-object: rows, source: {{kind: files}}}}"
        for at in range(datasets)
    ]
    (folder / "sentinel.yaml").write_text("\n".join(lines) + "\n")
    project = load_project(folder)
    now = datetime.now(UTC)
    with project.open_store() as store:
        batches.record(
            store,
            batches=[
                Batch(
                    dataset=name(at),
                    partition="p",
                    batch=back,
                    rows=1000 + at,
                    silver=1000 + at - (at + back) % 50,
                    quarantined=(at + back) % 50,
                    committed_at=now - timedelta(days=back, minutes=1),
                )
                for at in range(min(datasets, 1000))
                for back in range(14)
            ],
        )
        late = Change(
            alert_id=alerts.identify(),
            values={
                "key": "late",
                "kind": "freshness",
                "dataset": name(7),
                "severity": "CRITICAL",
                "status": "open",
                "title": LATE,
                "details": {},
                "count": 1,
                "escalated": 0,
                "opened_at": now,
            },
            event=Event(kind="opened"),
            new=True,
        )
        alerts.apply(store, [late], now=now)
    return project
