"""A number of one's own: one query, over tables of the lake alone, that gives one number."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from sentineldq.errors import EngineError, LakeError, UsageError
from sentineldq.lake.commit import commit
from sentineldq.lake.place import Mark
from sentineldq.pipeline.monitor.metric import measure_metric, tables_read
from sentineldq.pipeline.settings import Metric


@pytest.fixture
def orders(lake):
    rows = pa.table({"id": [1, 2, 3], "price": [2.5, None, 4.0]})
    table = lake.ensure("silver.orders", rows.schema)
    commit(table, partition="p", expected=None, mark=Mark(1, None), rows=rows)
    return lake


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT count(*) FROM silver.orders", 3.0),
        ("SELECT avg(price) FROM silver.orders", 3.25),
        ("WITH dear AS (SELECT * FROM silver.orders WHERE price > 3) SELECT count(*) FROM dear", 1.0),
        ("SELECT count(*) > 2 FROM silver.orders", 1.0),
        ("SELECT sum(price)::DECIMAL(10, 2) FROM silver.orders", 6.5),
    ],
    ids=["count", "mean", "common table", "boolean", "decimal"],
)
def test_its_number(orders, sql, expected):
    assert measure_metric(orders, "m", Metric(sql=sql)) == ("orders", expected)


def test_null_is_no_number(orders):
    _, value = measure_metric(orders, "m", Metric(sql="SELECT max(price) FROM silver.orders WHERE id > 9"))
    assert math.isnan(value)


@pytest.mark.parametrize(
    ("sql", "match"),
    [
        ("SELECT id, price FROM silver.orders", "gives 2 rows of 2 columns"),
        ("SELECT id FROM silver.orders WHERE id > 9", "gives no row"),
        ("SELECT 'many' FROM silver.orders LIMIT 1", "gives str"),
        ("SELECT nothing FROM silver.orders", "metric m"),
    ],
    ids=["rows", "no row", "text", "unknown column"],
)
def test_anything_but_one_number_is_told(orders, sql, match):
    with pytest.raises(EngineError, match=match):
        measure_metric(orders, "m", Metric(sql=sql))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM orders",
        "SELECT count(*) FROM other.silver.orders",
        "SELECT count(*) FROM read_csv('/etc/passwd')",
        "DELETE FROM silver.orders",
        "SELECT 1",
        "SELECT 1; SELECT count(*) FROM silver.orders",
    ],
    ids=["no layer", "another catalog", "a file", "a write", "no table", "two"],
)
def test_only_tables_of_the_lake_are_read(sql):
    with pytest.raises(UsageError, match="metric m"):
        tables_read("m", sql)


def test_a_table_that_is_not_there(lake):
    with pytest.raises(LakeError, match=r"silver\.orders"):
        measure_metric(lake, "m", Metric(sql="SELECT count(*) FROM silver.orders"))


def test_the_dataset_may_be_named(orders):
    metric = Metric(sql="SELECT count(*) FROM silver.orders", dataset="shop")
    assert measure_metric(orders, "m", metric)[0] == "shop"
