"""Row conditions as SQL: the rows that pandas keeps are the rows that DuckDB keeps."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.contracts.formats.condition import ConditionError, to_spark, to_sql
from sentineldq.names import quote


@pytest.mark.parametrize(
    ("condition", "parser", "expected"),
    [
        ("s4 == 5", "pandas", '"s4" = 5'),
        ('x == "1"', "pandas", "\"x\" = '1'"),
        ("x!=1 & w!=6", "pandas", '(("x" <> 1 OR "x" IS NULL) AND ("w" <> 6 OR "w" IS NULL))'),
        ("`a b` > 1 | ~(c < 2)", "pandas", '("a b" > 1 OR NOT COALESCE("c" < 2, FALSE))'),
        ("1 < a <= 5", "pandas", '(1 < "a" AND "a" <= 5)'),
        ("a in [1, 2]", "pandas", '"a" IN (1, 2)'),
        ("a.isnull() or b.notna()", "pandas", '("a" IS NULL OR "b" IS NOT NULL)'),
        ("a.str.startswith('x')", "pandas", "\"a\" LIKE 'x%'"),
        ("a == -1", "pandas", '"a" = -1'),
        ('col("a").notNull()', "great_expectations", '"a" IS NOT NULL'),
        ('col("a") != 2', "great_expectations__experimental__", '"a" <> 2'),
        ('col("d") > date("2020-01-01")', "great_expectations__experimental__", "\"d\" > DATE '2020-01-01'"),
        ("`a` = 1 and b is not null", "spark", '"a" = 1 AND NOT b IS NULL'),
        ({"type": "comparison", "column": {"name": "a"}, "operator": ">=", "parameter": 3}, None, '"a" >= 3'),
        ({"type": "or", "conditions": [
            {"type": "nullity", "column": {"name": "a"}, "is_null": True},
            {"type": "comparison", "column": {"name": "b"}, "operator": "IN", "parameter": ["x"]},
        ]}, None, "(\"a\" IS NULL OR \"b\" IN ('x'))"),
    ],
)  # fmt: skip
def test_conditions_are_translated(condition, parser, expected):
    assert to_sql(condition, parser) == expected


@pytest.mark.parametrize(
    ("condition", "parser"),
    [
        ("a == 1", "bad_parser"),
        ("a == @limit", "pandas"),
        ("len(a) == 1", "pandas"),
        ("a.str.contains('x')", "pandas"),
        ("a.str.startswith('100%')", "pandas"),
        ("a ==", "pandas"),
        ("(" * 500, "pandas"),
        ("select from where", "spark"),
        ("", "pandas"),
        ({"type": "mystery"}, None),
        (3, "pandas"),
    ],
)
def test_what_has_no_exact_translation_is_refused(condition, parser):
    with pytest.raises(ConditionError):
        to_sql(condition, parser)


terms = st.sampled_from(
    [
        "a > 1",
        "a != 1",
        "b == 'x'",
        "b != 'x'",
        "a.isnull()",
        "b.notnull()",
        "a in [0, 2]",
        "a not in [0, 2]",
        "a <= b2",
    ]
)
queries = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["&", "|", "and", "or"]), inner).map(
            lambda t: f"({t[0]}) {t[1]} ({t[2]})"
        ),
        inner.map(lambda term: f"not ({term})"),
    ),
    max_leaves=4,
)


@given(query=queries)
def test_pandas_and_sql_keep_the_same_rows(query):
    import pandas as pd

    rows = [(a, b, b2) for a in (None, 0, 1, 2) for b in (None, "x", "y") for b2 in (None, 1)]
    frame = pd.DataFrame(rows, columns=["a", "b", "b2"]).astype(
        {"a": "float64", "b": "object", "b2": "float64"}
    )
    kept = sorted(frame.query(query, engine="python").index)
    values = ", ".join(
        f"({i}, {'NULL' if a is None else a}, {'NULL' if b is None else repr(b)}, {'NULL' if b2 is None else b2})"
        for i, (a, b, b2) in enumerate(rows)
    )
    sql = f"SELECT i FROM (VALUES {values}) t(i, a, b, b2) WHERE {to_sql(query, 'pandas')} ORDER BY i"
    assert [row[0] for row in duckdb.sql(sql).fetchall()] == kept


@given(name=st.text(min_size=1, max_size=5).filter(lambda text: "\x00" not in text and text.strip()))
def test_any_name_can_be_quoted(name):
    assert duckdb.sql(f"SELECT 1 AS {quote(name)}").columns == [name]


def test_sql_is_written_for_spark():
    assert to_spark('"a b" = 1') == "`a b` = 1"
    assert to_spark("not ( sql") == "not ( sql"
