"""Pointblank on a Polars frame, without extracts of failing rows."""

import pointblank as pb
import polars as pl
from rules import COUNTRIES, EMAIL, FIRST, LAST, SKU, STATUSES, path, tell


def main() -> None:
    frame = pl.read_parquet(path())
    validation = (
        pb.Validate(data=frame)
        .col_vals_not_null("order_id")
        .rows_distinct(["order_id"])
        .col_vals_not_null("customer_id")
        .col_vals_gt("customer_id", 0, na_pass=True)
        .col_vals_not_null("created_at")
        .col_vals_between("created_at", FIRST, LAST, na_pass=True)
        .col_vals_in_set("status", [*STATUSES, None])
        .col_vals_not_null("status")
        .col_vals_in_set("country", COUNTRIES)
        .col_vals_regex("email", EMAIL, na_pass=True)
        .col_vals_regex("sku", SKU, na_pass=True)
        .col_vals_between("amount", 0, 10_000, na_pass=True)
        .col_vals_not_null("amount")
        .col_vals_between("quantity", 1, 100, na_pass=True)
        .col_vals_expr(pl.col("note").is_null() | (pl.col("note").str.len_chars() <= 200))
        .interrogate(collect_extracts=False)
    )
    failed = list(validation.n_failed().values())
    tell("pointblank", rows=frame.height, failed=[*failed, frame.height == 0], packages="pointblank polars")


main()
