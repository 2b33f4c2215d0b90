"""A result as a real run gives it: an order table of 12 columns, 40 checks, every status, broken rows in the file."""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sentineldq.checks.model import Outcome, Result, Tolerance
from sentineldq.readers.finding import Finding

ROWS = 1_048_213


def outcome(column, kind, status="pass", **changes):
    """An outcome with the usual values; `failed` alone gives the share."""
    name = changes.pop("name", f"{column}.{kind}" if column else kind)
    fields = {
        "name": name,
        "kind": kind,
        "column": column,
        "dimension": "conformity",
        "severity": "CRITICAL",
        "status": status,
        "on_violation": "quarantine",
        "evaluated": None if status in {"error", "skip"} else ROWS,
        "failed": None if status in {"error", "skip"} else 0,
        "fingerprint": hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        "origin": f"schema[orders].properties[{column}].quality" if column else "schema[orders].quality",
    } | changes
    if fields["failed"] is not None and fields["evaluated"]:
        fields.setdefault("failed_share", fields["failed"] / fields["evaluated"])
    return Outcome(**fields)


FAILING = [
    outcome(
        "order_id",
        "unique",
        "fail",
        dimension="uniqueness",
        failed=2_408,
        expected="every value once",
        observed="1,204 values more than once",
        samples=["A-0093114", "A-0093115", "A-0093877", "A-0110032", "A-0110540", "A-0200001"],
        description="One row per order; the key that billing joins on.",
    ),
    outcome(
        "email",
        "format",
        "fail",
        severity="WARNING",
        failed=52_480,
        tolerance=Tolerance(warn=0.01, fail=0.05),
        expected="an e-mail address",
        samples=["bob@", "n/a", "anna.müller(at)example.com", "josé@@example.com", "", None, "x" * 300],
    ),
    outcome(
        "amount",
        "between",
        "fail",
        dimension="accuracy",
        failed=37,
        expected="0.01 ≤ amount ≤ 50,000",
        observed="lowest -120.50, highest 9,999,999.00",
        samples=[Decimal("-120.50"), Decimal("9999999.00"), Decimal("0.00")],
        on_violation="block",
    ),
    outcome(
        None,
        "columns_equal",
        "fail",
        name="total is amount plus tax",
        dimension="consistency",
        failed=118_422,
        expected="total = amount + tax",
        samples=[
            {
                "order_id": "A-0000017",
                "amount": Decimal("19.90"),
                "tax": Decimal("3.78"),
                "total": Decimal("23.00"),
            },
            {"order_id": "A-0000041", "amount": Decimal("5.00"), "tax": None, "total": Decimal("5.95")},
        ],
    ),
    outcome(
        "shipped_at",
        "greater",
        "fail",
        dimension="consistency",
        severity="INFO",
        on_violation="allow",
        failed=1,
        expected="shipped_at ≥ created_at",
        samples=[
            {
                "created_at": datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
                "shipped_at": datetime(2026, 2, 28, tzinfo=UTC),
            }
        ],
    ),
    outcome(
        None,
        "row_count",
        "fail",
        name="at least 2 million orders",
        dimension="completeness",
        evaluated=None,
        failed=None,
        expected="≥ 2,000,000 rows",
        observed=ROWS,
    ),
    outcome(
        "country",
        "in_set",
        "fail",
        failed=209_643,
        dimension="conformity",
        expected="one of AT, CH, DE, FR, IT, NL, … (27 values)",
        samples=["UK", "Deutschland", "xx", "\u202eED", "日本"],
    ),
    outcome(
        "coupon_code",
        "regex",
        "error",
        severity="WARNING",
        message="column 'coupon_code' is not in the data (did you mean 'coupon'?)",
        expected="matches ^[A-Z]{4}[0-9]{2}$",
    ),
    outcome(
        "created_at",
        "freshness",
        "error",
        dimension="timeliness",
        message="cannot compare text with a time: 'created_at' holds str, expected a timestamp",
        expected="newest value at most 24 h old",
    ),
    outcome(
        "tax",
        "not_null",
        "warn",
        dimension="completeness",
        severity="WARNING",
        failed=5_120,
        tolerance=Tolerance(warn=0.001, fail=0.01),
        expected="a value",
        samples=[None],
    ),
    outcome(
        "amount",
        "mean",
        "warn",
        dimension="accuracy",
        severity="INFO",
        evaluated=ROWS,
        failed=None,
        expected="between 45 and 55",
        observed=56.128431,
    ),
    outcome(
        "customer_id",
        "foreign_key",
        "warn",
        dimension="consistency",
        failed=212,
        tolerance=Tolerance(warn=0.0001, fail=0.001),
        expected="a value of customers.id",
        samples=[998_001, 998_002, 1_000_000_007],
        on_violation="warn",
    ),
    outcome(
        "status",
        "distribution",
        "warn",
        dimension="coverage",
        severity="WARNING",
        evaluated=ROWS,
        failed=None,
        expected="PSI ≤ 0.1",
        observed=0.1312,
    ),
    outcome(
        "coupon",
        "not_null",
        "skip",
        message="its filter `channel = 'partner'` selects no row",
        dimension=None,
    ),
    outcome(None, "text", "skip", name="agreed with finance", message="documentation only", severity="INFO"),
]

PASSING = [
    outcome(column, kind, dimension=dimension, expected=expected)
    for column, kind, dimension, expected in [
        ("order_id", "not_null", "completeness", "a value"),
        ("order_id", "regex", "conformity", "matches ^A-[0-9]{7}$"),
        ("order_id", "length", "conformity", "9 characters"),
        ("customer_id", "not_null", "completeness", "a value"),
        ("customer_id", "type", "conformity", "integer"),
        ("customer_id", "greater", "accuracy", "> 0"),
        ("email", "not_null", "completeness", "a value"),
        ("email", "length", "conformity", "at most 254 characters"),
        ("amount", "not_null", "completeness", "a value"),
        ("amount", "type", "conformity", "decimal(12, 2)"),
        ("amount", "std", "accuracy", "at most 400"),
        ("tax", "between", "accuracy", "0 to 10,000"),
        ("total", "not_null", "completeness", "a value"),
        ("total", "type", "conformity", "decimal(12, 2)"),
        ("total", "sum", "accuracy", "at least 40,000,000"),
        ("country", "not_null", "completeness", "a value"),
        ("country", "length", "conformity", "2 characters"),
        ("status", "in_set", "conformity", "one of open, paid, sent, returned"),
        ("status", "not_null", "completeness", "a value"),
        ("created_at", "not_null", "completeness", "a value"),
        ("created_at", "type", "conformity", "timestamp"),
        ("shipped_at", "type", "conformity", "timestamp"),
        ("channel", "in_set", "conformity", "one of web, app, partner"),
        ("channel", "distinct_count", "coverage", "at least 2"),
        ("coupon", "length", "conformity", "at most 6 characters"),
    ]
]

FINDINGS = [
    Finding(
        type="extra-cell",
        message="row has 13 cells, the header has 12",
        row_number=row,
        cells=[
            "A-0093114",
            "77",
            "anna@example.com",
            "19.90",
            "3.78",
            "23.68",
            "DE",
            "paid",
            "2026-03-01",
            "",
            "web",
            "",
            "?",
        ],
    )
    for row in (1_204, 88_001, 88_002, 90_417)
] + [
    Finding(
        type="type-error",
        message="not a number: '12,50 €'",
        row_number=17_332,
        field_number=4,
        field_name="amount",
        cells=["12,50 €"],
    ),
    Finding(type="encoding-error", message="byte 0xE4 is not UTF-8; read as Windows-1252", row_number=2),
]


@pytest.fixture
def result():
    """The result of the order table: 40 checks over 12 columns."""
    return Result(
        dataset="orders.csv",
        contract="contracts/orders.odcs.yaml",
        contract_version="2.1.0",
        engine="polars",
        rows=ROWS,
        passed=False,
        score=0.93417,
        dimensions={
            "accuracy": 0.99993,
            "completeness": 0.98771,
            "conformity": 0.94402,
            "consistency": 0.88671,
            "coverage": 1.0,
            "timeliness": 0.0,
            "uniqueness": 0.9977,
        },
        duration_s=1.8423,
        checks=[*PASSING[:12], *FAILING, *PASSING[12:]],
        findings=FINDINGS,
        findings_count=len(FINDINGS),
        sentineldq="0.1.0",
    )


@pytest.fixture
def passing():
    """A result without a fault."""
    return Result(
        dataset="orders.csv",
        contract=None,
        engine="duckdb",
        rows=3,
        passed=True,
        score=1.0,
        dimensions={"completeness": 1.0},
        duration_s=0.0123,
        checks=[outcome("id", "not_null", evaluated=3, dimension="completeness")],
        sentineldq="0.1.0",
    )


@pytest.fixture
def hostile():
    """A result whose every text tries something on whoever shows it."""

    def make(text):
        return Result(
            dataset=text,
            contract=text,
            contract_version=text,
            engine="polars",
            rows=1,
            passed=False,
            score=0.0,
            dimensions={"accuracy": 0.0},
            checks=[
                outcome(
                    text,
                    text,
                    "fail",
                    evaluated=1,
                    failed=1,
                    name=text,
                    expected=text,
                    observed=text,
                    samples=[text, {text: text}],
                    message=text,
                    description=text,
                    origin=text,
                    fingerprint=text,
                ),
                outcome(text, "text", "error", name=text, message=text),
                outcome("date", "type", "warn", observed=date(2026, 1, 1), failed=1),
            ],
            findings=[Finding(type=text, message=text, row_number=1, field_name=text, cells=[text])],
            findings_count=1,
        )

    return make
