"""Classes of characters, against a plain rendering of the rule."""

import re

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.profiles.build import profile
from sentineldq.profiles.patterns import heads, shapes


def plainly(text):
    """The rule, one step after the other."""
    text = text.encode()[:64].decode(errors="ignore")
    text = re.sub(r"[^\x00-\x7f]", "\x00", text)
    for pattern, name in ((r"[A-Z]", "A"), (r"[a-z]", "a"), (r"[0-9]", "9"), (r"[\t-\r]", " ")):
        text = re.sub(pattern, name, text)
    text = text.replace("\x00", "u")
    return re.sub(r"(.)\1{4,}", r"\1+", text, flags=re.DOTALL)


@given(st.lists(st.text(st.characters(min_codepoint=1, codec="utf-8"), max_size=15), min_size=1, max_size=20))
def test_shapes_are_those_of_the_rule(texts):
    array = pa.array(texts, pa.large_string())
    column = profile(pa.table({"x": array})).columns["x"]
    wanted = {plainly(text) for text in texts}
    assert set(column.patterns.counts) == wanted


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("ABC-123", "AAA-999"),
        ("2024-01-31", "9999-99-99"),
        ("jonathan@x.org", "a+@a.aaa"),
        ("a  b", "a  a"),
        ("-----", "-+"),
    ],
)
def test_examples(text, shape):
    data = np.frombuffer(text.encode() + bytes(16), np.uint8)
    assert shapes(*heads(data, np.array([0]), np.array([len(text)]))).to_pylist() == [shape]


def test_patterns_of_many_texts_are_within_the_stated_error():
    texts = [f"ORD-{n:06}" if n % 4 else f"{n:06}/x" for n in range(100_000)]
    found = profile(pl.DataFrame({"x": texts})).columns["x"].patterns
    assert found.total == 100_000
    assert abs(found.counts["AAA-9+"] - 75_000) <= found.error
    assert not found.exact
