"""A shipped contract applied to records as a pipeline does it: decode first, then the row checks on what is typed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

import sentineldq
from sentineldq.contracts.model import Contract
from sentineldq.readers.table import Table

PROJECTS = Path(__file__).parents[2] / "projects"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The rows that were accepted, what is said of the others (by field path or name of the rule), and warnings."""

    good: pl.DataFrame
    refused: list[set[str]]
    warned: set[str]


def contract(project: str, name: str) -> Contract:
    return sentineldq.load_contract(PROJECTS / project / "contracts" / f"{name}.odcs.yaml")


def judge(agreed: Contract, records: Iterable[Mapping[str, Any]] | bytes) -> Verdict:
    """What becomes of JSON records."""
    if not isinstance(records, bytes):
        records = "\n".join(json.dumps(record) for record in records).encode()
    decoded = sentineldq.decode(records, agreed)
    refused = [{error.path for error in fault.errors} for fault in decoded.errors]
    checked = _checked(decoded.frame, agreed)
    return Verdict(good=checked.good, refused=refused + checked.refused, warned=checked.warned)


def judge_text(agreed: Contract, rows: pl.DataFrame) -> Verdict:
    """What becomes of rows of text."""
    return _checked(Table(name="rows", frame=rows.lazy(), text=True), agreed)


def _checked(data: Any, agreed: Contract) -> Verdict:
    parts = sentineldq.split(data, agreed)
    result = sentineldq.check(data, agreed)
    assert not [check.message for check in result.checks if check.status == "error"]
    bad = parts.bad.collect().to_native()
    return Verdict(
        good=parts.good.collect().to_native(),
        refused=[{error["check"] for error in errors} for errors in bad["_errors"]],
        warned={
            check.name for check in result.checks if check.status == "fail" and check.on_violation == "warn"
        },
    )
