"""Python objects: every frame as it is, and plain values without a silent change."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.dataset
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from sentineldq.errors import ReadError, UsageError
from sentineldq.readers.open import open_table

FRAME = pl.DataFrame({"id": [1, 2], "name": ["a", None]})


@pytest.mark.parametrize(
    "data",
    [
        FRAME,
        FRAME.lazy(),
        FRAME.to_arrow(),
        FRAME.to_arrow().to_reader(),
        FRAME.to_arrow().to_batches()[0],
        pyarrow.dataset.dataset(FRAME.to_arrow()),
        pyarrow.dataset.dataset(FRAME.to_arrow()).scanner(),
        nw.from_native(FRAME),
        {"id": [1, 2], "name": ["a", None]},
        [{"id": 1, "name": "a"}, {"id": 2}],
    ],
    ids=lambda data: type(data).__name__,
)
def test_every_frame_is_the_same_table(data: Any) -> None:
    table = open_table(data, name="users")
    assert table.name == "users"
    assert_frame_equal(table.frame.collect(), FRAME)


def test_anything_with_an_arrow_stream() -> None:
    class Foreign:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return FRAME.__arrow_c_stream__(requested_schema)

    assert_frame_equal(open_table(Foreign()).frame.collect(), FRAME)


def test_a_duckdb_relation_stays_native_and_lazy() -> None:
    with duckdb.connect() as connection:
        relation = connection.sql("SELECT range AS n, 1.5::DECIMAL(4, 2) AS d FROM range(1000)")
        table = open_table(relation)
        assert table.native is relation
        assert table.frame.select(pl.col("n").sum()).collect().item() == 499_500
        with pytest.raises(UsageError, match="connection is no table"):
            open_table(connection)


@pytest.mark.spark
def test_a_spark_frame_stays_native_and_lazy(spark: Any) -> None:
    data = spark.createDataFrame([(1, "a"), (2, None)], "id long, name string")
    table = open_table(data)
    assert table.native is data
    assert_frame_equal(table.frame.collect(), FRAME)


class TestPandas:
    def test_nan_stays_nan_and_none_is_null(self) -> None:
        data = pd.DataFrame({"x": [1.0, math.nan], "s": ["a", None], "i": pd.array([1, None], dtype="Int64")})
        frame = open_table(data).frame.collect()
        assert math.isnan(frame["x"][1])
        assert frame["s"].to_list() == ["a", None]
        assert frame["i"].to_list() == [1, None]

    def test_a_named_index_is_a_column(self) -> None:
        data = pd.DataFrame({"x": [1, 2]})
        assert open_table(data).frame.collect().columns == ["x"]
        assert open_table(data[data.x > 1]).frame.collect().columns == ["x"]
        assert open_table(data.set_index(pd.Index(["a", "b"], name="key"))).frame.collect().columns == [
            "key",
            "x",
        ]
        levels = pd.MultiIndex.from_tuples([(1, "a"), (2, "b")], names=["n", "k"])
        assert open_table(data.set_index(levels)).frame.collect().columns == ["n", "k", "x"]
        mixed = pd.MultiIndex.from_tuples([(1, "a"), (2, "b")], names=["n", None])
        assert open_table(data.set_index(mixed)).frame.collect().columns[0] == "n"

    def test_mixed_objects_are_text_and_a_finding(self) -> None:
        data = pd.DataFrame({"x": pd.Series([1, "a", None, 2.5, math.nan], dtype=object)})
        table = open_table(data)
        assert table.frame.collect()["x"].to_list() == ["1", "a", None, "2.5", None]
        assert table.findings[0].field_name == "x"

    def test_objects_of_one_type_keep_it(self) -> None:
        data = pd.DataFrame(
            {"d": [Decimal("1.5"), None], "l": [[1], [2, 3]], "t": [dt.date(2024, 1, 1), None]}
        )
        assert open_table(data).frame.collect_schema() == {
            "d": pl.Decimal(38, 1),
            "l": pl.List(pl.Int64),
            "t": pl.Date,
        }

    def test_times_keep_their_zone(self) -> None:
        data = pd.DataFrame({"t": pd.to_datetime(["2024-01-01T12:00"]).tz_localize("Europe/Berlin")})
        dtype = open_table(data).frame.collect_schema()["t"]
        assert isinstance(dtype, pl.Datetime)
        assert dtype.time_zone == "Europe/Berlin"

    def test_labels_that_are_no_text(self) -> None:
        assert open_table(pd.DataFrame([[1, 2]])).frame.collect().columns == ["0", "1"]
        with pytest.raises(UsageError, match="same name: a"):
            open_table(pd.DataFrame([[1, 2]], columns=["a", "a"]))

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            (pd.period_range("2024-01", periods=2, freq="M"), ["2024-01", "2024-02"]),
            (pd.interval_range(0, 2), ["(0, 1]", "(1, 2]"]),
            (pd.arrays.SparseArray([0.0, 1.5]), [0.0, 1.5]),
            (np.array([1j, 2j]), ["1j", "2j"]),
            (pd.Categorical([1, "a"]), ["1", "a"]),
            (pd.array([True, None], dtype="boolean"), [True, None]),
            (pd.Series([np.array([1, 2]), None]), [[1, 2], None]),
            (pd.to_datetime(["2024-01-01", None]), [dt.datetime(2024, 1, 1), None]),  # noqa: DTZ001
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_rarer_types(self, values: Any, expected: list[Any]) -> None:
        assert open_table(pd.DataFrame({"x": values})).frame.collect()["x"].to_list() == expected

    def test_categories_and_no_rows(self) -> None:
        data = pd.DataFrame({"c": pd.Categorical(["x", "y"])})
        assert open_table(data).frame.collect()["c"].cast(pl.String).to_list() == ["x", "y"]
        assert open_table(data.head(0)).frame.collect().height == 0


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([1, 2.5], pl.Float64, [1.0, 2.5]),
        ([1, 2**64], pl.Int128, [1, 2**64]),
        ([2**200], pl.String, [str(2**200)]),
        ([True, 1], pl.String, ["true", "1"]),
        (
            [{"a": 1}, {"b": 2}],
            pl.Struct({"a": pl.Int64, "b": pl.Int64}),
            [{"a": 1, "b": None}, {"a": None, "b": 2}],
        ),
        ([{"a": 1}, {"a": "x"}], pl.String, ['{"a":1}', '{"a":"x"}']),
        ([[1], ["a"]], pl.String, ["[1]", '["a"]']),
        ([Decimal("1.5"), 2], pl.Decimal(38, 1), [Decimal("1.5"), Decimal("2.0")]),
        ([Decimal("1e30"), Decimal("1e-20")], pl.String, ["1E+30", "1E-20"]),
        ([Decimal("NaN"), Decimal(1)], pl.String, ["NaN", "1"]),
        ([b"a", "a"], pl.String, ["a", "a"]),
        ([dt.time(1, tzinfo=dt.UTC)], pl.String, ["01:00:00+00:00"]),
        ([uuid.UUID(int=1)], pl.String, ["00000000-0000-0000-0000-000000000001"]),
        ([np.int64(1), np.float64(2.5), 3], pl.Float64, [1.0, 2.5, 3.0]),
        ([None, None], pl.Null, [None, None]),
        ([(1, 2), [3]], pl.List(pl.Int64), [[1, 2], [3]]),
    ],
)
def test_values_keep_what_they_say(values: list[Any], dtype: pl.DataType, expected: list[Any]) -> None:
    series = open_table({"x": values}).frame.collect()["x"]
    assert series.dtype == dtype
    assert series.to_list() == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([[1, Decimal("1.5")], None], [[Decimal(1), Decimal("1.5")], None]),
        ([[1, 2.5], [None]], [[1.0, 2.5], [None]]),
        ([{"a": 1}, {"a": Decimal("2.5")}], [{"a": Decimal(1)}, {"a": Decimal("2.5")}]),
        ([[{"a": [1, None]}, {"a": [Decimal(3)]}]], [[{"a": [Decimal(1), None]}, {"a": [Decimal(3)]}]]),
        ([{"a": 1, "b": 2}, {"a": 2.5}], [{"a": 1.0, "b": 2}, {"a": 2.5, "b": None}]),
    ],
)
def test_nested_numbers_of_two_kinds_become_one(values: list[Any], expected: list[Any]) -> None:
    table = open_table({"x": values})
    assert table.frame.collect()["x"].to_list() == expected
    assert table.findings == []


def test_times_of_several_zones_are_one_instant() -> None:
    berlin = dt.datetime(2024, 1, 1, 13, tzinfo=ZoneInfo("Europe/Berlin"))
    utc = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)
    assert open_table({"t": [berlin, utc]}).frame.collect()["t"].n_unique() == 1
    mixed = open_table({"t": [berlin, utc.replace(tzinfo=None)]})
    assert mixed.frame.collect_schema() == {"t": pl.String}
    assert len(mixed.findings) == 1


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.decimals()
    | st.datetimes()
    | st.dates()
)


@given(st.lists(_SCALARS | st.lists(_SCALARS, max_size=3), max_size=6))
def test_any_values_make_a_column(values: list[Any]) -> None:
    series = open_table({"x": values}).frame.collect()["x"]
    assert len(series) == len(values)
    assert series.is_null().to_list() == [value is None for value in values]


@pytest.mark.parametrize("data", [3, None, object(), {"a": "text"}, {"a": 1}])
def test_what_is_no_table_is_refused(data: Any) -> None:
    with pytest.raises(UsageError, match="hint"):
        open_table(data)


def test_uneven_columns_are_refused() -> None:
    with pytest.raises(ReadError, match="a 1, b 2"):
        open_table({"a": [1], "b": [1, 2]})
    with pytest.raises(ReadError, match="row 2 is a int"):
        open_table([{"a": 1}, 7])


def test_duckdb_types_that_polars_lacks_become_text() -> None:
    relation = duckdb.sql("select interval 90 minute as i, union_value(n := 3) as u, 7::varint as b")
    assert open_table(relation).frame.collect().row(0) == ("01:30:00", "3", "7")
