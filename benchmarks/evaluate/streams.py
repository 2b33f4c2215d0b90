"""The streams that tools are tried on: quiet ones, and ones in which a single thing drifts from a known time on.

All are the shape `table` of `sentinel simulate`: fourteen columns, among them heavy tails, 400 categories, nulls, a
pair with correlation 0.9, and two that follow the week. Every midnight the 24 hours before are compared with the 7 days
before those.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from sentineldq.sources.simulate.write import write

START = datetime(2025, 1, 6, tzinfo=UTC)  # a Monday
BASELINE = 7
"""Days that a day is compared with; no check before there are as many."""
AFTER = 6
"""Checks made after a drift has begun."""
NUMBERS = ("amount", "size", "score", "grade", "ratio", "visits", "latency_ms", "discount")
CATEGORIES = ("plan", "country", "city", "device", "active", "outcome")
SEASONAL = ("latency_ms", "device")
WEAK, MEDIUM, STRONG = "weak", "medium", "strong"

# What drifts, by strength: the line of the script, and the columns of which any may be named.
DRIFTS: dict[str, tuple[tuple[str, ...], dict[str, dict[str, Any]]]] = {
    "prior": (
        ("plan", "amount"),
        {
            name: {"kind": "prior", "value": "team", "rate": rate}
            for name, rate in ((WEAK, 0.05), (MEDIUM, 0.15), (STRONG, 0.35))
        },
    ),
    "covariate": (
        ("score", "grade", "outcome"),
        {
            name: {"kind": "covariate", "field": "score", "above": 60, "rate": rate}
            for name, rate in ((WEAK, 0.1), (MEDIUM, 0.25), (STRONG, 0.5))
        },
    ),
    "mean": (
        ("score",),
        {
            name: {"kind": "shift", "field": "score", "add": add}
            for name, add in ((WEAK, 1.5), (MEDIUM, 3), (STRONG, 6))
        },
    ),
    "variance": (
        ("ratio",),
        {
            name: {"kind": "spread", "field": "ratio", "factor": factor, "around": 0.286}
            for name, factor in ((WEAK, 1.15), (MEDIUM, 1.4), (STRONG, 2))
        },
    ),
    "tail": (
        ("amount",),
        {
            name: {"kind": "tail", "field": "amount", "rate": rate}
            for name, rate in ((WEAK, 0.03), (MEDIUM, 0.1), (STRONG, 0.3))
        },
    ),
    "category swap": (
        ("plan",),
        {
            name: {"kind": "swap", "field": "plan", "values": {"free": "pro", "pro": "free"}, "rate": rate}
            for name, rate in ((WEAK, 0.1), (MEDIUM, 0.25), (STRONG, 0.6))
        },
    ),
    "nulls": (
        ("country",),
        {
            name: {"kind": "null_field", "field": "country", "rate": rate}
            for name, rate in ((WEAK, 0.02), (MEDIUM, 0.08), (STRONG, 0.25))
        },
    ),
    "sudden": (
        ("latency_ms",),
        {
            name: {"kind": "shift", "field": "latency_ms", "factor": factor}
            for name, factor in ((WEAK, 1.1), (MEDIUM, 1.25), (STRONG, 1.6))
        },
    ),
    "gradual": (
        ("latency_ms",),
        {
            name: {"kind": "shift", "field": "latency_ms", "factor": factor, "over": "4d"}
            for name, factor in ((WEAK, 1.1), (MEDIUM, 1.25), (STRONG, 1.6))
        },
    ),
    "schema": (
        ("ratio", "quota", "channel"),
        {
            "renamed": {"kind": "schema_rename", "field": "ratio", "to": "quota"},
            "dropped": {"kind": "schema_drop", "field": "ratio"},
            "added": {"kind": "schema_add", "field": "channel", "value": "web"},
        },
    ),
    "volume": (
        (),
        {
            name: {"kind": "volume_drop", "factor": factor}
            for name, factor in ((WEAK, 0.75), (MEDIUM, 0.5), (STRONG, 0.15))
        },
    ),
}


class Stream(msgspec.Struct, kw_only=True, frozen=True):
    """A stream: `kind` is `quiet` or what drifts; times are ISO 8601, `checks` the ends of the days compared.

    targets: columns that an alarm has to name; none: the alarm is about the dataset.
    """

    name: str
    kind: str
    strength: str
    rows: int
    seed: int
    days: int
    onset: str | None
    checks: list[str]
    targets: list[str]
    script: list[dict[str, Any]]


def quiet(rows: int, seed: int, *, checks: int) -> Stream:
    return Stream(
        name=f"quiet-{rows}-{seed}",
        kind="quiet",
        strength="",
        rows=rows,
        seed=seed,
        days=BASELINE + checks,
        onset=None,
        checks=_midnights(BASELINE + 1, BASELINE + checks),
        targets=[],
        script=[],
    )


def drifting(kind: str, strength: str, rows: int, seed: int) -> Stream:
    """A week or more of quiet, which ends on any day of the week, and the drift from some hour on."""
    targets, strengths = DRIFTS[kind]
    draw = random.Random(f"{kind}/{strength}/{rows}/{seed}")
    day = BASELINE + draw.randrange(7)
    onset = START + timedelta(days=day, hours=draw.randrange(24), minutes=draw.randrange(60))
    return Stream(
        name=f"{kind.replace(' ', '-')}-{strength}-{rows}-{seed}",
        kind=kind,
        strength=strength,
        rows=rows,
        seed=seed,
        days=day + AFTER,
        onset=onset.isoformat(),
        checks=_midnights(day + 1, day + AFTER),
        targets=list(targets),
        script=[{**strengths[strength], "from": onset.isoformat()}],
    )


def streams(*, seed: int, small: int = 2) -> Iterator[Stream]:
    """All streams of an evaluation. Another seed is another world in each of them; `small` is how often they are tried
    with 200 rows a day.
    """
    for number in range(2 * small):
        yield quiet(200, seed + number, checks=14)
    for number in range(2):
        yield quiet(5000, seed + 10 + number, checks=14)
    yield quiet(50_000, seed + 20, checks=7)
    for kind, (_, strengths) in DRIFTS.items():
        for strength in strengths:
            for number in range(small):
                yield drifting(kind, strength, 200, seed + 30 + number)
            yield drifting(kind, strength, 5000, seed + 40)


def make(stream: Stream, folder: Path) -> Path:
    """The Parquet file of a stream, made when it is not there."""
    held = folder / f"{stream.name}"
    wanted = msgspec.json.encode(stream)
    stamp = held / "stream.json"
    if not stamp.exists() or stamp.read_bytes() != wanted:
        write(
            "table",
            held,
            faults={"table": stream.script},
            form="parquet",
            force=True,
            seed=stream.seed,
            rate=stream.rows / 24,
            days=stream.days,
            start=START,
        )
        stamp.write_bytes(wanted)
    return held / "table.parquet"


def _midnights(first: int, last: int) -> list[str]:
    return [(START + timedelta(days=day)).isoformat() for day in range(first, last + 1)]
