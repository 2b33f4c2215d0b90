"""Great Expectations' own test definitions, through the suite importer: same success, same unexpected counts.

Each deliberate difference is named in DIFFERENT with its reason; anything else must agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sentineldq
from sentineldq.checks.derive import derive
from sentineldq.checks.model import Check, Outcome
from sentineldq.contracts.formats import gx
from sentineldq.contracts.formats.base import Note
from tests.conftest import SHARED

pytestmark = pytest.mark.corpus

BACKENDS = ("pandas",)

DIFFERENT: dict[str, str] = {
    "in_set:test_conditional_expectation_passes": "a number compared with text is an error, not false",
    "cramers_phi_value_to_be_less_than:test_float_and_string_with_missings": "rows with a missing value are left out",
}
"""Part of a case's name -> why its answer differs from theirs on purpose."""

NUMBERS = {"int", "INTEGER", "IntegerType", "float", "FloatType", "DoubleType", "DOUBLE_PRECISION"}


def definitions(folder: Path) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Yield (name, expectation, dataset, case) of every case that pandas is meant to pass."""
    for path in sorted(folder.glob("*/*.json")):
        found = json.loads(path.read_text())
        for group in found["datasets"]:
            for case in group["tests"]:
                if _meant(case):
                    title = case.get("title", "untitled")
                    yield (f"{path.stem}:{title}", found["expectation_type"], group, case)


def _meant(case: dict[str, Any]) -> bool:
    only = case.get("only_for")
    if only is not None and not any(backend in only for backend in BACKENDS):
        return False
    return not any(backend in case.get("suppress_test_for", []) for backend in BACKENDS)


def frame(group: dict[str, Any]) -> pl.DataFrame:
    """The data of a group as a frame, with the types its pandas or Spark schema names."""
    data = group["data"]
    if isinstance(data, list):
        data = data[0]["data"]
    types = {**group.get("schemas", {}).get("spark", {}), **group.get("schemas", {}).get("pandas", {})}
    return pl.DataFrame([_series(name, values, types.get(name, "")) for name, values in data.items()])


def _series(name: str, values: list[Any], kind: str) -> pl.Series:
    present = [value for value in values if value is not None]
    if kind in {"datetime64", "datetime", "TimestampType", "DateType"} and all(
        isinstance(value, str) for value in present
    ):
        return pl.Series(name, [_moment(value) for value in values])
    if {type(value) for value in present} == {int, float}:
        return pl.Series(name, [None if value is None else float(value) for value in values])
    if len({type(value) for value in present}) > 1:  # no column holds 2 and "2": as JSON they still differ
        return pl.Series(name, [None if value is None else json.dumps(value) for value in values])
    return pl.Series(name, values, strict=True)


def _moment(value: str | None) -> datetime | None:
    from dateutil import parser

    return None if value is None else parser.parse(value)


def others(group: dict[str, Any]) -> dict[str, Any]:
    """The other tables of a group, by name."""
    data = group["data"]
    if not isinstance(data, list):
        return {}
    return {item["dataset_name"]: pl.DataFrame(item["data"]) for item in data}


def run(
    expectation: str, kwargs: dict[str, Any], data: pl.DataFrame, others: dict[str, Any]
) -> Outcome | list[Note]:
    """Import one expectation and run the one check it becomes; the notes where it cannot be imported."""
    suite = {"expectations": [{"expectation_type": expectation, "kwargs": kwargs, "meta": {}}]}
    converted = gx.read(json.dumps(suite), name="data")
    if converted.notes:
        return converted.notes
    checks = _checks(converted.contract)
    result = sentineldq.check(data, checks=checks, datasets=others, samples=0)
    return result.checks[0]


def _checks(contract: sentineldq.Contract) -> list[Check]:
    """The quality rules alone: the columns that the importer lists to hang them on are no expectation."""
    return [check for check in derive(contract.schema[0]) if check.name != "columns"]


def cases() -> list[Any]:
    folder = SHARED / "gx"
    return [
        pytest.param(expectation, group, case, id=name, marks=marks(name))
        for name, expectation, group, case in definitions(folder)
    ]


def marks(name: str) -> list[pytest.MarkDecorator]:
    reasons = [reason for part, reason in DIFFERENT.items() if part in name]
    return [pytest.mark.xfail(reason=reason, strict=True) for reason in reasons]


@pytest.mark.parametrize(("expectation", "group", "case"), cases())
def test_same_answer(expectation: str, group: dict[str, Any], case: dict[str, Any]) -> None:
    kwargs = case.get("in", case.get("input"))
    wanted = case.get("out", case.get("output"))
    outcome = run(expectation, kwargs, frame(group), others(group))
    if "error" in case or "traceback_substring" in wanted:
        assert isinstance(outcome, list) or outcome.status in {"error", "pass"}, outcome
        return
    assert not isinstance(outcome, list), outcome
    if "success" in wanted:
        assert (outcome.status in {"pass", "warn"}) == wanted["success"], outcome
    if "unexpected_list" in wanted and outcome.failed is not None:
        assert outcome.failed == len(wanted["unexpected_list"]), outcome
    theirs = wanted.get("observed_value")
    if isinstance(theirs, (int, float)) and isinstance(outcome.observed, (int, float)):
        assert outcome.observed == pytest.approx(theirs), outcome
