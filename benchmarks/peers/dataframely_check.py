"""dataframely: a schema, its `filter` over a scan, and the counts of what failed."""

import dataframely as dy
import polars as pl
from rules import COUNTRIES, EMAIL, FIRST, LAST, SKU, STATUSES, path, tell


class Orders(dy.Schema):
    order_id = dy.String(nullable=False, unique=True)
    customer_id = dy.Int64(nullable=False, min_exclusive=0)
    created_at = dy.Datetime(nullable=False, min=FIRST, max=LAST)
    status = dy.String(nullable=False, check={"set": lambda column: column.is_in(STATUSES)})
    country = dy.String(nullable=True, check={"set": lambda column: column.is_in(COUNTRIES)})
    email = dy.String(nullable=True, regex=EMAIL)
    amount = dy.Float64(nullable=False, min=0, max=10_000)
    quantity = dy.Int32(nullable=True, min=1, max=100)
    sku = dy.String(nullable=True, regex=SKU)
    note = dy.String(nullable=True, max_length=200)


def main() -> None:
    good, failure = Orders.filter(pl.scan_parquet(path())).collect_all(engine="streaming")
    counts = failure.counts()
    rows = len(good) + len(failure)

    def count(column: str, *kinds: str) -> int:
        return sum(counts.get(f"{column}|{kind}", 0) for kind in kinds)

    failed = [
        count("order_id", "nullability"),
        count("order_id", "unique"),
        count("customer_id", "nullability"),
        count("customer_id", "min_exclusive"),
        count("created_at", "nullability"),
        count("created_at", "min", "max"),
        count("status", "check__set"),
        count("status", "nullability"),
        count("country", "check__set"),
        count("email", "regex"),
        count("sku", "regex"),
        count("amount", "min", "max"),
        count("amount", "nullability"),
        count("quantity", "min", "max"),
        count("note", "max_length"),
        int(rows == 0),
    ]
    tell("dataframely", rows=rows, failed=failed, packages="dataframely polars")


if __name__ == "__main__":
    main()
