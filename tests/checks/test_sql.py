# ruff: noqa: DTZ001, RUF001 (times without a zone, and letters that look alike, are the subject)
import datetime as dt
import logging
import math
from decimal import Decimal
from functools import cache

import duckdb
import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.checks.sql.expression import columns_of, to_narwhals
from sentineldq.checks.sql.query import bind_table, check_query, transpile_query
from sentineldq.checks.sql.text import UNSETTLED_LOWER, UNSETTLED_UPPER
from sentineldq.errors import CheckDefinitionError, InexactError

inf = math.inf
datetime = dt

ROWS = pl.DataFrame(
    {
        "n": [0, 1, 2, 3, 4, 5],
        "i": [5, -7, 0, None, 2**62 + 5, 3],
        "j": [2, 2, 0, 1, 3, None],
        "small": pl.Series([100, -100, 0, None, 127, 1], dtype=pl.Int8),
        "f": [2.5, -2.5, 0.0, None, math.nan, math.inf],
        "g": pl.Series([0.1, -0.5, 1e10, None, 2.0, 0.0], dtype=pl.Float32),
        "s": ["paid", "Paid ", "", None, "ßΣ_%\\É", "  x\n"],
        "num": ["12", " 12", "-3", "abc", "1e2", "12345678901234567890"],
        "day": ["2024-02-29", "2023-02-29", "2024-1-1", None, "1900-02-29", "2000-12-31"],
        "b": [True, False, None, True, False, None],
        "c": [True, True, True, False, None, None],
        "d": [
            dt.date(2024, 2, 29),
            dt.date(1999, 12, 31),
            dt.date(2000, 1, 1),
            None,
            dt.date(2024, 12, 30),
            dt.date(1970, 1, 1),
        ],
        "ts": [
            dt.datetime(2024, 2, 29, 23, 59, 58, 999999),
            dt.datetime(1999, 12, 31),
            dt.datetime(2000, 1, 1, 1),
            None,
            dt.datetime(1969, 12, 31, 23, 59, 59, 500000),
            dt.datetime(2024, 5, 5, 5, 5, 5),
        ],
        "at": pl.Series(
            [
                dt.datetime(2024, 2, 29, 23),
                dt.datetime(1999, 12, 31),
                dt.datetime(2000, 1, 1, 1),
                None,
                dt.datetime(1969, 12, 31, 23),
                dt.datetime(2024, 5, 5),
            ],
            dtype=pl.Datetime("us", "UTC"),
        ),
        "price": pl.Series(
            [Decimal("10.10"), Decimal("-0.50"), Decimal(0), None, Decimal("99999999.99"), Decimal("3.00")],
            dtype=pl.Decimal(10, 2),
        ),
        "actor": [
            {"login": "ann", "org": {"id": 1}},
            {"login": None, "org": {"id": 2}},
            {"login": "b", "org": None},
            None,
            {"login": "é", "org": {"id": 4}},
            {"login": "", "org": {"id": None}},
        ],
        "x.y": [1, 2, 3, 4, 5, 6],
        "tags": [["a", "b"], [], None, ["a", None], ["c"], ["a", "b", "c"]],
    }
)

# (expression, its value in each of the six rows)
MEANINGS = [
    ("s = 'paid' and i > 0", [True, False, False, None, False, False]),
    ("i + j", [7, -5, 0, None, None, None]),
    ("i - j", [3, -9, 0, None, None, None]),
    ("i * j", [10, -14, 0, None, None, None]),
    ("i * i", [25, 49, 0, None, None, 9]),
    ("small + small", [200, -200, 0, None, 254, 2]),
    ("small * small", [10000, 10000, 0, None, 16129, 1]),
    ("i / j", [2.5, -3.5, None, None, 1.5372286728091292e18, None]),
    ("f / j", [1.25, -1.25, None, None, None, None]),
    ("f / 0", [None, None, None, None, None, None]),
    ("j / f", [0.8, -0.8, None, None, None, None]),
    ("i % j", [1, -1, None, None, 0, None]),
    ("-i", [-5, 7, 0, None, None, -3]),
    ("-f", [-2.5, 2.5, -0.0, None, None, -inf]),
    ("-7 % j", [-1, -1, None, 0, -1, None]),
    ("abs(i)", [5, 7, 0, None, None, 3]),
    ("abs(f)", [2.5, 2.5, 0.0, None, None, inf]),
    ("sign(i)", [1, -1, 0, None, 1, 1]),
    ("sign(f)", [1, -1, 0, None, None, 1]),
    ("floor(f)", [2.0, -3.0, 0.0, None, None, inf]),
    ("ceil(f)", [3.0, -2.0, 0.0, None, None, inf]),
    ("round(f)", [3.0, -3.0, 0.0, None, None, inf]),
    ("round(f, 1)", [2.5, -2.5, 0.0, None, None, inf]),
    ("round(f * 0.5, 2)", [1.25, -1.25, 0.0, None, None, inf]),
    ("round(g, 3)", [0.1, -0.5, 10000000000.0, None, 2.0, 0.0]),
    ("sqrt(f)", [1.5811388300841898, None, 0.0, None, None, inf]),
    ("sqrt(i)", [2.23606797749979, None, 0.0, None, 2147483648.0, 1.7320508075688772]),
    ("power(f, 2)", [6.25, 6.25, 0.0, None, None, inf]),
    ("i ** 3", [125.0, -343.0, 0.0, None, 9.807971461541689e55, 27.0]),
    ("greatest(i, j)", [5, 2, 0, 1, 4611686018427387909, 3]),
    ("least(f, j)", [2.0, -2.5, 0.0, 1.0, 3.0, inf]),
    ("greatest(f, 1.5)", [2.5, 1.5, 1.5, 1.5, 1.5, inf]),
    ("f > 1", [True, False, False, None, None, True]),
    ("f = f", [True, True, True, None, None, True]),
    ("f < 3", [True, True, True, None, None, False]),
    ("g = 0.1", [False, False, False, None, False, False]),
    ("g > f", [False, True, True, None, None, False]),
    ("i > 2.5", [True, False, False, None, True, True]),
    ("i = 5.0", [True, False, False, None, False, False]),
    ("small > 300", [False, False, False, None, False, False]),
    ("b and c", [True, False, None, False, False, None]),
    ("b or c", [True, True, True, True, None, None]),
    ("not b", [False, True, None, False, True, None]),
    ("b is true", [True, False, False, True, False, False]),
    ("b is not true", [False, True, True, False, True, True]),
    ("b is false", [False, True, False, False, True, False]),
    ("b = c", [True, False, None, False, None, None]),
    ("i in (5, 3)", [True, False, False, None, False, True]),
    ("i in (5, null)", [True, None, None, None, None, None]),
    ("i not in (5, null)", [False, None, None, None, None, None]),
    ("i in (5.0, 3)", [True, False, False, None, False, True]),
    ("s in ('paid', '')", [True, False, True, None, False, False]),
    ("s not in ('paid')", [False, True, True, None, True, True]),
    ("i between 0 and 5", [True, False, True, None, False, True]),
    ("i not between 0 and 5", [False, True, False, None, True, False]),
    ("s like 'p%'", [True, False, False, None, False, False]),
    ("s like '_aid'", [True, False, False, None, False, False]),
    ("s not like 'p%'", [False, True, True, None, True, True]),
    ("s ilike 'PAID%'", [True, True, False, None, False, False]),
    ("s not ilike 'PAID%'", [False, False, True, None, True, True]),
    ("s like '%!_!%%' escape '!'", [False, False, False, None, True, False]),
    ("s like 'x'", [False, False, False, None, False, False]),
    ("s is null", [False, False, False, True, False, False]),
    ("s is not null", [True, True, True, False, True, True]),
    ("i is distinct from j", [True, True, False, True, True, True]),
    ("i is not distinct from j", [False, False, True, False, False, False]),
    ("f is not distinct from 2.5", [True, False, False, False, False, False]),
    (
        "case when i > 3 then 'big' when i < 0 then 'neg' else 'small' end",
        ["big", "neg", "small", "small", "big", "small"],
    ),
    ("case i when 5 then 1 when 3 then 2.5 end", [1.0, None, None, None, None, 2.5]),
    ("case when b then i else f end", [5.0, -2.5, 0.0, None, None, inf]),
    ("case when b then null else 1 end", [None, 1, 1, None, 1, 1]),
    ("coalesce(i, 9)", [5, -7, 0, 9, 4611686018427387909, 3]),
    ("coalesce(i, f)", [5.0, -7.0, 0.0, None, 4.611686018427388e18, 3.0]),
    ("coalesce(null, s, 'none')", ["paid", "Paid ", "", "none", "ßΣ_%\\É", "  x\n"]),
    ("nullif(i, 5)", [None, -7, 0, None, 4611686018427387909, 3]),
    ("nullif(f, 0)", [2.5, -2.5, None, None, None, inf]),
    ("cast(f as int)", [2, -2, 0, None, None, None]),
    ("cast(i as double)", [5.0, -7.0, 0.0, None, 4.611686018427388e18, 3.0]),
    ("cast(num as int)", [12, None, -3, None, None, None]),
    ("cast(num as double)", [12.0, None, -3.0, None, 100.0, None]),
    ("cast(day as date)", [datetime.date(2024, 2, 29), None, None, None, None, datetime.date(2000, 12, 31)]),
    ("cast(i as varchar)", ["5", "-7", "0", None, "4611686018427387909", "3"]),
    ("cast(price as double)", [10.1, -0.5, 0.0, None, 99999999.99, 3.0]),
    ("cast(b as int)", [1, 0, None, 1, 0, None]),
    (
        "cast(d as timestamp)",
        [
            datetime.datetime(2024, 2, 29, 0, 0),
            datetime.datetime(1999, 12, 31, 0, 0),
            datetime.datetime(2000, 1, 1, 0, 0),
            None,
            datetime.datetime(2024, 12, 30, 0, 0),
            datetime.datetime(1970, 1, 1, 0, 0),
        ],
    ),
    (
        "cast(ts as date)",
        [
            datetime.date(2024, 2, 29),
            datetime.date(1999, 12, 31),
            datetime.date(2000, 1, 1),
            None,
            datetime.date(1969, 12, 31),
            datetime.date(2024, 5, 5),
        ],
    ),
    ("lower(s)", ["paid", "paid ", "", None, "ßσ_%\\é", "  x\n"]),
    ("upper(s)", ["PAID", "PAID ", "", None, None, "  X\n"]),
    ("length(s)", [4, 5, 0, None, 6, 4]),
    ("array_length(tags)", [2, 0, None, 2, 1, 3]),
    ("array_length(tags) <= n", [False, True, None, True, True, True]),
    ("char_length(s)", [4, 5, 0, None, 6, 4]),
    ("trim(s)", ["paid", "Paid", "", None, "ßΣ_%\\É", "x\n"]),
    ("ltrim(s)", ["paid", "Paid ", "", None, "ßΣ_%\\É", "x\n"]),
    ("rtrim(s)", ["paid", "Paid", "", None, "ßΣ_%\\É", "  x\n"]),
    ("substr(s, 2, 2)", ["ai", "ai", "", None, "Σ_", " x"]),
    ("substr(s, 3)", ["id", "id ", "", None, "_%\\É", "x\n"]),
    ("replace(s, 'a', '$1')", ["p$1id", "P$1id ", "", None, "ßΣ_%\\É", "  x\n"]),
    ("s || '-' || num", ["paid-12", "Paid - 12", "--3", None, "ßΣ_%\\É-1e2", "  x\n-12345678901234567890"]),
    (
        "concat(s, '-', num)",
        ["paid-12", "Paid - 12", "--3", "-abc", "ßΣ_%\\É-1e2", "  x\n-12345678901234567890"],
    ),
    ("concat(s, i)", ["paid5", "Paid -7", "0", "", "ßΣ_%\\É4611686018427387909", "  x\n3"]),
    ("s || 1", ["paid1", "Paid 1", "1", None, "ßΣ_%\\É1", "  x\n1"]),
    ("starts_with(s, 'p')", [True, False, False, None, False, False]),
    ("ends_with(s, 'd')", [True, False, False, None, False, False]),
    ("contains(s, 'ai')", [True, True, False, None, False, False]),
    ("contains(s, '')", [True, True, True, None, True, True]),
    ("regexp_matches(s, '^p.*d$')", [True, False, False, None, False, False]),
    ("regexp_matches(s, '^P', 'i')", [True, True, False, None, False, False]),
    ("regexp_like(s, '\\s')", [False, True, False, None, False, True]),
    ("year(d)", [2024, 1999, 2000, None, 2024, 1970]),
    ("month(d)", [2, 12, 1, None, 12, 1]),
    ("day(d)", [29, 31, 1, None, 30, 1]),
    ("hour(ts)", [23, 0, 1, None, 23, 5]),
    ("minute(ts)", [59, 0, 0, None, 59, 5]),
    ("second(ts)", [58, 0, 0, None, 59, 5]),
    ("hour(d)", [0, 0, 0, None, 0, 0]),
    ("extract(year from ts)", [2024, 1999, 2000, None, 1969, 2024]),
    ("date_part('month', d)", [2, 12, 1, None, 12, 1]),
    ("isodow(d)", [4, 5, 6, None, 1, 4]),
    ("d > date '2000-01-01'", [True, False, False, None, True, False]),
    ("d >= '2000-01-01'", [True, False, True, None, True, False]),
    ("ts > '2000-01-01'", [True, False, True, None, False, True]),
    ("ts < timestamp '2024-02-29 23:59:58.999999'", [False, True, True, None, True, False]),
    ("ts = timestamp '1969-12-31 23:59:59.5'", [False, False, False, None, True, False]),
    ("d = ts", [False, True, False, None, False, False]),
    ("at > '2000-01-01'", [True, False, True, None, False, True]),
    ("at >= timestamp '2000-01-01 01:00:00'", [True, False, True, None, False, True]),
    ("at = timestamptz '2000-01-01 02:00:00+01'", [False, False, True, None, False, False]),
    ("d between '1999-01-01' and '2001-01-01'", [False, True, True, None, False, False]),
    ("d in ('2024-02-29', date '1970-01-01')", [True, False, False, None, False, True]),
    ("price > 0", [True, False, False, None, True, True]),
    ("price = 10.1", [True, False, False, None, False, False]),
    ("price > price", [False, False, False, None, False, False]),
    ("price = i", [False, False, True, None, False, True]),
    ("price in (3, 10.10)", [True, False, False, None, False, True]),
    ("abs(price) > 1", [True, False, False, None, True, True]),
    ("actor.login = 'ann'", [True, None, False, None, False, False]),
    ("actor.org.id + 1", [2, 3, None, None, 5, None]),
    ("actor.org.id is null", [False, False, True, True, False, True]),
    ("actor is null", [False, False, False, True, False, False]),
    ('"x.y" > 3', [False, False, False, True, True, True]),
    (
        "greatest(d, date '2000-06-01')",
        [
            datetime.date(2024, 2, 29),
            datetime.date(2000, 6, 1),
            datetime.date(2000, 6, 1),
            datetime.date(2000, 6, 1),
            datetime.date(2024, 12, 30),
            datetime.date(2000, 6, 1),
        ],
    ),
    ("ifnull(i, 0) = 0", [False, False, True, True, False, False]),
    ("if(b, 1, 0)", [1, 0, 0, 1, 0, 0]),
    ("(i + 1) * 2 = 12 or s = ''", [True, False, True, None, None, False]),
    ("not (i > 0 and s like 'p%')", [False, True, True, None, True, True]),
    ("i = null", [None, None, None, None, None, None]),
    ("s = null or i = 5", [True, None, None, None, None, None]),
    ("i <> 5", [False, True, True, None, True, True]),
    ("'a' < s", [True, False, False, None, True, False]),
    ("true and b", [True, False, None, True, False, None]),
    ("i > j and j > 0 or b", [True, False, None, True, True, None]),
    ("1 = 1 and n = 2", [False, False, True, False, False, False]),
]


def evaluate(native, engine, expressions, rows):
    """The values of each expression, in the order of column n."""
    lazy = nw.from_native(native)
    schema = dict(lazy.collect_schema())
    columns = {
        f"r{at}": to_narwhals(expression, engine=engine, columns=schema, boolean=False)
        for at, expression in enumerate(expressions)
    }
    found = rows(lazy.select("n", **columns).sort("n").to_native())
    return [list(values) for values in list(zip(*found, strict=True))[1:]]


def on_polars(expressions, frame=ROWS):
    return evaluate(frame.lazy(), "polars", expressions, lambda native: native.collect().rows())


def on_duckdb(expressions, frame=ROWS):
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        relation = connection.from_arrow(frame.to_arrow())
        return evaluate(relation, "duckdb", expressions, lambda native: native.fetchall())


def equal(one, other):
    """Equality in which NaN is NaN and a boolean is no number."""
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    return type(one) is type(other) and one == other


def assert_equal(found, expected, expression):
    pairs = zip(found, expected, strict=True)
    assert all(equal(one, other) for one, other in pairs), f"{expression}: {found} instead of {expected}"


@cache
def values_on(engine):
    evaluate_on = {"polars": on_polars, "duckdb": on_duckdb}[engine]
    expressions = [expression for expression, _ in MEANINGS]
    return dict(zip(expressions, evaluate_on(expressions), strict=True))


@pytest.mark.parametrize(("expression", "expected"), MEANINGS)
@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_an_expression_means_the_same(engine, expression, expected):
    assert_equal(values_on(engine)[expression], expected, expression)


@pytest.mark.spark
def test_expressions_mean_the_same_on_spark(spark, tmp_path):
    ROWS.write_parquet(tmp_path / "rows.parquet")
    frame = spark.read.parquet(str(tmp_path / "rows.parquet"))
    expressions = [expression for expression, _ in MEANINGS]
    found = evaluate(frame, "spark", expressions, lambda native: [tuple(row) for row in native.collect()])
    for (expression, expected), values in zip(MEANINGS, found, strict=True):
        assert_equal(values, expected, expression)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            "date_trunc('month', d)",
            [
                dt.date(2024, 2, 1),
                dt.date(1999, 12, 1),
                dt.date(2000, 1, 1),
                None,
                dt.date(2024, 12, 1),
                dt.date(1970, 1, 1),
            ],
        ),
        ("date_trunc('minute', ts) < ts", [True, False, False, None, True, True]),
    ],
)
def test_date_trunc_is_exact_on_polars_and_duckdb_and_refused_on_spark(expression, expected):
    assert on_polars([expression]) == on_duckdb([expression]) == [expected]
    with pytest.raises(InexactError, match="engine spark refuses date_trunc"):
        to_narwhals(expression, engine="spark", columns=dict(nw.from_native(ROWS).schema), boolean=False)


# Constructs whose meaning DuckDB shares: no division, rounding, casts or overflow.
NUMBERS = ["i", "j", "3", "0", "-2", "null"]
TEXTS = [
    "s",
    "u",
    "'a'",
    "''",
    "null",
    "s || u",
    "coalesce(s, 'b')",
    "substr(s, 1, 1)",
    "replace(s, 'a', 'b')",
]
COMPARED = ["=", "<>", "<", "<=", ">", ">=", "is distinct from", "is not distinct from"]


def numbers():
    def operations(inner):
        return st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*"]), inner),
            st.builds("coalesce({}, {})".format, inner, inner),
            st.builds("nullif({}, {})".format, inner, inner),
            st.builds("greatest({}, {})".format, inner, inner),
            st.builds("least({}, {})".format, inner, inner),
            st.builds("abs({})".format, inner),
            st.builds("case when {} > {} then {} else {} end".format, inner, inner, inner, inner),
        )

    return st.recursive(st.sampled_from(NUMBERS[:-1]), operations, max_leaves=4)


def conditions():
    text = st.sampled_from(TEXTS)
    leaf = st.one_of(
        st.builds(
            "({} {} {})".format, numbers(), st.sampled_from(COMPARED), st.one_of(numbers(), st.just("null"))
        ),
        st.builds("({} {} {})".format, text, st.sampled_from(COMPARED), text),
        st.builds(
            "({} {} ({}))".format,
            numbers(),
            st.sampled_from(["in", "not in"]),
            st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3).map(", ".join),
        ),
        st.builds(
            "({} {} {} and {})".format,
            numbers(),
            st.sampled_from(["between", "not between"]),
            numbers(),
            numbers(),
        ),
        st.builds(
            "({} {} '{}')".format,
            text,
            st.sampled_from(["like", "not like", "ilike", "not ilike"]),
            st.text("ab%_B", max_size=3),
        ),
        st.builds("(length({}) > {})".format, text, numbers()),
        st.sampled_from(
            ["b", "s is null", "i is not null", "true", "b is true", "b is not false", "starts_with(s, 'a')"]
        ),
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
            st.builds("(not {})".format, inner),
            st.builds("(case when {} then {} when {} then {} end)".format, inner, inner, inner, inner),
        ),
        max_leaves=5,
    )


def frames():
    row = st.tuples(
        st.none() | st.integers(-3, 3),
        st.none() | st.integers(-100, 100),
        st.none() | st.text("abB%", max_size=3),
        st.none() | st.sampled_from(["a", "", "é", "ab\n"]),
        st.none() | st.booleans(),
    )
    schema = {"i": pl.Int64, "j": pl.Int8, "s": pl.String, "u": pl.String, "b": pl.Boolean}
    rows = st.lists(row, min_size=1, max_size=6)
    return rows.map(lambda some: pl.DataFrame(some, schema=schema, orient="row").with_row_index("n"))


@settings(max_examples=150, deadline=None)
@given(conditions(), frames())
def test_polars_duckdb_and_duckdbs_own_sql_agree(condition, frame):
    expression = f"({condition}) or (n < 0)"
    ours = on_polars([expression], frame)
    assert on_duckdb([expression], frame) == ours
    with duckdb.connect() as connection:
        connection.register("data", frame.to_arrow())
        # DuckDB finds j a TINYINT and overflows; ours is 64 bits wide.
        own = connection.execute(
            f"select {expression} from (select * replace (j::bigint as j) from data) order by n"
        )
        assert [row[0] for row in own.fetchall()] == ours[0]


@pytest.mark.slow
@pytest.mark.parametrize("change", ["lower", "upper"])
def test_the_case_of_every_character_is_the_same(change):
    points = [point for point in range(1, 0x110000) if not 0xD800 <= point <= 0xDFFF]
    frame = pl.DataFrame({"n": points, "s": [chr(point) for point in points]})
    expressions = [f"{change}(s)", f"{change}(s || 'x')"]
    assert on_polars(expressions, frame) == on_duckdb(expressions, frame)


def test_what_engines_change_differently_is_unknown():
    frame = pl.DataFrame({"n": [0, 1, 2], "s": ["stra\u00dfe", "\u0130", "OΔΟΣ"]})
    assert on_polars(["upper(s)", "lower(s)"], frame) == [
        [None, "\u0130", "OΔΟΣ"],
        ["stra\u00dfe", None, "oδοσ"],
    ]
    assert UNSETTLED_LOWER != UNSETTLED_UPPER


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("a; b", "semicolon"),
        ("a; drop table t", "semicolon"),
        ("a as b", "alias"),
        ("a, b", "exactly one expression"),
        ("", "exactly one expression"),
        ("a from t", "goes on after"),
        ("a where b", "goes on after"),
        ("a) or (b", "cannot be parsed"),
        ("(a", "line 1, column 2"),
        ("a = (select 1)", "subquery"),
        ("exists(select 1)", "subquery"),
        ("a in (select 1)", "query"),
        ("count(*) > 1", "function count()"),
        ("sum(a) over () > 1", "window"),
        ("a ~ 'x'", "operator ~"),
        ("a !~ 'x'", "operator ~"),
        ("a glob 'x'", "glob"),
        ("a similar to 'x'", "similarto"),
        ("a // 2 = 1", "intdiv"),
        ("now() > a", "function now()"),
        ("current_date > a", "current_date"),
        ("random() > a", "function rand()"),
        ("getenv('HOME') = a", "function getenv()"),
        ("a[1] = 2", "bracket"),
        ("a ->> 'x' = 'y'", "json_extract"),
        ("a like b", "not a text literal"),
        ("a like 'x\\_'", "backslash"),
        ("a collate nocase = 'x'", "collate"),
        ("a = $1", "placeholder"),
        ("a = ?", "placeholder"),
        ("columns('x')", "columns"),
        ("* = 1", "star"),
        ("interval 1 day = a", "interval"),
        ("substr(a, -1) = 'x'", "start from 1"),
        ("'a' = 'b'", "names no column"),
        ("a = 1e999", "beyond a double"),
        ("a = 9223372036854775807", "beyond 2^62"),
        ("date '2024-13-01' = a", "not a date"),
        ("trim(both 'x' from a) = 'b'", "trim() with expression"),
        ("a between symmetric 3 and 1", "symmetric"),
        ("a::int[]", "INT[]"),
        ("regexp_matches(a, '(')", "not valid at position 0"),
        ("regexp_matches(a, 'x', 'g')", "flags"),
    ],
)
def test_anything_else_is_refused_by_name(expression, named):
    with pytest.raises(CheckDefinitionError) as caught:
        to_narwhals(expression, engine="polars")
    assert named in caught.value.message


def test_a_refusal_says_where_and_what_is_supported():
    with pytest.raises(CheckDefinitionError) as caught:
        to_narwhals("i > 1 and median(j) > 2", engine="polars")
    assert "at position 10" in caught.value.message
    assert caught.value.hint.startswith("supported: ")


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("nope = 1", "no column 'nope'"),
        ("actor.name = 'x'", "'actor.name' is not a path"),
        ("i.x = 1", "'i.x' is not a path"),
        ("s > 3", "int and string do not go together"),
        ("d = s", "date and string do not go together"),
        ("b = 1", "bool and int do not go together"),
        ("at > ts", "datetime and instant do not go together"),
        ("ts = '2024-01-01T00:00:00+01:00'", "has a time zone"),
        ("d = 'soon'", "'soon' is not a date"),
        ("i and b", "i is a int, not a bool"),
        ("lower(i) = '5'", "not a string"),
        ("i + s = '5'", "not a int or float"),
        ("i", "gives a int, not a truth value"),
        ("actor = actor", "nested values"),
        ("tags = tags", "nested values"),
        ("array_length(s) > 1", "not a list"),
    ],
)
def test_types_that_do_not_fit_are_refused(expression, named):
    with pytest.raises(CheckDefinitionError) as caught:
        to_narwhals(expression, engine="polars", columns=dict(nw.from_native(ROWS).schema))
    assert named in caught.value.message


@pytest.mark.parametrize(
    "expression",
    [
        "price + 1 > 0",
        "hour(at) = 1",
        "power(f, 0.5) > 1",
        "cast(f as varchar) = '1'",
        "cast(s as timestamp) = ts",
    ],
)
def test_what_no_two_engines_agree_on_is_refused(expression):
    with pytest.raises(InexactError) as caught:
        to_narwhals(expression, engine="polars", columns=dict(nw.from_native(ROWS).schema))
    assert caught.value.hint


def test_a_long_chain_does_not_end_the_stack():
    chain = " or ".join(f"n = {number}" for number in range(300))
    assert on_polars([chain]) == [[True] * 6]


def test_long_calculations_stay_small():
    """Each step of a sum, and each argument of greatest, must not double the expression."""
    columns = {f"c{at}": [at, -at, None, 2**61 if at == 7 else 0] for at in range(30)}
    frame = pl.DataFrame({"n": range(4), **columns})
    expressions = [" + ".join(columns), f"greatest({', '.join(columns)})", f"least({', '.join(columns)})"]
    expected = [[435, -435, None, 2**61], [29, 0, None, 2**61], [0, -29, None, 0]]
    assert on_polars(expressions, frame) == on_duckdb(expressions, frame) == expected


def test_an_overflow_on_the_way_is_unknown_though_the_end_is_small():
    frame = pl.DataFrame({"n": [0, 1], "a": [2**62, 5], "b": [2**62, 7]})
    expressions = [
        "a + b - a",
        "a * b - a * b = 0",
        "(a * b) % 2",
        "round(a + b) > 1",
        "abs(a + b)",
        "(a + b) / 2",
    ]
    expected = [[None, 7], [None, True], [None, 1], [None, True], [None, 12], [None, 6.0]]
    assert on_polars(expressions, frame) == on_duckdb(expressions, frame) == expected


def test_without_types_an_expression_still_works():
    frame = nw.from_native(pl.DataFrame({"a": [1, None, 3]}))
    assert frame.select(to_narwhals("a + 1 > 2 or a is null", engine="polars"))["a"].to_list() == [
        False,
        True,
        True,
    ]


def test_columns_of_an_expression():
    assert columns_of("""actor.org.id > 1 and lower("x.y") = 'a' and comment is null""") == {
        "actor.org.id",
        '"x.y"',
        "comment",
    }


READS = [
    ("select * from t", "SELECT * FROM t"),
    ("select 1;", "SELECT 1"),
    ("select /* a */ 1 -- b", "SELECT 1"),
    ("from t", "SELECT * FROM t"),
    (
        "with a as (select 1 x) select * from a union all select 2",
        "WITH a AS (SELECT 1 AS x) SELECT * FROM a UNION ALL SELECT 2",
    ),
    ("select * from range(3)", "SELECT * FROM RANGE(0, 3)"),
    ("select unnest([1])", "SELECT UNNEST([1])"),
    (
        "select a from t where a not ilike 'x' and b = ';~'",
        "SELECT a FROM t WHERE a NOT ILIKE 'x' AND b = ';~'",
    ),
]


@pytest.mark.parametrize(("query", "rendered"), READS)
def test_a_query_that_reads_is_written_anew(query, rendered):
    assert check_query(query) == rendered
    assert check_query(rendered) == rendered


@pytest.mark.parametrize(
    "query",
    [
        "", ";", "select 1; select 2", "select 1; drop table t", "insert into t values (1)", "delete from t",
        "update t set a = 1", "drop table t", "truncate t", "create table x as select 1", "alter table t drop a",
        "copy t to 'f'", "copy (select 1) to 'f'", "attach 'x'", "detach x", "use x", "pragma version", "set x = 1",
        "call f()", "install httpfs", "load httpfs", "explain select 1", "describe t", "summarize t", "show tables",
        "export database 'x'", "import database 'x'", "execute x", "prepare x as select 1", "vacuum", "checkpoint",
        "begin", "with a as (insert into t values (1) returning x) select * from a", "select * into x from t",
        "select * from (describe t)", "select * from t for update", "select ?", "select $1", "select * from t where a ~ 'x'",
        "select * from 'x.csv'", 'select * from "x.csv"', "select * from '/etc/passwd'", "select * from 'x*'",
        "select * from read_csv('x')", "select * from read_csv_auto('x')", "from read_parquet('x')",
        "select * from t, read_json_auto('u')", "select * from read_text('x')", "select * from main.read_text('x')",
        "select * from \"read_text\"('x')", "select * from glob('*')", "select * from query('select 1')",
        "select * from query_table('t')", "select * from parquet_scan('x')", "select * from sqlite_scan('a', 'b')",
        "select * from postgres_query('a', 'b')", "select * from duckdb_secrets()", "select * from sniff_csv('x')",
        "select * from t join lateral (select * from read_blob('x')) on true", "select getenv('HOME')",
        "select main.getenv('HOME')", "select \"getenv\"('HOME')", "select 'x'.read_text()", "select current_setting('x')",
        "select list_transform([1], x -> read_text('a'))", "select nextval('s')", "select json_execute_serialized_sql('x')",
        "(select * from read_text('x'))", "select (select content from read_text('x'))", "select 'a", "select * frm t",
    ],
)  # fmt: skip
def test_a_query_that_does_more_is_refused(query, caplog):
    with caplog.at_level(logging.WARNING), pytest.raises(CheckDefinitionError):
        check_query(query)
    assert caplog.records == []


def test_a_query_in_sparks_dialect():
    query = "select a from t qualify row_number() over (partition by a order by b) = 1"
    assert transpile_query(query).startswith("SELECT a FROM (SELECT a, ROW_NUMBER()")
    with pytest.raises(CheckDefinitionError):
        transpile_query("drop table t")


@pytest.mark.parametrize(
    ("query", "bound"),
    [
        ("select * from ${table}", 'select * from "my ""t"""'),
        ("select * from {object} where {property} > 1", 'select * from "my ""t""" where "a"."b" > 1'),
        ("select ${ column } from {batch}", 'select "a"."b" from "my ""t"""'),
        ('select * from "${table}"', 'select * from "my ""t"""'),
        ("select '{table}', {'a': 1}, {a: 2} -- {nope}", "select '{table}', {'a': 1}, {a: 2} -- {nope}"),
    ],
)
def test_placeholders_become_quoted_names(query, bound):
    assert bind_table(query, 'my "t"', column="a.b") == bound


def test_a_placeholder_that_means_nothing_is_an_error():
    with pytest.raises(CheckDefinitionError, match=r"unknown placeholder \{tabel\}"):
        bind_table("select * from {tabel}", "t")
    with pytest.raises(CheckDefinitionError, match="has no column"):
        bind_table("select {column} from {table}", "t")


@given(st.text(), st.text(min_size=1))
@settings(max_examples=100, deadline=None)
def test_a_bound_name_stays_a_name(column, table):
    """Whatever a table is called, the bound query is still one SELECT over it, or refused."""
    try:
        rendered = check_query(bind_table("select 1 from ${table}", table))
    except CheckDefinitionError:
        return
    assert rendered.startswith("SELECT 1 FROM ")
    assert rendered.count(";") == table.count(";")
