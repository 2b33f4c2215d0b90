"""A large project and its store, the same each time: 30 days of so many datasets, results and findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from sqlalchemy import Table

from sentineldq.pipeline.project import Project, load_project
from sentineldq.store.database import Store
from sentineldq.store.tables import (
    ALERT_EVENTS,
    ALERTS,
    BATCHES,
    DRIFT_LOOKS,
    DRIFT_RESULTS,
    FINDINGS,
    FRESHNESS,
    MEASUREMENTS,
    RUNS,
    VALIDATION_RESULTS,
)

Row = dict[str, object]

CHUNK = 20_000
CHECKS = 5
"""Results of each batch."""

DRIFT = 20_000
"""Results of drift, whatever else there is."""

LOOKS = 56
"""Looks at each dataset: two weeks of four a day."""

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: bench
name: bench
version: 1.0.0
team: {name: data}
schema:
  - name: rows
    logicalType: object
    properties:
      - {name: id, logicalType: integer, required: true, primaryKey: true}
      - {name: email, logicalType: string, classification: personal, logicalTypeOptions: {maxLength: 100}}
      - {name: amount, logicalType: number, required: true, logicalTypeOptions: {minimum: 0}}
      - {name: at, logicalType: timestamp, required: true}
"""
RECORD = {"id": 1, "email": "ada@example.com", "amount": 4.5, "at": "2026-11-20T12:00:00Z"}


def name(number: int) -> str:
    return f"d{number:05}"


def make(folder: Path, *, datasets: int) -> Project:
    """A project with so many pipelines, all by one contract."""
    (folder / "contracts").mkdir()
    (folder / "contracts" / "bench.odcs.yaml").write_text(CONTRACT)
    lines = ["name: bench", "pipelines:"]
    lines += [
        f"  {name(number)}: {{contract: contracts/bench.odcs.yaml, schema-object: rows, source: {{kind: files}}}}"
        for number in range(datasets)
    ]
    (folder / "sentinel.yaml").write_text("\n".join(lines) + "\n")
    return load_project(folder)


def seed(store: Store, *, datasets: int, results: int, findings: int) -> None:
    """Fill a store."""
    size = Size(datasets=datasets, results=results, findings=findings)
    fill(store, BATCHES, batches(size))
    fill(store, VALIDATION_RESULTS, verdicts(size))
    fill(store, FINDINGS, found(size))
    fill(store, ALERTS, alerts(size))
    fill(store, ALERT_EVENTS, opened(size))
    fill(store, RUNS, runs(size))
    fill(store, FRESHNESS, fresh(size))
    fill(store, MEASUREMENTS, measured(size))
    fill(store, DRIFT_RESULTS, drifted(size))
    fill(store, DRIFT_LOOKS, looked(size))


def fill(store: Store, table: Table, rows: Iterator[Row]) -> None:
    """Insert rows, many to a statement, in one transaction."""
    with store.write() as connection:
        while chunk := list(islice(rows, CHUNK)):
            connection.execute(table.insert(), chunk)


@dataclass(frozen=True)
class Size:
    """How much there is, and from when it is told."""

    datasets: int
    results: int
    findings: int
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def each(self) -> Iterator[tuple[str, int, datetime]]:
        """Every batch: its dataset, its number, and when it was committed."""
        rng = Random(1)  # no secret
        for batch in range(self.results // self.datasets // CHECKS):
            at = self.some(rng)
            for number in range(self.datasets):
                yield name(number), batch, at

    def some(self, rng: Random) -> datetime:
        """A time in the last 30 days."""
        return self.now - timedelta(hours=rng.random() * 720)


def batches(size: Size) -> Iterator[Row]:
    counts = {"rows": 100, "silver": 98, "quarantined": 2, "duplicates": 0, "dropped": 0}
    for dataset, batch, at in size.each():
        yield {"dataset": dataset, "partition": "p", "batch": batch, "committed_at": at, **counts}


def verdicts(size: Size) -> Iterator[Row]:
    for dataset, batch, at in size.each():
        where = {"dataset": dataset, "partition": "p", "batch": batch, "detected_at": at}
        for check in range(CHECKS):
            counts = {"failed": check % 2, "evaluated": 100}
            yield {**where, "check": f"check {check}", "status": "pass", **counts}


def found(size: Size) -> Iterator[Row]:
    """Findings, one in fifty of them not cleared."""
    rng = Random(2)  # no secret
    same = {
        "kind": "volume",
        "severity": "WARNING",
        "title": "fewer rows than usual",
        "details": {},
        "count": 1,
    }
    for number in range(size.findings):
        at = size.some(rng)
        yield {
            **same,
            "finding_id": f"f{number}",
            "key": f"k{number}",
            "dataset": name(number % size.datasets),
            "first_seen_at": at,
            "last_seen_at": at,
            "cleared_at": at + (size.now - at) / 2 if number % 50 else None,
        }


def alerts(size: Size) -> Iterator[Row]:
    """An alert to ten findings, one in twenty of them open."""
    rng = Random(3)  # no secret
    same = {"kind": "volume", "severity": "WARNING", "title": "fewer rows", "details": {}, "count": 1}
    for number in range(size.findings // 10):
        at = size.some(rng)
        yield {
            **same,
            "alert_id": f"a{number}",
            "key": f"k{number}",
            "dataset": name(number % size.datasets),
            "status": "resolved" if number % 20 else "open",
            "escalated": 0,
            "opened_at": at,
            "updated_at": at,
        }


def opened(size: Size) -> Iterator[Row]:
    rng = Random(4)  # no secret
    for number in range(size.findings // 10):
        yield {"alert_id": f"a{number}", "at": size.some(rng), "kind": "opened", "details": {}}


def runs(size: Size) -> Iterator[Row]:
    """Ten runs of each pipeline, a day apart."""
    same = {"project": "bench", "status": "succeeded", "counts": {}, "host": "h", "pid": 1, "machine": "m"}
    for number in range(size.datasets):
        for back in range(10):
            at = size.now - timedelta(hours=back * 24 + number / 100)
            times = {"started_at": at, "ended_at": at, "heartbeat_at": at}
            yield {**same, "run_id": f"r{number}-{back}", "pipeline": name(number), **times}


def fresh(size: Size) -> Iterator[Row]:
    same = {"age_seconds": 60.0, "allowed_seconds": 900.0, "status": "pass", "measured_at": size.now}
    for number in range(size.datasets):
        yield {**same, "dataset": f"silver.{name(number)}"}


def measured(size: Size) -> Iterator[Row]:
    """A hundred hours of each dataset's volume."""
    same = {"monitor": "volume", "expected_low": 0.0, "expected_high": 100.0, "verdict": "normal"}
    for number in range(size.datasets):
        where = {"series": f"volume/{name(number)}", "dataset": name(number)}
        for back in range(100):
            yield {**same, **where, "at": size.now - timedelta(hours=back), "value": float(back)}


def drifted(size: Size) -> Iterator[Row]:
    rng = Random(5)  # no secret
    same = {
        "drift_type": "distribution",
        "entity": "e",
        "metric_name": "psi",
        "severity": "INFO",
        "metadata": {},
    }
    for number in range(DRIFT):
        yield {
            **same,
            "drift_id": f"x{number}",
            "field_name": f"c{number % 20}",
            "drift_score": rng.random(),
            "dataset": name(number % size.datasets),
            "detected_at": size.some(rng),
        }


def looked(size: Size) -> Iterator[Row]:
    rng = Random(6)  # no secret
    day = timedelta(days=1)
    for number in range(size.datasets):
        for back in range(LOOKS):
            end = size.now - timedelta(hours=6 * back)
            scores = {f"c{column}": rng.random() ** 4 for column in range(20)}
            yield {
                "dataset": name(number),
                "current_end": end,
                "current_start": end - day,
                "baseline_rows": 70_000,
                "current_rows": 10_000,
                "worst": max(scores.values()),
                "scores": scores,
                "looked_at": end,
            }
