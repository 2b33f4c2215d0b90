"""Checks of one's own: by decorator and by entry point, made as the built-in ones are."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import narwhals as nw
import polars as pl
import pytest

import sentineldq
from sentineldq import Check, metric_check, row_check
from sentineldq.checks import definition
from sentineldq.checks.catalogue import Measure, Relation, relation_check, value_check
from sentineldq.checks.definition import Bound, catalogue, definition_of, numeric
from sentineldq.errors import CheckDefinitionError

DATA = pl.DataFrame({"n": [1, 2, None, 4], "s": ["a", "aba", "ab", None]})


@row_check("test_even", types=numeric, says="even, above {above}")
def even(value: nw.Expr, *, above: Bound = None) -> nw.Expr:
    """The number is even."""
    holds = value % 2 == 0
    return holds if above is None else holds & (value > above)


@value_check("test_palindrome")
def palindrome(value: str) -> bool:
    """The text reads the same from its end."""
    return value == value[::-1]


@metric_check("test_spread", types=numeric)
def spread(value: nw.Expr) -> Measure:
    """The largest less the smallest."""
    return Measure(
        parts={"low": value.min(), "high": value.max()}, observe=lambda got: got["high"] - got["low"]
    )


@relation_check("test_most", dimension="consistency", types=numeric)
def most(relation: Relation) -> Any:
    """The value is the largest of its column."""
    value = nw.col(relation.columns[0])
    return relation.frame.with_columns((value == value.max()).alias(relation.target))


def test_checks_of_ones_own_on_every_engine(engine: str):
    found = sentineldq.check(
        DATA,
        checks=[
            Check(kind="test_even", column="n", params={"above": 2}),
            Check(kind="test_palindrome", column="s"),
            Check(kind="test_spread", column="n", params={"max": 3}),
            Check(kind="test_most", column="n"),
        ],
        engine=engine,
    ).checks
    assert [(item.status, item.evaluated, item.failed, item.observed) for item in found] == [
        ("fail", 3, 2, None),
        ("fail", 3, 1, None),
        ("pass", None, None, 3),
        ("fail", 3, 2, None),
    ]
    assert found[0].expected == "even, above 2"


def test_checks_of_ones_own_split(engine: str, rows: Any):
    checks = [Check(kind="test_even", column="n"), Check(kind="test_palindrome", column="s")]
    assert len(rows(sentineldq.split(DATA, checks=checks, engine=engine).bad)) == 2


def test_a_name_is_taken_once():
    with pytest.raises(CheckDefinitionError, match="already registered by"):
        row_check("not_null")(even)


def test_a_module_may_be_loaded_again():
    row_check("test_even", types=numeric, says="even, above {above}")(even)
    assert definition_of("test_even").function is even


def test_an_unknown_check_names_the_closest():
    with pytest.raises(CheckDefinitionError, match="did you mean 'between'"):
        definition_of("betwen")


def test_checks_come_by_entry_point(monkeypatch: pytest.MonkeyPatch, tmp_path: Any):
    """A package that is installed brings its checks: no import, no call."""
    (tmp_path / "sdq_test_plugin.py").write_text(
        "from sentineldq import row_check\n"
        "@row_check('test_from_a_plugin')\n"
        "def positive(value):\n"
        '    """The number is above zero."""\n'
        "    return value > 0\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    point = EntryPoint(name="plugin", value="sdq_test_plugin", group=definition.ENTRY_POINTS)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: EntryPoints([point]))
    definition._load_plugins.cache_clear()
    outcome = sentineldq.check(DATA, checks=[Check(kind="test_from_a_plugin", column="n")]).checks[0]
    assert (outcome.status, outcome.evaluated) == ("pass", 3)


@pytest.mark.parametrize("kind", sorted(name for name in catalogue() if not name.startswith("test_")))
def test_every_check_says_what_it_is(kind: str):
    found = definition_of(kind)
    assert found.summary.endswith(".")
    assert found.says
    named = {part.split("}")[0] for part in found.says.split("{")[1:]}
    assert named <= {*found.parameters, "min", "max"}
