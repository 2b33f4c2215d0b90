"""profile(A) + profile(B) is profile(A + B): exact where it counts, within the stated error where it estimates."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.profiles.build import Builder, profile
from sentineldq.profiles.codec import decode, encode
from sentineldq.profiles.merge import merge
from sentineldq.profiles.model import Profile
from sentineldq.profiles.plan import Plan
from tests.profiles.frames import mixed

PLAN = Plan(key=("id",), entities=("kind",), event="at")
EXACT = ("path", "kind", "types", "rows", "nulls", "empties", "trues", "low", "high", "rhythm")


def same(one, other, *, close=1e-9):
    """Whether two profiles say the same: exactly, and of moments and sketches closely."""
    assert (one.rows, one.keyed, one.span, set(one.columns)) == (
        other.rows,
        other.keyed,
        other.span,
        set(other.columns),
    )
    for path, left in one.columns.items():
        right = other.columns[path]
        for name in EXACT:
            assert getattr(left, name) == getattr(right, name), (path, name)
        for name in ("moments", "lengths"):
            near(getattr(left, name), getattr(right, name), close)
        assert (left.distinct is None) == (right.distinct is None)
        if left.distinct:
            assert left.distinct.estimate == pytest.approx(right.distinct.estimate)
        for name in ("quantiles", "length_quantiles"):
            ranked(getattr(left, name), getattr(right, name))
        for name in ("frequent", "patterns", "words"):
            counted(getattr(left, name), getattr(right, name))
    assert one.correlations.keys() == other.correlations.keys()
    for pair, r in one.correlations.items():
        assert r == pytest.approx(other.correlations[pair], abs=1e-6)


def near(left, right, close):
    assert (left is None) == (right is None)
    if left is not None:
        assert left.count == right.count
        assert left.mean == pytest.approx(right.mean, rel=close, abs=close)
        assert left.m2 == pytest.approx(right.m2, rel=1e-6, abs=close)


def ranked(left, right):
    assert (left is None) == (right is None)
    if left is not None:
        assert left.count == right.count
        assert left.at([0, 1]) == right.at([0, 1])
        points = left.at(np.linspace(0, 1, 11))
        limit = left.error + right.error + 1e-9
        assert np.abs(np.array(left.ranks(points)) - right.ranks(points)).max() <= limit


def counted(left, right):
    assert (left is None) == (right is None)
    if left is not None:
        assert left.total == right.total
        limit = left.error + right.error
        for value in {*left.counts, *right.counts}:
            assert abs(left.counts.get(value, 0) - right.counts.get(value, 0)) <= limit


@pytest.mark.parametrize("cut", [0, 1, 500, 9_999, 30_000])
def test_two_parts_are_the_whole(cut):
    frame = mixed(30_000)
    parts = [profile(frame.head(cut), plan=PLAN), profile(frame.slice(cut), plan=PLAN)]
    same(merge(parts), profile(frame, plan=PLAN))


def test_many_stored_parts_are_the_whole():
    frame = mixed(20_000, seed=3)
    parts = [decode(encode(profile(frame.slice(at, 250), plan=PLAN))) for at in range(0, 20_000, 250)]
    same(decode(encode(merge(parts))), profile(frame, plan=PLAN))


def test_a_builder_of_small_batches_is_the_whole():
    frame = mixed(5_000, seed=4)
    builder = Builder(PLAN)
    for at in range(0, 5_000, 37):
        builder.add(frame.slice(at, 37))
    same(builder.done(), profile(frame, plan=PLAN))


VALUES = st.one_of(
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=40).map(
        lambda found: pl.Series(found, dtype=pl.Int64)
    ),
    st.lists(st.none() | st.floats(), max_size=40).map(lambda found: pl.Series(found, dtype=pl.Float64)),
    st.lists(st.none() | st.text(max_size=12), max_size=40).map(
        lambda found: pl.Series(found, dtype=pl.String)
    ),
    st.lists(st.none() | st.booleans(), max_size=40).map(lambda found: pl.Series(found, dtype=pl.Boolean)),
    st.lists(st.none() | st.datetimes(), max_size=40).map(
        lambda found: pl.Series(found, dtype=pl.Datetime("us"))
    ),
    st.lists(st.none() | st.lists(st.none() | st.integers(0, 9), max_size=4), max_size=20).map(
        lambda found: pl.Series(found, dtype=pl.List(pl.Int64))
    ),
)
PARTS = st.lists(
    st.dictionaries(st.sampled_from("xy"), VALUES, min_size=1, max_size=1), min_size=1, max_size=4
)


def exact(found):
    return {path: [getattr(column, name) for name in EXACT] for path, column in found.columns.items()}


@given(PARTS)
@settings(max_examples=60)
def test_columns_of_any_type_merge_in_any_order_and_grouping(parts):
    profiles = [profile(pl.DataFrame(part)) for part in parts]
    whole = merge(profiles)
    assert exact(merge(profiles[::-1])) == exact(whole)
    left = profiles[0]
    for part in profiles[1:]:
        left = merge([left, decode(encode(part))])
    assert exact(left) == exact(whole)
    right = profiles[-1]
    for part in profiles[-2::-1]:
        right = merge([part, right])
    assert exact(right) == exact(whole)
    for path in whole.columns:
        assert left.columns[path].frequent == right.columns[path].frequent or dict(
            left.columns[path].frequent.counts
        ) == dict(right.columns[path].frequent.counts)


@given(PARTS)
@settings(max_examples=60)
def test_a_builder_agrees_with_a_merge(parts):
    builder = Builder()
    for part in parts:
        builder.add(pl.DataFrame(part))
    whole = merge([profile(pl.DataFrame(part)) for part in parts])
    assert exact(builder.done()) == exact(whole)


def test_the_empty_profile_changes_nothing():
    found = profile(mixed(100), plan=PLAN)
    assert merge([Profile(), found, Profile()]) is found
    assert merge([]) == Profile()


def test_a_column_that_a_part_lacks_is_null_there():
    found = merge([profile(pl.DataFrame({"a": [1]})), profile(pl.DataFrame({"b": ["x", "y"]}))])
    assert (found.columns["a"].rows, found.columns["a"].nulls) == (3, 2)
    assert (found.columns["b"].rows, found.columns["b"].nulls) == (3, 1)


def test_a_column_whose_type_changed_keeps_the_mix():
    numbers, texts = profile(pl.DataFrame({"a": [1, 2]})), profile(pl.DataFrame({"a": ["x"]}))
    found = merge([numbers, texts]).columns["a"]
    assert (found.kind, found.types) == ("text", {"integer": 2, "string": 1})
    assert (found.low, found.high, found.moments.count) == ("x", "x", 2)


def test_correlations_of_parts_with_other_columns():
    one = profile(pl.DataFrame({"b": [1.0, 2, 4], "c": [2.0, 4, 9]}))
    other = profile(pl.DataFrame({"a": [1.0, 3, 2], "b": [5.0, 6, 7], "c": [1.0, 2, 9]}))
    found = merge([one, other]).correlations
    b, c = [1, 2, 4, 5, 6, 7], [2, 4, 9, 1, 2, 9]
    assert found["b", "c"] == pytest.approx(np.corrcoef(b, c)[0, 1])
    assert found["a", "c"] == pytest.approx(np.corrcoef([1, 3, 2], [1, 2, 9])[0, 1])
