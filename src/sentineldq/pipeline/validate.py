"""Decode and check: what of a bronze batch is good, what is not and why. Nothing is written here.

A batch is judged by its own rows and the time it arrived, so that judging it again gives the same verdict.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import narwhals as nw
import polars as pl
import pyarrow as pa

from sentineldq.checks.engines import engine
from sentineldq.checks.literals import NOW
from sentineldq.checks.model import Check, Outcome
from sentineldq.checks.records.decode import decode
from sentineldq.checks.records.leaf import FieldError
from sentineldq.checks.run import run_checks
from sentineldq.checks.scope import Scope
from sentineldq.checks.split import ERRORS, SPLITTING, split_frame
from sentineldq.lake.schema import META, QUARANTINE
from sentineldq.pipeline.cycles import put_off
from sentineldq.pipeline.rules import Rules
from sentineldq.readers.table import Table

ROW = "_row"
BATCH_WIDE = "batch"
"""The check that stands for a batch that could not be read at all."""

STRUCTURE = "structure"
"""The check of tabular data whose row has other cells than the table has columns."""

EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
YEARS = "a year from 1 to 9999 in UTC"

SHOWN = 200
"""Characters of a value that a reason quotes."""


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason against one record."""

    check: str
    message: str
    path: str = ""
    expected: str | None = None
    found: str | None = None
    fingerprint: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of a batch: `rows` = good + refused + dropped, each record in one of them.

    good: the contract's columns, then META. refused: rows of quarantine. reasons: by the record's position.
    outcomes: one per quality rule, with counts over the whole batch.
    """

    rows: int
    good: pl.DataFrame
    refused: pa.Table
    dropped: int
    reasons: dict[int, list[Reason]]
    outcomes: list[Outcome] = field(default_factory=list)


def validate(batch: pa.Table, rules: Rules) -> Verdict:
    """Judge one batch of bronze (BRONZE's columns, at least one row).

    Raises CheckDefinitionError where a check cannot be evaluated.
    """
    token = NOW.set(batch["_received_at"][0].as_py())
    try:
        with put_off():
            return _verdict(batch, rules, _judge(batch, rules))
    finally:
        NOW.reset(token)


def _judge(batch: pa.Table, rules: Rules) -> _Judged:
    fault = batch["_fault"][0].as_py()
    if fault is not None:
        reason = Reason(check=BATCH_WIDE, message=f"the batch cannot be read: {fault}", found=fault)
        return _Judged(reasons={row: [reason] for row in batch[ROW].to_pylist()})
    return _judge_text(batch, rules) if batch["_form"][0].as_py() == "text" else _judge_json(batch, rules)


def refuse(batch: pa.Table, reasons: dict[int, list[Reason]], rules: Rules) -> Verdict:
    """The verdict that refuses all of these rows, for reasons (by `_row`) that are known already."""
    return _verdict(batch, rules, _Judged(reasons=reasons))


@dataclass(kw_only=True)
class _Judged:
    """good: frames of the contract's columns and `_row`, without the rows that have a reason or are dropped."""

    good: list[pl.DataFrame] = field(default_factory=list)
    reasons: dict[int, list[Reason]] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    outcomes: list[Outcome] = field(default_factory=list)


# ------------------------------------------------------------------------------------------ JSON


def _judge_json(batch: pa.Table, rules: Rules) -> _Judged:
    raw = batch["raw"]
    decoded = decode(raw.chunk(0) if raw.num_chunks == 1 else raw.combine_chunks(), rules.table)
    rows = batch[ROW].to_pylist()
    frame = decoded.frame
    places = rows if not decoded.errors else [rows[position] for position in decoded.positions]
    judged = _check(frame.with_columns(pl.Series(ROW, places, dtype=pl.Int32)), rules.quality, rules)
    if decoded.errors:
        # What of a record does fit is held against the rules as well, so that every error of it is named at once.
        refused = [rows[error.index] for error in decoded.errors]
        rest = decoded.salvaged.with_columns(pl.Series(ROW, refused, dtype=pl.Int32))
        further = _check(rest, rules.quality, rules, whole=False)
        for row, error in zip(refused, decoded.errors, strict=True):
            named = [reason_of(item, rules) for item in error.errors]
            judged.reasons[row] = merge_reasons(named, error.errors, further.reasons.get(row, []))
    return judged


def merge_reasons(
    named: Sequence[Reason], errors: Sequence[FieldError], others: Sequence[Reason]
) -> list[Reason]:
    """The reasons for a record's errors, and those of the rules that ask for none of the fields in error."""
    faulty = {_top(item.path) for item in errors}
    return [*named, *(item for item in others if not faulty & _tops(item.path))]


def reason_of(error: FieldError, rules: Rules) -> Reason:
    """An error of a field as a reason."""
    path = re.sub(r"\[\d+\]", "[]", error.path)
    check = rules.by_fault.get((path, error.kind))
    return Reason(
        check=check.label if check else f"{path or 'record'}.{error.kind}",
        message=str(error),
        path=error.path,
        expected=error.expected,
        found=error.found,
        fingerprint=check.fingerprint if check else "",
    )


def _top(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _tops(paths: str) -> set[str]:
    return {_top(path) for path in paths.split(", ")}


# ------------------------------------------------------------------------------------------ text


def _judge_text(batch: pa.Table, rules: Rules) -> _Judged:
    """Rows whose cells are all text: read in the types of the contract, as a file of them would be."""
    judged = _Judged()
    cells: list[dict[str, str | None]] = []
    places: list[int] = []
    for row, raw in zip(batch[ROW].to_pylist(), batch["raw"].to_pylist(), strict=True):
        try:
            cells.append(_CELLS.decode(raw))
            places.append(row)
        except msgspec.MsgspecError:
            expected = "a row with as many cells as the table has columns"
            found = None if rules.private else raw.decode(errors="replace")[:SHOWN]
            told = Reason(check=STRUCTURE, message=f"expected {expected}", expected=expected, found=found)
            judged.reasons[row] = [told]
    names = list(dict.fromkeys([*rules.columns, *(name for row in cells for name in row)]))
    frame = pl.DataFrame(
        {name: pl.Series([row.get(name) for row in cells], dtype=pl.String) for name in names}
    ).with_columns(pl.Series(ROW, places, dtype=pl.Int32))
    found = _check(frame, rules.checks, rules, text=True)
    found.reasons |= judged.reasons
    return found


_CELLS = msgspec.json.Decoder(dict[str, str | None])


# ------------------------------------------------------------------------------------------ checks


def _check(
    frame: pl.DataFrame, checks: Sequence[Check], rules: Rules, *, text: bool = False, whole: bool = True
) -> _Judged:
    """Count all checks in one pass, then part the rows by those that part them.

    Without `whole` the rows are only a part of the batch, and no count of theirs is kept.
    """
    scope = _scope(frame, rules, text=text)
    outcomes = run_checks(checks, scope, samples=0)[1] if checks and whole else []
    if blocking := [item for item in outcomes if _blocks(item, rules)]:
        reasons = [_of_outcome(item) for item in blocking]
        return _Judged(reasons=dict.fromkeys(frame[ROW].to_list(), reasons), outcomes=outcomes)
    held = {item.fingerprint for item in outcomes if item.failed == 0}
    parts = split_frame([check for check in checks if check.on_violation in SPLITTING], scope, held=held)
    if outcomes and all(item.failed == 0 or item.on_violation not in SPLITTING for item in outcomes):
        return _Judged(good=[_collected(parts.good)], outcomes=outcomes)
    good, bad = pl.collect_all([parts.good.to_native(), parts.bad.to_native()])
    judged = _Judged(good=[good], outcomes=outcomes)
    for row in bad.iter_rows(named=True):
        reasons = row[ERRORS]
        if all(rules.by_fingerprint[reason["fingerprint"]].on_violation == "drop" for reason in reasons):
            judged.dropped.add(row[ROW])
        else:
            told = [reason for reason in reasons if not (text and _misread(reason, row, rules))]
            judged.reasons[row[ROW]] = reasons_of(told or reasons, row, rules)
    return judged


def _collected(frame: Any) -> pl.DataFrame:
    return frame.to_native().collect()  # type: ignore[no-any-return]


def _scope(frame: pl.DataFrame, rules: Rules, *, text: bool) -> Scope:
    polars = engine("polars")
    source = polars.frame(Table(name=rules.table.name or "", frame=frame.lazy(), text=text))
    logical = {path: item.logical_type for path, item in rules.table.walk() if item.logical_type}
    return Scope(
        engine=polars,
        frame=source,
        schema=nw.from_native(frame).schema,
        text=text,
        logical=logical,
        classified=rules.private,
        name=rules.table.physical_name or rules.table.name or "data",
    )


def _blocks(outcome: Outcome, rules: Rules) -> bool:
    """Whether the batch as a whole is refused: a check of it says `block`, and failed or could not be evaluated."""
    check = rules.by_fingerprint.get(outcome.fingerprint)
    return (
        outcome.status in {"fail", "error"}
        and outcome.severity == "CRITICAL"
        and check is not None
        and check.on_violation == "block"
    )


def _of_outcome(outcome: Outcome) -> Reason:
    observed = f", found {outcome.observed}" if outcome.observed is not None else ""
    told = outcome.message or f"expected {outcome.expected}{observed}"
    return Reason(
        check=outcome.name,
        message=f"the whole batch is refused: {told}",
        path=outcome.column or "",
        expected=outcome.expected,
        fingerprint=outcome.fingerprint,
    )


def reasons_of(found: Sequence[dict[str, Any]], row: dict[str, Any], rules: Rules) -> list[Reason]:
    """What a split says of one row, with the values it is about."""
    return [_of_check(reason, row, rules) for reason in found]


def _of_check(reason: dict[str, Any], row: dict[str, Any], rules: Rules) -> Reason:
    expected = reason["message"].removeprefix("expected ")
    found = ", ".join(_shown(path, row, rules) for path in reason["columns"] if path) or None
    return Reason(
        check=reason["check"],
        message=f"{reason['message']}, found {found}" if found else reason["message"],
        path=", ".join(reason["columns"]),
        expected=expected,
        found=found,
        fingerprint=reason["fingerprint"],
    )


def _misread(reason: dict[str, Any], row: dict[str, Any], rules: Rules) -> bool:
    """Whether a text is called missing for being of no use to its type, which another reason says already."""
    check = rules.by_fingerprint[reason["fingerprint"]]
    return check.kind == "not_null" and row.get(reason["columns"][0]) is not None


def _shown(path: str, row: dict[str, Any], rules: Rules) -> str:
    """A value as a reason quotes it; what the contract classifies is masked."""
    if path in rules.private:
        return "***"
    if "[]" in path:
        return "…"
    value: Any = row
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return "nothing" if value is None else str(value)[:SHOWN]


# ------------------------------------------------------------------------------------------ the verdict


def _verdict(batch: pa.Table, rules: Rules, judged: _Judged) -> Verdict:
    good = pl.concat([_fitted(frame, rules) for frame in judged.good]) if judged.good else _none(rules)
    if beyond := _beyond(good, rules):
        judged.reasons |= beyond
        good = good.filter(~pl.col(ROW).is_in([*beyond]))
    gone = {*judged.reasons, *judged.dropped}
    assert good.height + len(gone) == batch.num_rows, "every record is in one place"  # noqa: S101
    origin = {name: pl.lit(batch[name][0].as_py(), dtype=kind) for name, kind in _ORIGIN.items()}
    return Verdict(
        rows=batch.num_rows,
        good=good.with_columns(**origin).select(*rules.columns, *META.names),
        refused=_quarantine(batch, judged.reasons, rules),
        dropped=len(judged.dropped),
        reasons=judged.reasons,
        outcomes=judged.outcomes,
    )


_ORIGIN = {name: kind for name, kind in pl.Schema(META).items() if name != ROW}
"""What is the same for all records of a batch."""


def _beyond(good: pl.DataFrame, rules: Rules) -> dict[int, list[Reason]]:
    """Records with a moment that, in UTC, is of no year from 1 to 9999: no table can be partitioned by it."""
    spans = {pl.Datetime: (EARLIEST, LATEST), pl.Date: (EARLIEST.date(), LATEST.date())}
    outside = {
        name: (pl.col(name) < spans[kind.base_type()][0]) | (pl.col(name) > spans[kind.base_type()][1])
        for name, kind in good.schema.items()
        if kind.base_type() in spans
    }
    if not outside:
        return {}
    found: dict[int, list[Reason]] = {}
    for row in good.filter(pl.any_horizontal(*outside.values())).select(ROW, **outside).iter_rows(named=True):
        faults = [FieldError(name, "type", YEARS, "another") for name in outside if row[name]]
        found[row[ROW]] = [reason_of(fault, rules) for fault in faults]
    return found


def _fitted(frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The frame in silver's columns and types; what the contract does not know is left to bronze."""
    known = [
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind).alias(name)
        for name, kind in rules.types.items()
    ]
    return frame.select(*known, ROW)


def _none(rules: Rules) -> pl.DataFrame:
    return pl.DataFrame(schema={**rules.types, ROW: pl.Int32})


def _quarantine(batch: pa.Table, reasons: dict[int, list[Reason]], rules: Rules) -> pa.Table:
    """The refused records as rows of quarantine, in their order."""
    rows = batch[ROW].to_pylist()
    taken = (
        batch.take([at for at, row in enumerate(rows) if row in reasons]) if reasons else batch.slice(0, 0)
    )
    errors = [[msgspec.to_builtins(item) for item in reasons[row]] for row in taken[ROW].to_pylist()]
    columns = {
        "errors": errors,
        "hash": [hash_of(raw) for raw in taken["raw"].to_pylist()],
        "contract": [rules.version] * taken.num_rows,
        "contract_fingerprint": [rules.fingerprint] * taken.num_rows,
    }
    for name, values in columns.items():
        taken = taken.append_column(name, pa.array(values, type=QUARANTINE.field(name).type))
    return taken.select(QUARANTINE.names)


def hash_of(raw: bytes) -> str:
    """SHA-256 of a record's bytes, hexadecimal: what a quarantined record is known by."""
    return hashlib.sha256(raw).hexdigest()
