"""Columns follow from the contract, in types that the lake has."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest

from sentineldq.checks.records.columns import to_frame
from sentineldq.checks.records.shape import compile_shape
from sentineldq.contracts.model import CustomProperty, MapType, Property, SchemaObject, TypeOptions
from sentineldq.errors import ContractError
from sentineldq.lake.commit import commit
from sentineldq.lake.iceberg import to_iceberg
from sentineldq.lake.place import Mark
from sentineldq.lake.scan import scan
from sentineldq.lake.schema import BRONZE, META, QUARANTINE, event_time, silver_schema, storable


def prop(name, kind=None, **more):
    return Property(name=name, logical_type=kind, **more)


EVERY_TYPE = SchemaObject(
    name="things",
    properties=[
        prop("id", "integer"),
        prop("name", "string"),
        prop("share", "number"),
        prop("price", "number", physical_type="decimal(10,2)"),
        prop("done", "boolean"),
        prop("on", "date"),
        prop("at", "timestamp", partitioned=True),
        prop("tod", "time"),
        prop(
            "actor",
            "object",
            properties=[prop("id", "integer"), prop("tags", "array", items=prop("t", "string"))],
        ),
        prop("anything", "object"),
        prop("many", "array", items=prop("one", "object", properties=[prop("x", "number")])),
        prop("loose", "array"),
        prop("counts", "map", map=MapType(key=prop("k", "string"), value=prop("v", "integer"))),
        prop("place", "vector", logical_type_options=TypeOptions(dimensions=2)),
        prop("untyped"),
    ],
)
RECORD = (
    b'{"id":1,"name":"a","share":0.5,"price":1.25,"done":true,"on":"2026-01-02","at":"2026-01-02T03:04:05Z",'
    b'"tod":"03:04:05","actor":{"id":7,"tags":["x",null]},"anything":{"k":[1]},"many":[{"x":1.5},null],'
    b'"loose":[1,"a"],"counts":{"c":3},"place":[1.0,2.0],"untyped":{"u":1}}'
)


def test_silver_has_the_types_that_records_become(lake):
    """What `to_frame` gives goes into the table, and comes back, unchanged."""
    shape = compile_shape(EVERY_TYPE)
    frame = to_frame(shape, [shape.read(RECORD), shape.read(b"{}")])
    schema = silver_schema(EVERY_TYPE)
    assert storable(frame.to_arrow().schema) == pa.schema(list(schema)[: frame.width])
    assert schema.names[frame.width :] == META.names
    table = lake.ensure("silver.things", schema, partition=event_time(EVERY_TYPE))
    table = commit(table, partition="p", expected=None, mark=Mark(1, 1), rows=frame.to_arrow())
    assert scan(table, columns=frame.columns).sort("id", nulls_last=True).collect().equals(frame)


def test_columns_of_the_lake_are_its_own():
    with pytest.raises(ContractError, match="'_row' is a name that the lake uses"):
        silver_schema(SchemaObject(name="x", properties=[prop("_row", "integer")]))


def test_bronze_and_quarantine_are_storable_as_they_are():
    assert storable(BRONZE) == BRONZE
    assert storable(QUARANTINE).names == QUARANTINE.names
    assert QUARANTINE.names[: len(BRONZE)] == BRONZE.names
    assert len(to_iceberg(storable(QUARANTINE)).as_struct().fields) == 12


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ("at", "day")),
        (
            {"custom_properties": [CustomProperty(property="partitionTransform", value="month")]},
            ("at", "month"),
        ),
        ({"logical_type": "string"}, ("at", "identity")),
        ({"partitioned": False}, None),
    ],
    ids=["default", "month", "text", "none"],
)
def test_silver_is_partitioned_as_the_contract_says(more, expected):
    settings = {"name": "at", "logical_type": "timestamp", "partitioned": True, **more}
    assert event_time(SchemaObject(name="x", properties=[prop("id"), Property(**settings)])) == expected


def test_of_many_partitioned_properties_the_first_position_counts():
    first = prop("b", "date", partitioned=True, partition_key_position=1)
    second = prop("a", "date", partitioned=True, partition_key_position=2)
    assert event_time(SchemaObject(name="x", properties=[second, first])) == ("b", "day")


@pytest.mark.parametrize(("kind", "value"), [("string", "day"), ("date", "hour")])
def test_a_transform_that_does_not_fit_is_refused(kind, value):
    chosen = [CustomProperty(property="partitionTransform", value=value)]
    with pytest.raises(ContractError, match=f"partitionTransform '{value}' does not fit"):
        event_time(
            SchemaObject(name="x", properties=[prop("a", kind, partitioned=True, custom_properties=chosen)])
        )


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (pa.uint32(), pa.int64()),
        (pa.uint64(), pa.int64()),
        (pa.int8(), pa.int32()),
        (pa.float16(), pa.float32()),
        (pa.timestamp("ns", "Europe/Berlin"), pa.timestamp("us", "UTC")),
        (pa.timestamp("s"), pa.timestamp("us")),
        (pa.time32("s"), pa.time64("us")),
        (pa.date64(), pa.date32()),
        (pa.null(), pa.large_string()),
        (pa.dictionary(pa.int8(), pa.string()), pa.large_string()),
        (pa.list_(pa.string_view()), pa.large_list(pa.field("element", pa.large_string()))),
        (pa.decimal128(38, 4), pa.decimal128(38, 4)),
    ],
    ids=str,
)
def test_other_types_become_the_next_that_holds_them(given, stored):
    assert storable(pa.schema({"a": given})).field("a").type == stored


def test_what_sql_gives_is_storable(local):
    frame = (
        pl.DataFrame({"kind": ["a", "b", "a"], "n": [1, 2, 3]})
        .group_by("kind")
        .agg(
            pl.len().alias("rows"),
            pl.col("n").mean().alias("mean"),
            pl.col("kind").cast(pl.Categorical).first().alias("c"),
        )
    )
    table = local.ensure("gold.x", frame.to_arrow().schema)
    table = commit(table, partition="p", expected=None, mark=Mark(1, 1), rows=frame.to_arrow())
    assert scan(table).collect()["rows"].sum() == 3
