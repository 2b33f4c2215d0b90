"""How quickly the API answers over a large store: `python benchmarks/server.py [--dry]`.

Makes a project of 2,000 datasets and a store with a million validation results, 100,000 findings and 30 days of
batches, and serves it in a process of its own. Each path is asked alone first, for the processor time that an answer
takes: anew (by a query that nobody has asked) and as kept. Then all are asked together, at a rising rate, whether
answers have come or not; once also while another process commits. Requests come with a key, and accept gzip.
Writes a section of RESULTS.md, in place of the one there was.
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
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "peers"))

import httpx
from large import RECORD, make, name, seed
from run import machine
from sections import keep
from upload import processor

from sentineldq.pipeline.project import Project
from sentineldq.server.security import secrets
from sentineldq.store import batches, keys, users
from sentineldq.store.batches import Batch

VALIDATE = "POST validate/{name}"
PATHS = (
    "dashboard/overview",
    "dashboard/attention",
    "dashboard/trends?count=30",
    "dashboard/recent-activity?limit=50",
    "dashboard/system-status",
    "datasets?limit=50",
    "datasets?search=d01&sort=health",
    "datasets/{name}",
    "datasets/{name}/quality",
    "datasets/{name}/lineage",
    "alerts/?limit=50",
    "alerts/summary",
    "contracts?limit=50",
    "contracts/{name}",
    "data-quality/summary",
    "data-quality/sources",
    "data-quality/checks",
    "drift?limit=50",
    "drift?dataset={name}",
    "drift/matrix?limit=50",
    "freshness?limit=100",
    "monitors?limit=100",
    "monitors/volume/{name}/points",
    "pipelines?limit=20",
    "profiles?limit=50",
    "profiles/{name}",
    "quarantine?limit=50",
    "quarantine/{name}",
    "runs?limit=50",
    "runs?pipeline={name}",
    "search?q=d01",
)
EVERY = (*PATHS, VALIDATE)


@dataclass
class Server:
    """A server that answers, and what to ask it with."""

    url: str
    pid: int
    headers: dict[str, str]

    def processor(self) -> float:
        """Seconds of a processor that its threads have taken."""
        return processor(self.pid)


@dataclass
class Alone:
    """Milliseconds of one path: its first answer of all, and of the processor an answer anew and one that was kept."""

    first: float
    anew: float
    kept: float | None


@contextmanager
def serving(project: Project) -> Iterator[Server]:
    """`sentinel serve` over a project, and a key to come in with."""
    secret = secrets.new(secrets.KEY)
    with project.open_store() as store:
        now = datetime.now(UTC)
        admin = users.add(store, name="bench", role="admin", now=now)
        keys.add(
            store,
            keys.Key(
                key_id=str(uuid.uuid4()),
                digest=secrets.digest(secret),
                name="bench",
                user_id=admin.user_id,
                role="admin",
                scopes=(),
                created_at=now,
                expires_at=None,
            ),
        )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "sentineldq",
        "serve",
        "--project",
        str(project.root),
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    found = Server(f"http://127.0.0.1:{port}", process.pid, {"Authorization": f"Bearer {secret}"})
    try:
        for _ in range(600):
            try:
                httpx.get(f"{found.url}/healthz", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        settle(found)
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def settle(server: Server) -> None:
    """Wait until what a start brings along is done: alerts of so many findings are opened."""
    for _ in range(60):
        before = server.processor()
        time.sleep(1)
        if server.processor() - before < 0.1:
            return


def alone(server: Server, path: str, *, datasets: int, times: int) -> Alone:
    """Ask one path again and again, and see what of the processor that takes."""
    rng = random.Random(3)  # no secret
    with httpx.Client(
        base_url=f"{server.url}/api/v1/", headers=server.headers, trust_env=False, timeout=60
    ) as client:

        def ask(*, new: bool) -> None:
            one = name(rng.randrange(datasets) if new else 0)
            if path == VALIDATE:
                client.post(path[5:].format(name=one), json=RECORD).raise_for_status()
                return
            more = f"{'&' if '?' in path else '?'}anew={rng.random()}" if new else ""
            client.get(path.format(name=one) + more).raise_for_status()

        def taken(*, new: bool) -> float:
            before = server.processor()
            for _ in range(times):
                ask(new=new)
            return (server.processor() - before) / times * 1000

        begun = time.perf_counter()
        ask(new=True)
        first = (time.perf_counter() - begun) * 1000
        return Alone(first, taken(new=True), None if path == VALIDATE else taken(new=False))


async def load(server: Server, *, seconds: float, rate: int, datasets: int) -> dict[str, list[float]]:
    """Ask so many times a second, whether answers have come or not; the milliseconds of each path."""
    times: dict[str, list[float]] = {path: [] for path in EVERY}
    rng = random.Random(rate)  # no secret
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    async with httpx.AsyncClient(
        base_url=f"{server.url}/api/v1/", headers=server.headers, trust_env=False, timeout=30, limits=limits
    ) as client:

        async def ask(path: str) -> None:
            one = name(rng.randrange(datasets))
            begun = time.perf_counter()
            if path == VALIDATE:
                answer = await client.post(path[5:].format(name=one), json=RECORD)
            else:
                answer = await client.get(path.format(name=one))
            times[path].append((time.perf_counter() - begun) * 1000)
            answer.raise_for_status()

        await asyncio.gather(*(ask("dashboard/system-status") for _ in range(20)))  # connections are made
        times["dashboard/system-status"].clear()
        asked = []
        begun = time.perf_counter()
        for at in range(int(seconds * rate)):
            await asyncio.sleep(max(0.0, begun + at / rate - time.perf_counter()))
            asked.append(asyncio.create_task(ask(EVERY[at % len(EVERY)])))
        await asyncio.gather(*asked)
    return times


@contextmanager
def writing(project: Project, *, every: float) -> Iterator[None]:
    """Commit a batch now and then, as another process than the server's does."""
    stop = threading.Event()

    def write() -> None:
        with project.open_store() as store:
            number = 10**6
            while not stop.wait(every):
                number += 1
                told = {"rows": 100, "silver": 98, "quarantined": 2, "duplicates": 0, "dropped": 0}
                one = Batch(
                    dataset=name(number % 2_000),
                    partition="p",
                    batch=number,
                    committed_at=datetime.now(UTC),
                    contract_version=None,
                    seconds=None,
                    run_id=None,
                    **told,
                )
                batches.record(store, batches=[one])

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def at(found: list[float], share: float) -> float:
    """The value below which so great a share of them is."""
    ordered = sorted(found)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def reads(times: dict[str, list[float]]) -> list[float]:
    return [ms for path, found in times.items() if path != VALIDATE for ms in found]


def main() -> None:
    """Seed, serve, ask, and keep what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=2_000)
    parser.add_argument("--results", type=int, default=1_000_000)
    parser.add_argument("--findings", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--times", type=int, default=50, help="asks of each path alone")
    parser.add_argument("--rates", type=int, nargs="+", default=[50, 100, 200, 400])
    parser.add_argument("--note", default="", help="what else is to be said of the machine")
    parser.add_argument("--dry", action="store_true", help="print, do not write RESULTS.md")
    given = parser.parse_args()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        project = make(Path(folder), datasets=given.datasets)
        with project.open_store() as store:
            seed(store, datasets=given.datasets, results=given.results, findings=given.findings)
        with serving(project) as server:
            singly = {path: alone(server, path, datasets=given.datasets, times=given.times) for path in EVERY}
            together = []
            for rate, every in [*((rate, 0.0) for rate in given.rates), (100, 0.5)]:
                with writing(project, every=every) if every else nullcontext():
                    used, begun = server.processor(), time.perf_counter()
                    times = asyncio.run(
                        load(server, seconds=given.seconds, rate=rate, datasets=given.datasets)
                    )
                    used = (server.processor() - used) * 1000
                    lasted = time.perf_counter() - begun
                together.append((rate, every, times, used / sum(map(len, times.values())), lasted))
    text = "\n".join(told(given, singly, together, before))
    print(text)
    if not given.dry:
        keep("server", text)


def told(
    given: argparse.Namespace,
    singly: dict[str, Alone],
    together: list[tuple[int, float, dict[str, list[float]], float, float]],
    before: float,
) -> Iterator[str]:
    """The section."""
    yield f"## server: the API over {given.results:,} results, {given.findings:,} findings, {given.datasets:,} datasets"
    yield ""
    yield f"Measured by `benchmarks/server.py`: {machine()}; load average before {before:.1f}. {given.note}".strip()
    yield f"All {len(EVERY)} paths below in turn, asked whether answers have come or not, {given.seconds:.0f} s each:"
    yield ""
    yield "| asked a second | reads p50 | p95 | p99 | one record validated p50 | p95 | processor, each |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for rate, every, times, used, lasted in together:
        what = f"{rate}, with {1 / every:.0f} commits a second" if every else f"{rate}"
        what += " (not kept up with)" if lasted > given.seconds * 1.1 + 2 else ""
        read, one = reads(times), times[VALIDATE]
        yield (
            f"| {what} | {at(read, 0.5):.1f} ms | {at(read, 0.95):.1f} ms | {at(read, 0.99):.1f} ms "
            f"| {at(one, 0.5):.1f} ms | {at(one, 0.95):.1f} ms | {used:.2f} ms |"
        )
    at_100 = next(
        (times for rate, every, times, _, _ in together if rate == 100 and not every), together[0][2]
    )
    yield ""
    yield "Each path: its latency among the others at 100 a second; alone, its first answer since the start, and the"
    yield "processor time of an answer made anew and of one that is kept."
    yield ""
    yield "| path | p50 | p95 | first | anew | kept |"
    yield "|---|--:|--:|--:|--:|--:|"
    for path in EVERY:
        one, found = singly[path], at_100[path]
        held = "" if one.kept is None else f"{one.kept:.2f} ms"
        yield (
            f"| `{path}` | {at(found, 0.5):.1f} ms | {at(found, 0.95):.1f} ms | {one.first:.0f} ms "
            f"| {one.anew:.2f} ms | {held} |"
        )


if __name__ == "__main__":
    main()
