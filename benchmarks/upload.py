"""From a file to its score: an upload of CSV to a real server, until its check is done.

    python benchmarks/upload.py [--rows 1000000] [--times 3] [--dry]

The server is a process of its own on loopback (`SENTINEL_AUTH=none`), with a project of no pipelines. Seconds run from
the first byte that is sent until a GET says that the job is done; processor seconds are the server's and its
children's. The first upload of a source has nothing to be compared with; the others are held against the one before.
Writes a section of RESULTS.md, in place of the one there was.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "peers"))

import httpx
import numpy as np
import polars as pl
from run import machine
from sections import keep

SERVE = (
    "import sys; from sentineldq.pipeline.project import load_project; from sentineldq.server import serve; "
    "serve.serve(load_project(sys.argv[1]), port=0, told=lambda line: print(line, flush=True))"
)


def orders(path: Path, rows: int) -> None:
    """Orders as a shop exports them, about 100 bytes each; 1 in 1,000 wrong in some way."""
    chance = np.random.default_rng(1)
    frame = pl.DataFrame(
        {
            "order_id": np.arange(rows) + 10**9,
            "customer": chance.integers(0, rows // 5 + 1, rows),
            "country": chance.choice(["DE", "FR", "US", "GB", "ES"], rows),
            "status": chance.choice(["new", "paid", "shipped", "returned"], rows),
            "amount": np.round(chance.lognormal(3, 1, rows), 2),
            "quantity": chance.integers(1, 10, rows),
            "email": [f"user{number}@example.com" for number in chance.integers(0, rows // 3 + 1, rows)],
            "note": chance.choice(["", "gift wrap please", "leave at the door", "call first"], rows),
            "address": [f"{number} Long Street" for number in chance.integers(1, 9999, rows)],
            "ordered_at": np.datetime64("2026-01-01", "ms")
            + chance.integers(0, 10**10, rows).astype("m8[ms]"),
        }
    )
    wrong = pl.Series(chance.random(rows) < 0.001)
    amount = pl.when(wrong).then(pl.lit("n/a?")).otherwise(pl.col("amount").cast(pl.String))
    frame.with_columns(amount=amount).write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def server(folder: Path) -> Iterator[tuple[httpx.Client, int]]:
    """A server over an empty project, and its process."""
    (folder / "sentinel.yaml").write_text("name: uploads\n")
    env = {**os.environ, "SENTINEL_AUTH": "none"}
    command = [sys.executable, "-c", SERVE, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as running:
        try:
            url = "http://" + running.stdout.readline().strip().rpartition("http://")[2]
            with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
                while not answers(client):
                    time.sleep(0.05)
                yield client, running.pid
        finally:
            running.terminate()


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def upload(client: httpx.Client, path: Path) -> tuple[float, float, dict]:
    """Seconds until the file is accepted, until its score is there, and the check."""
    begun = time.perf_counter()
    with path.open("rb") as file:
        params = {"name": path.name, "source": "orders"}
        told = (
            client.post("/api/v1/data-quality/upload", params=params, content=file).raise_for_status().json()
        )
    taken = time.perf_counter() - begun
    while client.get(f"/api/v1/jobs/{told['job_id']}").json()["state"] in {"waiting", "running"}:
        time.sleep(0.05)
    seconds = time.perf_counter() - begun
    check = client.get(f"/api/v1/data-quality/checks/{told['check_id']}").json()
    assert check["status"] == "done", check["error"]
    return taken, seconds, check


def processor(pid: int) -> float:
    """Seconds of a processor that a process and its ended children have taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--dry", action="store_true", help="print, do not write RESULTS.md")
    given = parser.parse_args()
    lines = ["| upload | taken | score | processor |", "|---|--:|--:|--:|"]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "orders.csv")
        orders(path, given.rows)
        size = path.stat().st_size / 1e6
        with server(Path(place)) as (client, pid):
            for at in range(given.times):
                before = processor(pid)
                taken, seconds, check = upload(client, path)
                spent = processor(pid) - before
                lines.append(
                    f"| {'first' if not at else 'against the last'} | {taken:.2f} s | {seconds:.2f} s | {spent:.2f} s |"
                )
    text = (
        f"## upload: {given.rows:,} rows of CSV ({size:.0f} MB) from the first byte to the score\n\n"
        f"{machine()}\n\n" + "\n".join(lines) + f"\n\nIts score: {check['score']:.4f}.\n"
    )
    print(text)
    if not given.dry:
        keep("upload", text)


if __name__ == "__main__":
    main()
