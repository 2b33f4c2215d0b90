"""A contract made ready for judging records: what is checked, what identifies a record, what happens to a repeat."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl
import pyarrow as pa

from sentineldq.checks.derive import derive
from sentineldq.checks.model import Check
from sentineldq.contracts.model import Contract, SchemaObject
from sentineldq.contracts.privacy import classified
from sentineldq.contracts.write import dump_contract
from sentineldq.errors import ContractError
from sentineldq.lake.schema import event_time, silver_schema

Merge = Literal["ignore", "replace"]

WHOLE = ("columns_equal_set", "foreign_key")
"""Kinds that no batch can answer: the columns of a table, the rows of another one."""

ROWWISE = {"unique", "unique_together"}


@dataclass(frozen=True, kw_only=True)
class Rules:
    """One version of one contract's object, ready to judge batches by.

    merge: what becomes of a record whose key silver has: `ignore` keeps the first, `replace` the last (of two, the one
    with the greater `order` column, where the contract names one as `mergeOrder`).
    """

    contract: Contract
    table: SchemaObject
    text: str
    fingerprint: str
    merge: Merge
    order: str | None

    @property
    def version(self) -> str:
        return self.contract.version or ""

    @property
    def key(self) -> list[str]:
        """The columns that identify a record; none where the contract states no primary key."""
        return self.table.primary_key

    @cached_property
    def schema(self) -> pa.Schema:
        """Silver's columns."""
        return silver_schema(self.table)

    @cached_property
    def columns(self) -> list[str]:
        """The contract's columns, those of `schema` without ours."""
        return [name for name in self.schema.names if not name.startswith("_") or name in self._own]

    @cached_property
    def types(self) -> pl.Schema:
        """The contract's columns as Polars has them."""
        whole = pl.Schema(self.schema)
        return pl.Schema({name: whole[name] for name in self.columns})

    @cached_property
    def partition(self) -> tuple[str, str] | None:
        """The column that silver is partitioned by, and how."""
        return event_time(self.table)

    @cached_property
    def private(self) -> frozenset[str]:
        """Paths whose values are not shown."""
        return classified(self.table)

    @cached_property
    def checks(self) -> list[Check]:
        """Every check a batch can answer. That keys are unique is not asked: repeats are told apart by merging."""
        return [check for check in derive(self.table) if self._answerable(check)]

    @cached_property
    def quality(self) -> list[Check]:
        """Those of `checks` that decoding a JSON record does not answer already: the contract's quality rules."""
        return [check for check in self.checks if ".quality[" in (check.origin or "")]

    @cached_property
    def by_fingerprint(self) -> dict[str, Check]:
        return {check.fingerprint: check for check in reversed(self.checks)}

    @cached_property
    def by_fault(self) -> dict[tuple[str, str], Check]:
        """The check that a record's error stands for, by path (`[]` for any member) and kind of error."""
        found: dict[tuple[str, str], Check] = {}
        for check in self.checks:
            if ".quality[" not in (check.origin or ""):
                for kind in _FAULTS.get(check.kind, ()):
                    found.setdefault((check.column or "", kind), check)
        return found

    @property
    def _own(self) -> set[str]:
        return {item.column for item in self.table.properties}

    def _answerable(self, check: Check) -> bool:
        if check.kind in WHOLE:
            return False
        columns = {*check.columns} or {check.column or ""}
        return not (check.kind in ROWWISE and columns == set(self.key))


_FAULTS = {
    "type": ("type", "precision", "range", "key"),
    "not_null": ("required",),
    "in_set": ("enum",),
    "length": ("length",),
    "matches": ("pattern",),
    "format": ("format",),
    "between": ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum"),
    "multiple_of": ("multiple_of",),
    "items": ("items",),
    "items_unique": ("unique",),
    "filled": ("properties",),
}
"""Kinds of a record's error, by the kind of check that asks the same."""


def rules_of(contract: Contract, table: SchemaObject) -> Rules:
    """A contract's rules for one of its objects. Raises ContractError, CheckDefinitionError."""
    text = dump_contract(contract)
    merge = table.custom("merge", "ignore")
    if merge not in ("ignore", "replace"):
        raise ContractError(contract.id, [f"{table.name}: merge is `ignore` or `replace`, not {merge!r}"])
    order = table.custom("mergeOrder")
    found = Rules(
        contract=contract,
        table=table,
        text=text,
        fingerprint=hashlib.sha256(f"{table.name}\n{text}".encode()).hexdigest()[:16],
        merge=merge,
        order=order,
    )
    if order is not None and order not in found.columns:
        raise ContractError(contract.id, [f"{table.name}: mergeOrder names {order!r}, which is no column"])
    _ = found.checks, found.schema, found.partition  # faults of the contract show here, not in mid-run
    return found
