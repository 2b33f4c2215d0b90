"""Binding: parameters converted to the column's type, fingerprints that stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import narwhals as nw
import polars as pl
import pytest

import sentineldq
from sentineldq import Check
from sentineldq.checks.literals import as_type, limits
from sentineldq.checks.model import Tolerance


@pytest.mark.parametrize(
    ("check", "fingerprint"),
    [
        (Check(kind="not_null", column="id"), "c0fd47b5d368e122"),
        (
            Check(kind="between", column="a.b", params={"min": 0, "max": 1.5}, where="x > 1"),
            "48d94d2246ed6779",
        ),
        (
            Check(kind="unique_together", columns=("a", "b[].c"), params={"ignore_missing": "all"}),
            "be68bd9094ec54a7",
        ),
    ],
)
def test_fingerprints_are_stable(check: Check, fingerprint: str):
    """Quarantined rows refer to checks by these; a change orphans them."""
    assert check.fingerprint == fingerprint


def test_a_fingerprint_is_of_what_decides_a_row():
    check = Check(kind="between", column="a", params={"min": 0, "max": 9})
    same = Check(
        kind="between",
        column="a",
        params={"max": 9, "min": 0},
        name="n",
        severity="INFO",
        on_violation="drop",
        tolerance=Tolerance(fail=0.5),
        weight=3,
    )
    assert check.fingerprint == same.fingerprint
    assert check.fingerprint != Check(kind="between", column="a", params={"min": 0}).fingerprint


@pytest.mark.parametrize(
    ("raw", "dtype", "value"),
    [
        (1, nw.Float64(), 1.0),
        (0.1, nw.Decimal(10, 2), Decimal("0.1")),
        (2.0, nw.Int64(), 2),
        (2.5, nw.Int64(), 2.5),
        (2**80, nw.Int64(), 2**63),
        (-(2**80), nw.UInt8(), -1),
        ("2024-01-31", nw.Date(), date(2024, 1, 31)),
        ("2024-01-31T10:00:00+02:00", nw.Datetime("us"), datetime.fromisoformat("2024-01-31T08:00:00")),
        ("2024-01-31", nw.Datetime("us", "UTC"), datetime(2024, 1, 31, tzinfo=UTC)),
        (True, nw.Boolean(), True),
    ],
)
def test_a_parameter_becomes_a_value_of_the_column(raw: Any, dtype: Any, value: Any):
    found = as_type(raw, dtype)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("raw", "dtype"),
    [
        ("1", nw.Int64()),
        (True, nw.Int64()),
        (1, nw.String()),
        (1, nw.Boolean()),
        ("x", nw.Date()),
        (1, nw.Date()),
    ],
)
def test_what_cannot_be_one_is_refused(raw: Any, dtype: Any):
    with pytest.raises(ValueError, match="cannot be compared with a column of type"):
        as_type(raw, dtype)


def test_limits_of_integers():
    assert limits(nw.Int8()) == (-128, 127)
    assert limits(nw.UInt64()) == (0, 2**64 - 1)


@pytest.mark.parametrize("bound", ["now - 1h", "now()-1h", "today", "today - 0d"])
def test_bounds_may_move_with_the_clock(bound: str):
    data = pl.DataFrame({"t": [datetime.now(UTC), datetime.now(UTC) - timedelta(days=3)]})
    check = Check(kind="between", column="t", params={"min": bound})
    assert sentineldq.check(data, checks=[check]).checks[0].failed == 1


def test_no_bound_is_read_in_the_zone_of_the_machine(engine: str, monkeypatch: pytest.MonkeyPatch):
    """PySpark reads a naive datetime in the machine's zone."""
    import time

    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        data = pl.DataFrame(
            {
                "t": [
                    datetime.fromisoformat("2024-01-01T12:00:00"),
                    datetime.fromisoformat("2024-01-01T13:00:00"),
                ]
            }
        )
        zoned = data.select(z=pl.col("t").dt.replace_time_zone("UTC"))
        both = data.hstack(zoned)
        found = sentineldq.check(
            both,
            checks=[
                Check(kind="between", column="t", params={"max": "2024-01-01T12:00:00"}),
                Check(kind="equals", column="z", params={"to": "2024-01-01T12:00:00"}),
                Check(kind="max", column="z"),
                Check(kind="max", column="t"),
                Check(kind="pair_equal", columns=("t", "z")),
            ],
            engine=engine,
        ).checks
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    assert [item.failed for item in found] == [1, 1, None, None, 0]
    assert found[2].observed == datetime(2024, 1, 1, 13, tzinfo=UTC)
    assert found[3].observed == datetime.fromisoformat("2024-01-01T13:00:00")
