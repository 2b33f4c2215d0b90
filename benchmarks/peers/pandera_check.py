"""Pandera on a Polars frame, all faults collected (`lazy=True`)."""

from collections import Counter

import pandera.polars as pa
import polars as pl
from rules import COUNTRIES, EMAIL, FIRST, LAST, SKU, STATUSES, path, tell

SCHEMA = pa.DataFrameSchema(
    {
        "order_id": pa.Column(pl.String, unique=True),
        "customer_id": pa.Column(pl.Int64, pa.Check.gt(0)),
        "created_at": pa.Column(pl.Datetime("us"), pa.Check.in_range(FIRST, LAST)),
        "status": pa.Column(pl.String, pa.Check.isin(STATUSES)),
        "country": pa.Column(pl.String, pa.Check.isin(COUNTRIES), nullable=True),
        "email": pa.Column(pl.String, pa.Check.str_matches(EMAIL), nullable=True),
        "amount": pa.Column(pl.Float64, pa.Check.in_range(0, 10_000)),
        "quantity": pa.Column(pl.Int32, pa.Check.in_range(1, 100), nullable=True),
        "sku": pa.Column(pl.String, pa.Check.str_matches(SKU), nullable=True),
        "note": pa.Column(pl.String, pa.Check.str_length(max_value=200), nullable=True),
    }
)


def main() -> None:
    frame = pl.read_parquet(path())
    counts: Counter[tuple[str, str]] = Counter()
    try:
        SCHEMA.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        groups = error.failure_cases.group_by("column", "check").len().rows()
        counts.update({(column, check.split("(")[0]): number for column, check, number in groups})
    failed = [
        counts["order_id", "not_nullable"],
        counts["order_id", "field_uniqueness"],
        counts["customer_id", "not_nullable"],
        counts["customer_id", "greater_than"],
        counts["created_at", "not_nullable"],
        counts["created_at", "in_range"],
        counts["status", "isin"],
        counts["status", "not_nullable"],
        counts["country", "isin"],
        counts["email", "str_matches"],
        counts["sku", "str_matches"],
        counts["amount", "in_range"],
        counts["amount", "not_nullable"],
        counts["quantity", "in_range"],
        counts["note", "str_length"],
        frame.height == 0,
    ]
    tell("pandera", rows=frame.height, failed=failed, packages="pandera polars")


main()
