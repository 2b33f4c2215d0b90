"""What a profile says of columns of every type, and of their edges."""

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from sentineldq.errors import UsageError
from sentineldq.profiles.build import Builder, profile
from sentineldq.profiles.codec import decode, encode
from sentineldq.profiles.plan import Plan


def of(array, **plan):
    """The one column of a table, after a round trip through its bytes."""
    if not isinstance(array, pa.Array):
        array = pa.array(array)
    return decode(encode(profile(pa.table({"x": array}), plan=Plan(**plan)))).columns["x"]


def test_integers():
    found = of([3, 1, None, 2, 2])
    assert (found.kind, found.types, found.rows, found.nulls) == ("number", {"integer": 4}, 5, 1)
    assert (found.low, found.high, found.moments.mean) == (1, 3, 2.0)
    assert dict(found.frequent.counts) == {"2": 2, "1": 1, "3": 1}
    assert found.frequent.exact
    assert found.distinct.estimate == pytest.approx(3)
    assert found.quantiles.at([0, 0.5, 1]) == [1, 2, 3]


def test_integers_beyond_floats_keep_their_bounds():
    found = of(pa.array([2**53 + 1, -(2**63), 2**63 - 1]))
    assert (found.low, found.high) == (-(2**63), 2**63 - 1)
    found = of(pa.array([2**64 - 1, 1], pa.uint64()))
    assert (found.low, found.high) == (1, 2**64 - 1)
    assert found.frequent.counts["18446744073709551615"] == 1


@pytest.mark.parametrize("size", [1, 1500])
def test_floats_that_are_no_numbers_are_counted_apart(size):
    values = [math.nan, math.inf, -math.inf, -0.0, 0.0, 1.5] * size
    found = of(pa.array(values, pa.float64()))
    assert found.types == {"number": 3 * size, "nan": size, "infinity": 2 * size}
    assert (found.low, found.high) == (0, 1.5)
    assert found.moments.count == found.quantiles.count == 3 * size
    assert found.distinct.estimate == pytest.approx(5, abs=0.01)
    assert {"nan", "inf", "-inf", "0", "1.5"} == set(found.frequent.counts)


def test_floats_none_of_which_is_a_number():
    found = of([math.nan, math.nan])
    assert found.types == {"nan": 2}
    assert (found.low, found.moments, found.quantiles) == (None, None, None)


@pytest.mark.parametrize("kind", [pa.float16(), pa.float32(), pa.int8(), pa.uint16()])
def test_narrow_numbers(kind):
    found = of(
        pa.array(np.array([1, 2, 3]), pa.int64()).cast(kind)
        if kind != pa.float16()
        else pa.array(np.array([1, 2, 3], np.float16))
    )
    assert (found.kind, found.low, found.high) == ("number", 1, 3)


def test_decimals():
    found = of([Decimal("1.50"), Decimal("2.00"), None])
    assert (found.kind, found.types) == ("number", {"number": 2})
    assert (found.low, found.high) == (1.5, 2)
    assert set(found.frequent.counts) == {"1.5", "2"}


def test_texts():
    found = of(["ab", "ABC-12", "", "  ", None, "\u00a0", "grün"])
    assert (found.kind, found.types, found.empties) == ("text", {"string": 6}, 3)
    assert (found.low, found.high) == ("", "\u00a0")
    assert found.lengths.mean == pytest.approx((2 + 6 + 0 + 2 + 1 + 4) / 6)
    assert found.length_quantiles.at([1]) == [6]
    assert dict(found.patterns.counts) == {"aa": 1, "AAA-99": 1, "": 1, "  ": 1, "u": 1, "aaua": 1}


def test_prose_has_words():
    texts = ["The cat sat on the mat", "the dog sat on the log today", None]
    assert of(texts).words.counts["the"] == 4
    assert of(["one", "two three"]).words is None


def test_long_texts_are_cut():
    found = of(["x" * 5000, "y"])
    assert len(found.low) == 256
    assert found.lengths.mean == 2500.5


def test_booleans():
    found = of([True, False, True, None])
    assert (found.kind, found.trues, found.types) == ("boolean", 2, {"boolean": 3})
    assert dict(found.frequent.counts) == {"true": 2, "false": 1}


def test_timestamps_before_1970_and_in_zones():
    zone = pa.timestamp("us", "Europe/Berlin")
    found = of(
        pa.array([dt.datetime(1969, 12, 31, 23, tzinfo=dt.UTC), dt.datetime(2024, 1, 1, tzinfo=dt.UTC)], zone)
    )
    assert (found.kind, found.types) == ("time", {"timestamp": 2})
    assert (found.low, found.high) == ("1969-12-31T23:00:00Z", "2024-01-01T00:00:00Z")
    assert found.quantiles.at([0, 1]) == [-3600, 1704067200]
    assert found.rhythm[2 * 24 + 23] == 1  # a Wednesday, 23 o'clock
    assert found.rhythm[0] == 1  # a Monday, 0 o'clock
    assert sum(found.rhythm) == 2


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_timestamps_of_every_unit(unit):
    found = of(pa.array([dt.datetime(2024, 1, 1, 0, 0, 1, tzinfo=dt.UTC)], pa.timestamp(unit, "UTC")))
    assert found.low == "2024-01-01T00:00:01Z"
    assert found.distinct.image == of(pa.array([1704067201000000])).distinct.image


def test_bounds_of_times_are_those_of_the_moments_not_of_their_texts():
    second = dt.datetime(2024, 1, 1, 0, 0, 1, tzinfo=dt.UTC)
    builder = Builder()
    for moment in (second, second + dt.timedelta(milliseconds=500)):
        builder.add(pl.DataFrame({"x": [moment]}))
    found = builder.done().columns["x"]
    assert (found.low, found.high) == ("2024-01-01T00:00:01Z", "2024-01-01T00:00:01.500000Z")


def test_dates():
    for kind in (pa.date32(), pa.date64()):
        found = of(pa.array([dt.date(1960, 2, 29), dt.date(2024, 1, 1)], kind))
        assert (found.low, found.high, found.types) == ("1960-02-29", "2024-01-01", {"date": 2})
        assert set(found.frequent.counts) == {"1960-02-29", "2024-01-01"}


def test_moments_beyond_the_calendar():
    found = of(pa.array([2**62, 0], pa.timestamp("us")))
    assert (found.values, found.kind) == (2, "time")
    assert (found.low, found.high) == ("1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z")


def test_times_of_day_and_durations_are_seconds():
    assert of(pa.array([dt.time(0, 1), dt.time(1)])).moments.sum == 3660
    found = of(pa.array([dt.timedelta(seconds=90)], pa.duration("ms")))
    assert (found.types, found.low) == ({"duration": 1}, 90)


def test_binaries_show_no_values():
    found = of(pa.array([b"\xff\x00", b"", None]))
    assert (found.kind, found.empties, found.lengths.sum) == ("binary", 1, 2)
    assert (found.low, found.frequent, found.patterns) == (None, None, None)


@pytest.mark.parametrize(
    "kind", [pa.null(), pa.int64(), pa.string(), pa.list_(pa.int8()), pa.dictionary(pa.int8(), pa.string())]
)
def test_nothing_but_nulls(kind):
    found = of(pa.nulls(3, kind))
    assert (found.kind, found.rows, found.nulls, found.types) == ("null", 3, 3, {})
    assert found.frequent is None


def test_an_empty_table_still_has_its_columns():
    found = decode(encode(profile(pl.DataFrame(schema={"a": pl.Int64, "b": pl.String}))))
    assert list(found.columns) == ["a", "b"]
    assert (found.rows, found.columns["a"].rows, found.since) == (0, 0, None)


@pytest.mark.parametrize("value", [pa.string(), pa.large_string(), pa.string_view()])
def test_texts_of_every_layout(value):
    assert dict(of(pa.array(["a", "b", "a", None], value)).frequent.counts) == {"a": 2, "b": 1}


def test_dictionaries():
    coded = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, None, 0, 3]), pa.array(["a", "b", None, "b"]))
    found = of(coded)
    assert (found.rows, found.nulls) == (6, 2)
    assert dict(found.frequent.counts) == {"a": 2, "b": 2}
    numbers = of(pa.array([5, 5, 7]).dictionary_encode())
    assert (numbers.kind, numbers.moments.sum) == ("number", 17)
    assert of(pl.Series(["u", "v", "u"], dtype=pl.Categorical).to_arrow()).frequent.counts["u"] == 2


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.uint64])
def test_narrow_integers_at_both_ends(kind):
    ends = np.iinfo(kind)
    low = ends.min if kind != np.uint64 else 2**64 - 256
    values = np.array([low + at for at in range(250)] * 40, dtype=kind)
    found = of(pa.array(values))
    assert (found.low, found.high, found.frequent.total) == (low, low + 249, 10_000)
    assert found.distinct.estimate == pytest.approx(250, rel=0.02)
    assert found.quantiles.count == 10_000


def test_values_of_one_text_are_counted_together():
    assert dict(of(pa.array([0.0, -0.0, 0.0, 1.0])).frequent.counts) == {"0": 3, "1": 1}
    found = of(["x" * 300 + "a", "x" * 300 + "b", "y"])
    assert sorted(found.frequent.counts.values()) == [1, 2]
    assert found.distinct.estimate == pytest.approx(3)


def test_types_of_which_nothing_more_is_known_are_counted():
    interval = pa.array([pa.MonthDayNano([1, 2, 3]), None])
    assert of(interval).types == {"month_day_nano_interval": 1}
    assert of(pa.array([b"ab", b"cd"], pa.binary(2))).lengths.sum == 4


def test_a_path_that_comes_twice_is_told_apart():
    frame = pl.DataFrame({"a": [{"b": 1}], "a.b": ["x"]})
    assert list(profile(frame).columns) == ["a", "a.b", "a.b (2)"]
    hidden = profile(frame, plan=Plan(hidden=frozenset({"a.b"})))
    assert [column.frequent for column in hidden.columns.values()] == [None] * 3


def test_slices_of_arrays_are_read_as_such():
    table = pa.table(
        {"x": ["a", "bb", "ccc", None, "e"], "n": [1, 2, 3, 4, 5], "b": [True, False, True, True, None]}
    )
    found = profile(table.slice(1, 3)).columns
    assert dict(found["x"].frequent.counts) == {"bb": 1, "ccc": 1}
    assert (found["n"].low, found["n"].high, found["b"].trues) == (2, 4, 2)


def test_paths_inside():
    frame = pl.DataFrame(
        {
            "payload": [{"size": 3, "inner": {"a": 1}}, None, {"size": 4, "inner": None}],
            "labels": [[{"name": "x"}, {"name": "y"}], [], None],
            "tags": [["a", None], ["b"], []],
        }
    )
    found = profile(frame).columns
    assert list(found) == [
        "payload", "payload.size", "payload.inner", "payload.inner.a",
        "labels", "labels[]", "labels[].name", "tags", "tags[]",
    ]  # fmt: skip
    assert (found["payload"].kind, found["payload"].nulls) == ("struct", 1)
    assert (found["payload.size"].rows, found["payload.size"].nulls) == (3, 1)
    assert found["payload.inner.a"].nulls == 2
    assert (found["labels"].kind, found["labels"].empties, found["labels"].lengths.sum) == ("list", 1, 2)
    assert found["labels[].name"].rows == 2
    assert (found["tags[]"].rows, found["tags[]"].nulls) == (3, 1)


def test_maps_and_fixed_lists():
    maps = pa.array([[("k", 1), ("l", 2)], None], pa.map_(pa.string(), pa.int64()))
    fixed = pa.array([[1.0, 2.0], None], pa.list_(pa.float64(), 2))
    found = profile(pa.table({"m": maps, "v": fixed})).columns
    assert dict(found["m[].key"].frequent.counts) == {"k": 1, "l": 1}
    assert found["m[].value"].moments.sum == 3
    assert (found["v[]"].rows, found["v"].lengths.mean) == (2, 2)


def test_columns_that_come_and_go():
    builder = Builder()
    builder.add(pl.DataFrame({"a": [1, 2]}))
    builder.add(pl.DataFrame({"b": ["x"]}))
    builder.add(pl.DataFrame({"a": ["now text"], "b": ["y"]}))
    found = builder.done()
    assert (found.rows, found.columns["b"].rows, found.columns["b"].nulls) == (4, 4, 2)
    a = found.columns["a"]
    assert (a.kind, a.types, a.nulls) == ("text", {"integer": 2, "string": 1}, 1)
    assert (a.low, a.high) == ("now text", "now text")


def test_the_plan_chooses_columns():
    assert list(profile(pl.DataFrame({"a": [1], "b": [2]}), plan=Plan(columns=("b",))).columns) == ["b"]


@pytest.mark.parametrize("copies", [1, 3])
def test_duplicates_of_the_key(copies):
    frame = pl.DataFrame({"id": list(range(20_000)) * copies, "day": ["d"] * 20_000 * copies})
    for key in (("id",), ("id", "day")):
        found = profile(frame, plan=Plan(key=key))
        assert found.duplicates == pytest.approx(20_000 * (copies - 1), abs=1500)
    assert profile(frame).duplicates is None


def test_a_key_with_a_null_in_it_is_none():
    frame = pl.DataFrame({"a": [1, None, 3], "b": ["x", "y", None]})
    assert profile(frame, plan=Plan(key=("a", "b"))).keyed == 1


def test_rows_per_entity_and_the_span_of_events():
    frame = pl.DataFrame(
        {
            "type": ["push", "fork", "push"],
            "repo": [{"name": f"r{n}"} for n in range(3)],
            "at": [dt.datetime(2024, 1, day, tzinfo=dt.UTC) for day in (3, 1, 2)],
        }
    )
    found = profile(frame, plan=Plan(entities=("type", "repo.name", "absent"), event="at"))
    assert dict(found.entities["type"].counts) == {"push": 2, "fork": 1}
    assert set(found.entities["repo.name"].counts) == {"r0", "r1", "r2"}
    assert found.since == dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    assert found.until == dt.datetime(2024, 1, 3, tzinfo=dt.UTC)


def test_correlations_agree_with_numpy():
    rng = np.random.default_rng(6)
    x = rng.normal(size=40_000) + 1e6
    y = 0.5 * (x - 1e6) + rng.normal(size=40_000)
    gaps = rng.random(40_000) < 0.3
    frame = pl.DataFrame(
        {"x": x, "y": pl.Series(np.where(gaps, np.nan, y)).fill_nan(None), "z": rng.integers(0, 9, 40_000)}
    )
    found = profile(frame).correlations
    assert found["x", "y"] == pytest.approx(np.corrcoef(x[~gaps], y[~gaps])[0, 1], abs=1e-9)
    assert set(found) == {("x", "y"), ("x", "z"), ("y", "z")}


def test_only_the_first_sixteen_columns_are_correlated():
    found = profile(pl.DataFrame({f"c{at:02}": [1.0, 2.0, 4.0] for at in range(20)})).correlations
    assert len(found) == 120


def test_other_things_are_refused():
    with pytest.raises(UsageError, match="Arrow table or a Polars frame"):
        profile([1, 2])
    with pytest.raises(UsageError, match="one name"):
        profile(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]))


HIDDEN = frozenset({"mail", "who"})


def test_of_hidden_columns_no_value_is_kept():
    frame = pl.DataFrame(
        {
            "mail": [f"secret{n}@corp.example" for n in range(5000)],
            "who": [
                {
                    "name": "secret person with a long name",
                    "paid": 5.5,
                    "at": dt.datetime(2001, 9, 9, tzinfo=dt.UTC),
                }
            ]
            * 5000,
        }
    )
    found = profile(frame, plan=Plan(hidden=HIDDEN, entities=("mail",), key=("mail",)))
    for column in found.columns.values():
        shown = (column.low, column.high, column.moments, column.quantiles, column.frequent, column.patterns)
        assert shown == (None,) * 6
        assert (column.words, column.rhythm, column.trues) == (None, None, None)
    mail = found.columns["mail"]
    assert mail.distinct.estimate == pytest.approx(5000, rel=0.07)
    assert mail.lengths.mean > 15
    assert (found.entities, found.correlations) == ({}, {})
    import zstandard

    plain = zstandard.ZstdDecompressor().decompress(encode(found)[5:])
    assert b"secret" not in plain
    assert b"corp" not in plain


@pytest.mark.parametrize("frame", [{"a\0b": [1]}, {"s": [{"a\0b": 1}]}, {"s": [[{"a\0b": 1}]]}])
def test_a_name_with_a_nul_is_told(frame):
    with pytest.raises(UsageError, match=r"'a\\x00b'"):
        profile(pl.DataFrame(frame))
