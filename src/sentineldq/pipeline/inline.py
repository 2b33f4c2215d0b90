"""Single records judged at once: the rules are made into one plan, which is used again for every record.

To make the expressions of a contract takes longer than to evaluate them for a record. What only a whole batch can
answer (its counts, what it tolerates, that keys are unique) is not asked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa
from polars.io.plugins import register_io_source

from sentineldq.checks.definition import definition_of
from sentineldq.checks.engines import engine
from sentineldq.checks.literals import NOW
from sentineldq.checks.model import Check
from sentineldq.checks.records.decode import decode
from sentineldq.checks.scope import Scope
from sentineldq.checks.split import ERRORS, SPLITTING, split_frame
from sentineldq.pipeline.rules import Rules
from sentineldq.pipeline.validate import Reason, merge_reasons, reason_of, reasons_of

ROW = "_row"
AGE = 60.0
"""Seconds for which a plan is used: `now` in a rule is that of its making."""


class Inline:
    """The rules of one contract, ready for records. For any thread."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._lock = threading.Lock()
        self._rows = pl.DataFrame()
        self._made_at = -AGE
        self._bad: pl.LazyFrame | None = None
        self._checks = [check for check in rules.quality if _of_one_record(check)]

    def judge(self, records: list[bytes]) -> dict[int, list[Reason]]:
        """The reasons against each of these JSON records, by its position; none for a good one.

        Raises CheckDefinitionError where a rule cannot be evaluated.
        """
        decoded = decode(pa.array(records, pa.large_binary()), self.rules.table)
        found = {}
        if decoded.frame.height:
            found = self._against(decoded.frame, decoded.positions)
        if decoded.errors:
            salvaged = self._against(decoded.salvaged, [error.index for error in decoded.errors])
            for error in decoded.errors:
                named = [reason_of(item, self.rules) for item in error.errors]
                found[error.index] = merge_reasons(named, error.errors, salvaged.get(error.index, []))
        return found

    def _against(self, frame: pl.DataFrame, places: list[int]) -> dict[int, list[Reason]]:
        """What the contract's quality rules have against rows."""
        if not self._checks:
            return {}
        rows = frame.with_columns(pl.Series(ROW, places, dtype=pl.Int32))
        with self._lock:
            if self._bad is None or time.monotonic() - self._made_at > AGE:
                self._bad = self._plan(rows.schema)
                self._made_at = time.monotonic()
            self._rows = rows
            bad = self._bad.collect()
        return {row[ROW]: reasons_of(row[ERRORS], row, self.rules) for row in bad.iter_rows(named=True)}

    def _plan(self, schema: pl.Schema) -> pl.LazyFrame:
        """The rows that are bad, of whatever rows there are when it is collected."""
        polars = engine("polars")
        table = self.rules.table
        frame = nw.from_native(register_io_source(self._source, schema=schema))
        logical = {path: item.logical_type for path, item in table.walk() if item.logical_type}
        scope = Scope(
            engine=polars,
            frame=frame,
            schema=nw.from_native(pl.DataFrame(schema=schema)).schema,
            logical=logical,
            classified=self.rules.private,
            name=table.physical_name or table.name or "data",
        )
        token = NOW.set(datetime.now(UTC))
        try:
            return split_frame(self._checks, scope).bad.to_native()  # type: ignore[no-any-return]
        finally:
            NOW.reset(token)

    def _source(
        self,
        columns: list[str] | None,
        where: pl.Expr | None,
        limit: int | None,
        _size: int | None,
    ) -> Iterator[pl.DataFrame]:
        rows: Any = self._rows
        if where is not None:
            rows = rows.filter(where)
        if columns is not None:
            rows = rows.select(columns)
        yield rows if limit is None else rows.head(limit)


def _of_one_record(check: Check) -> bool:
    """Whether a check parts good records from bad ones, and asks no other record for that."""
    definition = definition_of(check.kind)
    alone = definition.shape == "row" and not definition.needs
    return check.on_violation in SPLITTING and check.kind != "custom" and alone
