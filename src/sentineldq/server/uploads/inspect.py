"""The whole check of one file, from its bytes to a report: what the limited process does."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from sentineldq.api import check
from sentineldq.checks.model import Outcome, Result
from sentineldq.drift.compare import compare
from sentineldq.drift.model import Drift
from sentineldq.errors import ProfileError, ReadError, SentinelError
from sentineldq.profiles.build import ROWS, Builder
from sentineldq.profiles.codec import decode, encode
from sentineldq.profiles.model import Profile
from sentineldq.readers.damage import FAULTS, reading
from sentineldq.readers.table import Table
from sentineldq.reports import json
from sentineldq.server.uploads import judge, rows
from sentineldq.server.uploads.content import load
from sentineldq.server.uploads.judge import Breach
from sentineldq.server.uploads.measure import Measured, Measures, Plain, measure
from sentineldq.server.uploads.thresholds import Thresholds
from sentineldq.server.uploads.unpack import unpack

Tell = Callable[[str, int | None], None]
"""Is told which step has begun, and how many rows are done."""

DRIFTS = 50


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to check. name: the file's label. baseline: the profile of the source's last upload, in base64."""

    path: str
    work: str
    name: str
    source: str
    limit: int
    thresholds: Thresholds = Thresholds()
    baseline: str | None = None
    contract: str | None = None
    contract_object: str | None = None
    memory: int = 4 << 30
    seconds: int = 900


class Report(msgspec.Struct, kw_only=True):
    """What came of it. profile: in base64, for the next upload to be compared with."""

    format: str
    rows: int
    columns: int
    score: float | None
    passed: bool
    parts: dict[str, Any]
    result: dict[str, Any]
    measures: list[Measured]
    breaches: list[Breach]
    drifts: list[dict[str, Any]]
    thresholds: Thresholds
    profile: str
    failing_rows: int
    seconds: float
    details: dict[str, Any] = {}


def inspect(request: Request, tell: Tell) -> Report:
    """Check one file. Raises ReadError where it cannot be read, whatever is the matter with it."""
    start = time.perf_counter()
    work = Path(request.work)
    tell("unpacking", None)
    plain = unpack(Path(request.path), name=request.name, work=work, limit=request.limit)
    try:
        tell("reading", None)
        table = load(plain, work=work)
        with reading(table):
            return _report(request, table, plain, tell, start)
    except FAULTS as fault:
        raise ReadError(request.name, "its data is damaged") from fault


def _report(request: Request, table: Table, plain: Path, tell: Tell, start: float) -> Report:
    frame = Plain.of(table.frame)
    tell("profiling", 0)
    profile = _profile(table.frame, tell)
    tell("counting", profile.rows)
    measures = measure(frame, factor=request.thresholds.outlier_factor)
    _describe(measures, profile)
    made = judge.outcomes(measures, table, request.thresholds)
    tell("comparing", profile.rows)
    drifts = _drifts(request, profile)
    if drifts is not None:
        made.append(judge.schema_outcome(drifts, len(frame.names), request.thresholds))
    made += _agreed(request, plain)
    tell("writing", profile.rows)
    failing = rows.write(work_of(request) / "failing.csv", frame, measures, table)
    found = judge.result(
        request.source, measures.rows, made, table, request.thresholds, seconds=time.perf_counter() - start
    )
    below = judge.breaches(found, request.thresholds)
    found.passed = not below
    return Report(
        format=table.format,
        rows=measures.rows,
        columns=len(frame.names),
        score=found.score,
        passed=found.passed,
        parts=judge.parts(found, request.thresholds),
        result=_plain(found, request, plain),
        measures=measures.columns,
        breaches=below,
        drifts=[_drift(drift) for drift in (drifts or [])[:DRIFTS]],
        thresholds=request.thresholds,
        profile=base64.b64encode(encode(profile)).decode(),
        failing_rows=failing,
        seconds=round(time.perf_counter() - start, 3),
        details=_details(table),
    )


def work_of(request: Request) -> Path:
    """The folder of a check's scratch files."""
    return Path(request.work)


def _plain(found: Result, request: Request, plain: Path) -> dict[str, Any]:
    """The result in JSON's values; the server's paths are the file's label."""
    for finding in found.findings:
        finding.message = finding.message.replace(str(plain), request.name)
    return json.plain(found)


def _profile(frame: pl.LazyFrame, tell: Tell) -> Profile:
    builder, done = Builder(), 0
    builder.add(pl.DataFrame(schema=frame.collect_schema()))
    for batch in frame.collect_batches(chunk_size=ROWS, maintain_order=True, lazy=True):
        builder.add(batch)
        done += len(batch)
        tell("profiling", done)
    return builder.done()


def _describe(measures: Measures, profile: Profile) -> None:
    """Add to each column what its profile knows."""
    for one in measures.columns:
        column = profile.columns.get(one.name)
        if column is None:
            continue
        one.distinct = round(column.distinct.estimate) if column.distinct else None
        one.low, one.high = (
            str(end)[:200] if isinstance(end, str) else end for end in (column.low, column.high)
        )
        if column.kind == "number" and column.moments is not None and column.moments.count:
            one.mean = column.moments.mean


def _drifts(request: Request, profile: Profile) -> list[Drift] | None:
    if request.baseline is None or not profile.rows:
        return None
    try:
        baseline = decode(base64.b64decode(request.baseline))
    except ProfileError:
        return None  # of another version: this upload is the first to be compared with
    return list(compare(baseline, profile, dataset=request.source).drifts) if baseline.rows else None


def _drift(drift: Drift) -> dict[str, Any]:
    return {
        "kind": drift.drift_type,
        "column": drift.field_name,
        "metric": drift.metric_name,
        "score": drift.drift_score,
        "severity": drift.severity,
        "message": drift.message,
    }


def _agreed(request: Request, plain: Path) -> list[Outcome]:
    """The outcomes of the source's contract, where it has one; a contract that does not fit is one error."""
    if request.contract is None:
        return []
    try:
        found = check(plain, request.contract, dataset=request.contract_object, name=request.source)
    except SentinelError as fault:
        return [
            Outcome(
                name="contract",
                kind="contract",
                column=None,
                dimension=None,
                severity="WARNING",
                status="error",
                on_violation="allow",
                message=fault.message.replace(str(plain), request.name),
            )
        ]
    return [msgspec.structs.replace(one, name=f"contract: {one.name}") for one in found.checks]


def _details(table: Table) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if "dialect" in table.details:
        details["delimiter"] = table.details["dialect"].delimiter
        details["quote"] = table.details["dialect"].quote
    for name in ("encoding", "sheet", "sheets", "header", "regular"):
        if name in table.details:
            details[name] = table.details[name]
    return details
