"""Random frames and random checks: Polars and DuckDB count alike, and as plain Python does."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

import sentineldq
from sentineldq import Check

ENGINES = ("polars", "duckdb")

NUMBERS = st.integers(-3, 3) | st.sampled_from([2**63 - 1, -(2**63), 2**53 + 1])
FLOATS = st.sampled_from([0.0, -0.0, 0.1, 0.5, 1.0, -1.5, math.inf, -math.inf, math.nan, 1e-9, 1e300])
TEXTS = st.text("aAbé\u0301😀 \n%_", max_size=3)
FRAMES = st.integers(0, 8).flatmap(
    lambda rows: st.fixed_dictionaries(
        {
            "n": st.lists(st.none() | NUMBERS, min_size=rows, max_size=rows),
            "f": st.lists(st.none() | FLOATS, min_size=rows, max_size=rows),
            "s": st.lists(st.none() | TEXTS, min_size=rows, max_size=rows),
            "b": st.lists(st.none() | st.booleans(), min_size=rows, max_size=rows),
        }
    )
)
SCHEMA = {"n": pl.Int64, "f": pl.Float64, "s": pl.String, "b": pl.Boolean}

SETS = st.fixed_dictionaries({"values": st.lists(NUMBERS, min_size=1, max_size=3)})
ENDS = st.fixed_dictionaries(
    {"min": st.integers(-2, 1) | st.sampled_from([-0.5, 2**64])},
    optional={"max": st.integers(0, 3), "strict_min": st.booleans(), "strict_max": st.booleans()},
)
PATTERNS = st.sampled_from(["a", "^a$", "(?i)É", ".", "^.$", "[^a]", "a|b", r"\s", r"\w+$", "\\p{M}", "^$"])
LIKES = st.sampled_from(["a%", "%", "_", "%😀", "a\\%", "__", "%\\_%"])

CHECKS = st.one_of(
    st.builds(lambda column: Check(kind="not_null", column=column), st.sampled_from("nfsb")),
    st.builds(lambda column: Check(kind="null", column=column), st.sampled_from("nfsb")),
    st.builds(lambda column: Check(kind="unique", column=column), st.sampled_from("nfsb")),
    st.builds(lambda given: Check(kind="in_set", column="n", params=given), SETS),
    st.builds(lambda given: Check(kind="not_in_set", column="f", params=given), SETS),
    st.builds(
        lambda column, given: Check(kind="between", column=column, params=given), st.sampled_from("nf"), ENDS
    ),
    st.builds(
        lambda low: Check(kind="length", column="s", params={"min": low, "max": low + 1}), st.integers(0, 2)
    ),
    st.builds(lambda pattern: Check(kind="matches", column="s", params={"pattern": pattern}), PATTERNS),
    st.builds(lambda pattern: Check(kind="like", column="s", params={"pattern": pattern}), LIKES),
    st.just(Check(kind="not_empty", column="s")),
    st.builds(
        lambda of: Check(kind="multiple_of", column="n", params={"of": of}), st.sampled_from([1, 2, 3, 0.5])
    ),
    st.builds(
        lambda missing: Check(kind="unique_together", columns=("n", "s"), params={"ignore_missing": missing}),
        st.sampled_from(["any", "all", "never"]),
    ),
    st.builds(
        lambda kind, missing: Check(kind=kind, columns=("n", "f"), params={"ignore_missing": missing}),
        st.sampled_from(["pair_equal", "pair_greater", "unique_within_record"]),
        st.sampled_from(["any", "all", "never"]),
    ),
    st.just(Check(kind="zscore", column="n", params={"max": 1.1})),
    st.just(Check(kind="iqr", column="n")),
)
FILTERS = st.none() | st.sampled_from(["b", "NOT b", "n > 0", "s IS NULL OR b", "f < 1 AND n <> 2"])


def counts(data: pl.DataFrame, checks: list[Check], engine: str) -> list[tuple[str, Any, Any, Any]]:
    result = sentineldq.check(data, checks=checks, engine=engine, samples=0)
    return [(item.status, item.evaluated, item.failed, item.message) for item in result.checks]


@settings(max_examples=60)
@given(FRAMES, st.lists(st.tuples(CHECKS, FILTERS), min_size=1, max_size=6))
def test_engines_agree(columns: dict[str, list[Any]], drawn: list[tuple[Check, str | None]]):
    data = pl.DataFrame(columns, schema=SCHEMA)
    checks = [_filtered(check, where) for check, where in drawn]
    polars, duckdb = (counts(data, checks, engine) for engine in ENGINES)
    assert polars == duckdb
    assert all(status != "error" for status, *_ in polars), polars


def _filtered(check: Check, where: str | None) -> Check:
    import msgspec

    return msgspec.structs.replace(check, where=where)


def _present(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None and value == value]


def _between(value: float, low: float, high: float) -> bool:
    return low <= value <= high


PLAIN: dict[str, Callable[[list[Any], dict[str, Any]], tuple[int, int]]] = {
    "not_null": lambda values, _: (len(values), len(values) - len(_present(values))),
    "in_set": lambda values, given: (
        len(_present(values)),
        sum(value not in given["values"] for value in _present(values)),
    ),
    "between": lambda values, given: (
        len(_present(values)),
        sum(not _between(value, given["min"], given["max"]) for value in _present(values)),
    ),
    "length": lambda values, given: (
        len(_present(values)),
        sum(not _between(len(value), given["min"], given["max"]) for value in _present(values)),
    ),
    "matches": lambda values, given: (
        len(_present(values)),
        sum(re.search(given["pattern"], value) is None for value in _present(values)),
    ),
    "unique": lambda values, _: (
        len(_present(values)),
        sum(count for count in Counter(_present(values)).values() if count > 1),
    ),
}


@settings(max_examples=40)
@given(FRAMES, st.integers(-3, 3), st.integers(0, 3), st.sampled_from(["a", "b", "^a", "é"]))
def test_engines_do_as_plain_python(columns: dict[str, list[Any]], low: int, size: int, pattern: str):
    ends = {"min": low, "max": low + size}
    drawn = [
        *(Check(kind="not_null", column=name) for name in "nfsb"),
        *(Check(kind="unique", column=name) for name in "nfsb"),
        *(Check(kind="between", column=name, params=ends) for name in "nf"),
        *(Check(kind="in_set", column=name, params={"values": [low, size]}) for name in "nf"),
        Check(kind="length", column="s", params={"min": size, "max": size + 1}),
        Check(kind="matches", column="s", params={"pattern": pattern}),
    ]
    expected = [PLAIN[check.kind](columns[check.column or ""], check.params) for check in drawn]
    for engine in ENGINES:
        found = counts(pl.DataFrame(columns, schema=SCHEMA), drawn, engine)
        assert [(evaluated, failed) for _, evaluated, failed, _ in found] == expected
