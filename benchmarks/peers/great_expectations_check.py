"""Great Expectations' fluent API on a pandas frame, counts only."""

import os

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from rules import COUNTRIES, EMAIL, FIRST, LAST, SKU, STATUSES, path, tell

EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="order_id"),
    gxe.ExpectColumnValuesToBeUnique(column="order_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="customer_id"),
    gxe.ExpectColumnValuesToBeBetween(column="customer_id", min_value=0, strict_min=True),
    gxe.ExpectColumnValuesToNotBeNull(column="created_at"),
    gxe.ExpectColumnValuesToBeBetween(column="created_at", min_value=FIRST, max_value=LAST),
    gxe.ExpectColumnValuesToBeInSet(column="status", value_set=STATUSES),
    gxe.ExpectColumnValuesToNotBeNull(column="status"),
    gxe.ExpectColumnValuesToBeInSet(column="country", value_set=COUNTRIES),
    gxe.ExpectColumnValuesToMatchRegex(column="email", regex=EMAIL),
    gxe.ExpectColumnValuesToMatchRegex(column="sku", regex=SKU),
    gxe.ExpectColumnValuesToBeBetween(column="amount", min_value=0, max_value=10_000),
    gxe.ExpectColumnValuesToNotBeNull(column="amount"),
    gxe.ExpectColumnValuesToBeBetween(column="quantity", min_value=1, max_value=100),
    gxe.ExpectColumnValueLengthsToBeBetween(column="note", max_value=200),
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
]


def main() -> None:
    frame = pd.read_parquet(path(), dtype_backend="pyarrow")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("orders").add_dataframe_asset("orders")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    result = batch.validate(gx.ExpectationSuite("orders", expectations=EXPECTATIONS), result_format="BASIC")
    found = {
        (item.expectation_config.type, item.expectation_config.kwargs.get("column")): item
        for item in result.results
    }
    failed = []
    for expectation in EXPECTATIONS:
        item = found[expectation.expectation_type, getattr(expectation, "column", None)]
        failed.append(item.result.get("unexpected_count", int(not item.success)))
    tell("great_expectations", rows=len(frame), failed=failed, packages="great_expectations pandas")


main()
