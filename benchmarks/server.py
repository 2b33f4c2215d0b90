"""How quickly the API answers over a large store: `python benchmarks/server.py`.

Makes a project of 2,000 datasets and a store with a million validation results, 100,000 findings and 30 days of
batches, serves it in a process of its own, asks 100 times a second, and prints the times of each path.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import Table

from sentineldq.pipeline.project import Project, load_project
from sentineldq.store.database import Store
from sentineldq.store.tables import (
    ALERT_EVENTS,
    ALERTS,
    BATCHES,
    DRIFT_RESULTS,
    FINDINGS,
    FRESHNESS,
    MEASUREMENTS,
    RUNS,
    VALIDATION_RESULTS,
)

NOW = datetime.now(UTC).replace(microsecond=0)
CHUNK = 20_000
PATHS = (
    "dashboard/overview",
    "dashboard/trends?count=30",
    "dashboard/recent-activity",
    "dashboard/system-status",
    "datasets?limit=50",
    "datasets?search=d01&sort=health",
    "datasets/{name}",
    "datasets/{name}/quality",
    "drift?limit=50",
    "drift?dataset={name}",
    "drift/matrix?limit=50",
    "runs?limit=50",
    "runs?pipeline={name}",
    "freshness?limit=100",
    "monitors?limit=100",
    "monitors/volume/{name}/points",
    "alerts/?limit=50",
)
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


def name(number: int) -> str:
    return f"d{number:05}"


def seed(store: Store, *, datasets: int, results: int, findings: int) -> None:
    """Fill the store, the same each time."""
    rng = random.Random(1)  # no secret
    batches = [
        (name(number), batch) for batch in range(results // datasets // 5) for number in range(datasets)
    ]
    ages = {batch: timedelta(hours=rng.random() * 720) for batch in range(results // datasets // 5)}
    fill(
        store,
        BATCHES,
        (
            {
                "dataset": d,
                "partition": "p",
                "batch": b,
                "rows": 100,
                "silver": 98,
                "quarantined": 2,
                "duplicates": 0,
                "dropped": 0,
            }
            | {"committed_at": NOW - ages[b]}
            for d, b in batches
        ),
    )
    fill(
        store,
        VALIDATION_RESULTS,
        (
            {
                "dataset": d,
                "partition": "p",
                "batch": b,
                "check": f"check {at}",
                "status": "pass",
                "failed": at % 2,
                "evaluated": 100,
            }
            | {"detected_at": NOW - ages[b]}
            for d, b in batches
            for at in range(5)
        ),
    )
    fill(
        store,
        FINDINGS,
        (
            {
                "finding_id": f"f{at}",
                "key": f"k{at}",
                "kind": "volume",
                "dataset": name(at % datasets),
                "severity": "WARNING",
            }
            | {"title": "fewer rows than usual", "details": {}, "count": 1}
            | {"first_seen_at": NOW - (age := timedelta(hours=rng.random() * 720)), "last_seen_at": NOW - age}
            | {"cleared_at": NOW - age / 2 if at % 50 else None}
            for at in range(findings)
        ),
    )
    fill(
        store,
        ALERTS,
        (
            {
                "alert_id": f"a{at}",
                "key": f"k{at}",
                "kind": "volume",
                "dataset": name(at % datasets),
                "severity": "WARNING",
            }
            | {
                "status": "resolved" if at % 20 else "open",
                "title": "fewer rows",
                "details": {},
                "count": 1,
                "escalated": 0,
            }
            | {"opened_at": NOW - (age := timedelta(hours=rng.random() * 720)), "updated_at": NOW - age}
            for at in range(findings // 10)
        ),
    )
    fill(
        store,
        ALERT_EVENTS,
        (
            {
                "alert_id": f"a{at}",
                "at": NOW - timedelta(hours=rng.random() * 720),
                "kind": "opened",
                "details": {},
            }
            for at in range(findings // 10)
        ),
    )
    fill(
        store,
        RUNS,
        (
            {
                "run_id": f"r{number}-{back}",
                "project": "bench",
                "pipeline": name(number),
                "status": "succeeded",
                "counts": {},
            }
            | {
                "host": "h",
                "pid": 1,
                "machine": "m",
                "started_at": (at := NOW - timedelta(hours=back * 24 + number / 100)),
            }
            | {"ended_at": at, "heartbeat_at": at}
            for number in range(datasets)
            for back in range(10)
        ),
    )
    fill(
        store,
        FRESHNESS,
        (
            {
                "dataset": f"silver.{name(at)}",
                "age_seconds": 60.0,
                "allowed_seconds": 900.0,
                "status": "pass",
                "measured_at": NOW,
            }
            for at in range(datasets)
        ),
    )
    fill(
        store,
        MEASUREMENTS,
        (
            {
                "series": f"volume/{name(number)}",
                "at": NOW - timedelta(hours=back),
                "value": float(back),
                "monitor": "volume",
            }
            | {"dataset": name(number), "expected_low": 0.0, "expected_high": 100.0, "verdict": "normal"}
            for number in range(datasets)
            for back in range(100)
        ),
    )
    fill(
        store,
        DRIFT_RESULTS,
        (
            {
                "drift_id": f"x{at}",
                "drift_type": "distribution",
                "entity": "e",
                "field_name": f"c{at % 20}",
                "metric_name": "psi",
            }
            | {
                "drift_score": rng.random(),
                "severity": "INFO",
                "dataset": name(at % datasets),
                "metadata": {},
            }
            | {"detected_at": NOW - timedelta(hours=rng.random() * 720)}
            for at in range(20_000)
        ),
    )


def fill(store: Store, table: Table, rows: Iterator[dict[str, object]]) -> None:
    """Insert rows, many to a transaction."""
    chunk: list[dict[str, object]] = []
    with store.write() as connection:
        for row in rows:
            chunk.append(row)
            if len(chunk) == CHUNK:
                connection.execute(table.insert(), chunk)
                chunk = []
        if chunk:
            connection.execute(table.insert(), chunk)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of `sentinel serve` over a project."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "sentineldq", "serve", "--project", str(folder), "--port", str(port)]
    process = subprocess.Popen(
        command, env={**os.environ, "SENTINEL_AUTH": "none"}, stdout=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                httpx.get(f"{url}/healthz", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


async def load(url: str, *, seconds: float, rate: int, datasets: int) -> dict[str, list[float]]:
    """Ask so many times a second, whether answers have come or not; the milliseconds of each path."""
    times: dict[str, list[float]] = {path: [] for path in (*PATHS, "POST validate/{name}")}
    rng = random.Random(2)  # no secret
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)

    async with httpx.AsyncClient(
        base_url=f"{url}/api/v1/", trust_env=False, timeout=30, limits=limits
    ) as client:

        async def ask(path: str) -> None:
            one = name(rng.randrange(datasets))
            begun = time.perf_counter()
            if path.startswith("POST "):
                answer = await client.post(path[5:].format(name=one), json=RECORD)
            else:
                answer = await client.get(path.format(name=one))
            times[path].append((time.perf_counter() - begun) * 1000)
            answer.raise_for_status()

        for path in times:  # each once, as it is asked first; that is told apart
            await ask(path)
        cold = {path: found.pop() for path, found in times.items()}
        print(
            "first answers:",
            ", ".join(f"{path} {ms:.0f} ms" for path, ms in cold.items() if ms > 100) or "quick",
        )
        asked = []
        begun = time.perf_counter()
        for at in range(int(seconds * rate)):
            await asyncio.sleep(max(0.0, begun + at / rate - time.perf_counter()))
            asked.append(asyncio.create_task(ask(rng.choice(list(times)))))
        await asyncio.gather(*asked)
    return times


def shown(times: dict[str, list[float]]) -> Iterator[str]:
    """A line for each path, and one for all reads."""
    reads = [ms for path, found in times.items() if not path.startswith("POST") for ms in found]
    yield f"{'path':40} {'asked':>6} {'p50 ms':>8} {'p95 ms':>8}"
    for path, found in [*times.items(), ("all reads", reads)]:
        ordered = sorted(found)
        half, most = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
        yield f"{path:40} {len(ordered):6} {half:8.1f} {most:8.1f}"


def main() -> None:
    """Seed, serve, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=2_000)
    parser.add_argument("--results", type=int, default=1_000_000)
    parser.add_argument("--findings", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = make(Path(folder), datasets=given.datasets)
        begun = time.perf_counter()
        with project.open_store() as store:
            seed(store, datasets=given.datasets, results=given.results, findings=given.findings)
        print(
            f"{given.results:,} results, {given.findings:,} findings in {time.perf_counter() - begun:.0f} s"
        )
        with serving(Path(folder)) as url:
            asked = load(url, seconds=given.seconds, rate=given.rate, datasets=given.datasets)
            print("\n".join(shown(asyncio.run(asked))))


if __name__ == "__main__":
    main()
