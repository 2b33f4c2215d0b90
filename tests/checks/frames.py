"""Frames as Hypothesis draws them: odd names, missing values, nested values."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl
from hypothesis import strategies as st

TEXTS = st.one_of(
    st.sampled_from(
        ["", " ", "N/A", "-", "a@b.co", "2024-01-31", "AB-123", "AB-124", "007", "yes", "1.5", "é"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
NAMES = st.one_of(
    st.sampled_from(
        ["id", "order_id", "email", "status", "a.b", 'with "quotes"', "it's", "lat", "x[]", "zip"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="^"), min_size=1, max_size=8),
)
SCALARS = {
    pl.Int64(): st.integers(-(2**63), 2**63 - 1) | st.integers(0, 9),
    pl.UInt8(): st.integers(0, 255),
    pl.Float64(): st.floats() | st.floats(0, 1),
    pl.String(): TEXTS,
    pl.Categorical(): st.sampled_from(["a", "b"]),
    pl.Boolean(): st.booleans(),
    pl.Date(): st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    pl.Datetime("us"): st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
    pl.Time(): st.times(),
    pl.Duration("us"): st.timedeltas(timedelta(-9999), timedelta(9999)),
    pl.Decimal(10, 2): st.decimals(-1000, 1000, places=2, allow_nan=False),
    pl.Binary(): st.binary(max_size=3),
    pl.Null(): st.none(),
}
DTYPES = st.sampled_from(list(SCALARS))
NESTED = st.recursive(
    DTYPES,
    lambda inner: st.one_of(
        inner.map(pl.List),
        st.dictionaries(st.sampled_from(["id", "name", "tags"]), inner, min_size=1, max_size=2).map(
            pl.Struct
        ),
    ),
    max_leaves=4,
)


def _values(dtype: pl.DataType) -> st.SearchStrategy:
    if isinstance(dtype, pl.List):
        return st.none() | st.lists(_values(dtype.inner), max_size=3)
    if isinstance(dtype, pl.Struct):
        fields = {field.name: _values(field.dtype) for field in dtype.fields}
        return st.none() | st.fixed_dictionaries(fields)
    return st.none() | SCALARS[dtype] if dtype != pl.Null() else st.none()


@st.composite
def frames(draw: st.DrawFn, *, rows: tuple[int, ...] = (0, 1, 3, 20, 60)) -> pl.DataFrame:
    """A frame; longer ones repeat a few drawn values, as real columns do."""
    names = draw(st.lists(NAMES, max_size=4, unique=True))
    height = draw(st.sampled_from(rows))
    columns = []
    for name in names:
        dtype = draw(NESTED)
        pool = draw(st.lists(_values(dtype), min_size=1, max_size=6))
        columns.append(pl.Series(name, [pool[n % len(pool)] for n in range(height)], dtype=dtype))
    return pl.DataFrame(columns)


@st.composite
def text_files(draw: st.DrawFn) -> bytes:
    """A CSV file with columns of numbers, codes and words, some cells of which are wrong."""
    height = draw(st.sampled_from([1, 12, 60]))
    kinds = draw(st.lists(st.sampled_from(["n", "c", "w", "d"]), min_size=1, max_size=4))
    wrong = draw(
        st.lists(st.tuples(st.integers(0, height - 1), st.sampled_from(["", "N/A", "?!", "x9", " 1"])))
    )
    made = {"n": "{}", "c": "AB-{:04}", "w": "word{}", "d": "2024-01-{:02}"}
    table = [[made[kind].format(1 + row % 28) for kind in kinds] for row in range(height)]
    for row, text in wrong:
        table[row][row % len(kinds)] = text
    header = ",".join(f"{kind}{position}" for position, kind in enumerate(kinds))
    return "\n".join([header, *(",".join(row) for row in table), ""]).encode()
