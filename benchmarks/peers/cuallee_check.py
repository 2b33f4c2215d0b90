"""cuallee on a Polars frame. It counts nulls as faults of every rule, which shows in its counts."""

import polars as pl
from cuallee import Check, CheckLevel
from rules import COUNTRIES, EMAIL, FIRST, LAST, SKU, STATUSES, path, tell


def main() -> None:
    frame = pl.read_parquet(path())
    check = Check(CheckLevel.WARNING, "orders")
    check.is_complete("order_id")
    check.is_unique("order_id")
    check.is_complete("customer_id")
    check.is_greater_than("customer_id", 0)
    check.is_complete("created_at")
    check.is_between("created_at", (FIRST, LAST))
    check.is_contained_in("status", STATUSES)
    check.is_complete("status")
    check.is_contained_in("country", COUNTRIES)
    check.has_pattern("email", EMAIL)
    check.has_pattern("sku", SKU)
    check.is_between("amount", (0, 10_000))
    check.is_complete("amount")
    check.is_between("quantity", (1, 100))
    check.satisfies("note", "LENGTH(note) <= 200 OR note IS NULL")
    violations = check.validate(frame)["violations"].to_list()
    tell("cuallee", rows=frame.height, failed=[*violations, frame.height == 0], packages="cuallee polars")


main()
