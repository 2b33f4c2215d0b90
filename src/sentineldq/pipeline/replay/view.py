"""One quarantined record as a person may see it: what the contract classifies is masked, unless it is asked for."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal

import msgspec
import polars as pl

from sentineldq.errors import SentinelError, UsageError
from sentineldq.lake.keys import Keys
from sentineldq.lake.open import Lake
from sentineldq.lake.scan import scan
from sentineldq.pipeline.poison import Attempts
from sentineldq.pipeline.project import Project
from sentineldq.pipeline.replay.judge import Key, judge
from sentineldq.pipeline.replay.moves import Tables
from sentineldq.pipeline.replay.quarantine import Choice, Record, arrow, record_of, rows_of
from sentineldq.pipeline.replay.run import attempts_of, rules_for
from sentineldq.pipeline.replay.work import Work
from sentineldq.pipeline.rules import Rules
from sentineldq.pipeline.validate import Reason

MASK = "***"
UNREADABLE = "not shown: it is no JSON, so what the contract classifies cannot be told from the rest"

SHOWN = 65_536
"""Bytes of a record that is no JSON, at most."""

Verdict = Literal["passes", "duplicate", "dropped", "refused", "error"]


class Now(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay without a patch would do with a record: `error` where the contract cannot be used."""

    verdict: Verdict
    contract: str | None = None
    fingerprint: str | None = None
    reasons: list[Reason] = []


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A record with its values. masked: how many of them are not shown. others: records of the same bytes.

    form: `json` or `text`. fault: why its whole batch could not be read. content: its bytes (base64) where they are no
    JSON and may be shown. size: how many bytes it has.
    """

    record: Record
    value: Any
    masked: int
    others: int
    now: Now
    form: str
    fault: str | None
    size: int
    content: str | None


def view(project: Project, lake: Lake, pipelines: Sequence[str], start: str, *, raw: bool = False) -> View:
    """The record whose hash begins so; of several with the same bytes the newest.

    Raises UsageError where there is none, or where the beginning fits several.
    """
    found = [(name, row) for name in pipelines for row in _rows(lake, project.dataset(name), start)]
    if not found:
        raise UsageError(
            f"no record in quarantine has a hash that begins with {start!r}",
            hint="`sentinel quarantine list --records` shows them; it may have been replayed",
        )
    hashes = Counter(row["hash"] for _, row in found)
    if len(hashes) > 1:
        some = ", ".join(each[:16] for each in sorted(hashes)[:5])
        raise UsageError(
            f"{len(hashes)} records have a hash that begins with {start!r}: {some}", hint="give more of it"
        )
    name, row = max(found, key=lambda pair: (pair[1]["_received_at"], pair[1]["_batch"], pair[1]["_row"]))
    return _viewed(project, lake, name, row, others=len(found) - 1, raw=raw)


def view_at(project: Project, lake: Lake, pipeline: str, key: Key) -> View | None:
    """The record of a place (partition, batch, row); None where quarantine has none of it, or no more."""
    table = lake.table(f"quarantine.{project.dataset(pipeline)}")
    row = next(scan(table).filter(at(key)).collect().iter_rows(named=True), None)
    if row is None:
        return None
    same = scan(table).filter(pl.col("hash") == row["hash"]).select(pl.len()).collect().item()
    return _viewed(project, lake, pipeline, row, others=same - 1)


def at(key: Key) -> pl.Expr:
    """The condition on rows that is true for one record."""
    partition, batch, row = key
    return (pl.col("_partition") == partition) & (pl.col("_batch") == batch) & (pl.col("_row") == row)


def _viewed(
    project: Project, lake: Lake, name: str, row: dict[str, Any], *, others: int, raw: bool = False
) -> View:
    now, private = _now(project, lake, name, row)
    if raw:
        value, masked = _decoded(row["raw"])[0], 0
    else:
        value, masked = masked_value(row["raw"], private)
    return View(
        record=record_of(row, project.dataset(name)),
        value=value,
        masked=masked,
        others=others,
        now=now,
        form=row["_form"],
        fault=row["_fault"],
        size=len(row["raw"]),
        content=content(row["raw"], () if raw else private),
    )


def content(raw: bytes, private: Collection[str]) -> str | None:
    """The first bytes of a record that is no JSON, in base64; None for one that is, and where they may not be shown."""
    return None if private or _decoded(raw)[1] else b64encode(raw[:SHOWN]).decode()


def masked_value(raw: bytes, private: Collection[str]) -> tuple[Any, int]:
    """A record's JSON without what is private (paths), and how many values that are."""
    value, readable = _decoded(raw)
    if not private:
        return value, 0
    if not readable:
        return UNREADABLE, 1
    count = 0
    for path in sorted(private):
        value, more = _masked(value, path.replace("[]", ".[]").split("."))
        count += more
    return value, count


def _decoded(raw: bytes) -> tuple[Any, bool]:
    try:
        return msgspec.json.decode(raw), True
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return raw.decode(errors="backslashreplace"), False


def _masked(value: Any, steps: list[str]) -> tuple[Any, int]:
    """The value with what the steps lead to masked; where they lead nowhere because it has another form, all of it."""
    if value is None or value == MASK:
        return value, 0
    if not steps:
        return MASK, 1
    step, *rest = steps
    if step == "[]" and isinstance(value, list):
        pairs = [_masked(item, rest) for item in value]
        return [item for item, _ in pairs], sum(count for _, count in pairs)
    if step != "[]" and isinstance(value, dict):
        if step not in value:
            return value, 0
        inner, count = _masked(value[step], rest)
        return {**value, step: inner}, count
    return MASK, 1


def _rows(lake: Lake, dataset: str, start: str) -> Iterable[dict[str, Any]]:
    if not lake.has(f"quarantine.{dataset}"):
        return []
    chosen = scan(lake.table(f"quarantine.{dataset}")).filter(Choice(hashes=(start,)).where)
    return chosen.collect().iter_rows(named=True)


def _now(project: Project, lake: Lake, pipeline: str, row: dict[str, Any]) -> tuple[Now, Collection[str]]:
    """What would become of it, and which paths are private. Raises where that cannot be known."""
    rules = rules_for(project, pipeline, lake=lake)
    try:
        tables = Tables.open(lake, project.dataset(pipeline))
        return _judged(tables, rules, row, attempts_of(project, pipeline)), rules.private
    except SentinelError as fault:
        reason = Reason(check="contract", message=fault.message)
        told = Now(verdict="error", contract=rules.version, fingerprint=rules.fingerprint, reasons=[reason])
        return told, rules.private


def _judged(tables: Tables, rules: Rules, row: dict[str, Any], attempts: Attempts) -> Now:
    key = ["_partition", "_batch", "_row"]
    schema = pl.Schema({"_partition": pl.String, "_batch": pl.Int64, "_row": pl.Int32})
    mine = pl.DataFrame({name: [row[name]] for name in key}, schema=schema)
    batch = pl.DataFrame(
        pl.from_arrow(rows_of(tables.quarantine, mine, row["_received_at"], row["_received_at"]))
    )
    work = Work(mark=None, chosen=arrow(batch.join(mine, on=key, how="semi")))
    judged = judge(
        work.chosen,
        rules,
        others=arrow(batch.join(mine, on=key, how="anti")),
        bronze=tables.bronze,
        silver=tables.silver,
        attempts=attempts,
        known=work.crashed(rules),
    )
    reasons = [reason for found in judged.reasons.values() for reason in found]
    verdict: Verdict = "refused" if reasons else "dropped" if judged.dropped else "passes"
    if verdict == "passes" and rules.key and not Keys(rules.key).fresh(tables.silver, judged.good)[0]:
        verdict = "duplicate"
    return Now(verdict=verdict, contract=rules.version, fingerprint=rules.fingerprint, reasons=reasons)
