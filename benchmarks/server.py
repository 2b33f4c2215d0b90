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
from pathlib import Path

import httpx
from large import RECORD, make, name, seed

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
