"""Distinct counts are those that DataSketches itself would have counted."""

import datasketches
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.profiles.build import profile
from sentineldq.profiles.distinct import Union, add, of_image

INTEGERS = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=600)
TEXTS = st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=300)
FLOATS = st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=300)


def fed(values, *, kind=datasketches.HLL_8):
    """A sketch fed value by value, as another language would."""
    sketch = datasketches.hll_sketch(12, kind)
    for value in values:
        sketch.update(value)
    return sketch


def united(*sketches):
    union = datasketches.hll_union(12)
    for sketch in sketches:
        union.update(sketch)
    return union.get_result(datasketches.HLL_8)


def content(image):
    """Registers, or coupons in no order: what a sketch knows, apart from how it came to know it."""
    if image[7] & 3 == 2:
        return image[40:]
    return sorted(np.frombuffer(image, "<u4", offset=4 * image[0]).tolist())


def bulk(series):
    return profile(pl.DataFrame({"x": series})).columns["x"].distinct


@given(INTEGERS)
def test_integers_equal_one_by_one(values):
    found = bulk(pl.Series(values, dtype=pl.Int64)).image
    assert content(found) == content(bytes(united(fed(values)).serialize_compact()))


@given(TEXTS)
def test_texts_equal_one_by_one(values):
    found = bulk(pl.Series(values, dtype=pl.String)).image
    assert content(found) == content(bytes(united(fed(values)).serialize_compact()))


@given(FLOATS)
def test_floats_equal_one_by_one(values):
    found = bulk(pl.Series(values, dtype=pl.Float64)).image
    assert content(found) == content(bytes(united(fed(values)).serialize_compact()))


@pytest.mark.parametrize("size", [1, 8, 9, 384, 385, 5000, 60_000])
def test_bulk_equals_one_by_one_in_every_form_of_the_sketch(size):
    values = [f"customer-{number * 7919}" for number in range(size)]
    found = bulk(pl.Series(values)).image
    assert content(found) == content(bytes(united(fed(values)).serialize_compact()))


def test_texts_of_all_lengths_equal_one_by_one():
    values = ["ü" * length + "x" * extra for length in range(40) for extra in range(3) if length + extra]
    values += ["long" * 1024, "longer" * 20_000, "y" * 4095]
    assert content(bulk(pl.Series(values)).image) == content(bytes(united(fed(values)).serialize_compact()))


def test_times_are_fed_as_microseconds():
    moments = [-5, 0, 1_700_000_000_123_456]
    found = bulk(pl.Series(moments).cast(pl.Datetime("us", "UTC"))).image
    assert content(found) == content(bytes(united(fed(moments)).serialize_compact()))


@pytest.mark.parametrize("kind", [datasketches.HLL_4, datasketches.HLL_6, datasketches.HLL_8])
def test_a_union_with_a_foreign_sketch_counts_once_what_both_have(kind):
    ours = bulk(pl.Series(range(20_000)))
    foreign = of_image(bytes(fed(range(10_000, 30_000), kind=kind).serialize_compact()))
    both = add([ours, foreign])
    whole = bulk(pl.Series(range(30_000)))
    assert both.image == whole.image


def test_the_library_reads_ours_and_unites_it():
    ours = datasketches.hll_sketch.deserialize(bulk(pl.Series(range(20_000))).image)
    assert united(ours, fed(range(20_000))).get_estimate() == pytest.approx(ours.get_estimate())


@pytest.mark.parametrize("size", [100, 3000, 200_000])
def test_the_estimate_is_within_four_standard_errors(size):
    found = bulk(pl.Series(np.arange(size) * 31 + 5))
    assert abs(found.estimate - size) <= max(1, 4 * 0.0163 * size)
    assert found.low <= found.estimate <= found.high


def test_nothing_is_an_empty_sketch_of_the_library():
    empty = Union().image()
    assert empty == bytes(datasketches.hll_sketch(12, datasketches.HLL_8).serialize_compact())
    assert of_image(empty).estimate == 0


@given(st.lists(st.lists(st.integers(0, 5000), max_size=900), min_size=1, max_size=5))
def test_parts_in_any_order_unite_to_the_same(parts):
    sketches = [bulk(pl.Series(part, dtype=pl.Int64)) for part in parts if part]
    if sketches:
        assert content(add(sketches).image) == content(add(sketches[::-1]).image)
