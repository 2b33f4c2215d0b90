"""Contracts of every shape, for the round trips of all formats."""

from __future__ import annotations

from hypothesis import strategies as st

from sentineldq.contracts.formats.base import contract, rule
from sentineldq.contracts.model import (
    EnumValue,
    MapType,
    Property,
    Quality,
    Relationship,
    SchemaObject,
    TypeOptions,
)

names = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True).filter(
    lambda name: name not in ("null", "true", "false", "nan", "inf", "y", "n", "yes", "no", "on", "off")
)
words = st.text(
    st.characters(categories=("L", "N", "P", "Zs"), max_codepoint=0x2FFF), min_size=1, max_size=12
)
numbers = st.integers(-1000, 1000) | st.floats(-1000, 1000, allow_nan=False).map(lambda x: round(x, 3))
patterns = st.sampled_from(["^a+$", r"\d{3}", "[^x]", "a|b", r"^\S+@\S+$", "café"])
formats = st.sampled_from(["email", "uuid", "uri", "ipv4"])
values = st.lists(words, min_size=1, max_size=4, unique=True)


def ranges(ends=numbers):
    """Bounds, closed or both open."""
    return st.tuples(ends, ends, st.booleans(), st.sampled_from(["both", "min", "max"])).map(_range)


def _range(drawn):
    first, second, strict, which = drawn
    bounds = {"min": min(first, second), "max": max(first, second)}
    bounds = {side: value for side, value in bounds.items() if which in ("both", side)}
    return bounds | ({f"strict_{side}": True for side in list(bounds)} if strict else {})


@st.composite
def options(draw, logical):
    found = {}
    if logical in ("integer", "number"):
        for side, value in draw(st.one_of(st.just({}), ranges())).items():
            if side in ("min", "max"):
                found[f"{side}imum"] = value
    if logical == "string":
        found = draw(
            st.fixed_dictionaries(
                {}, optional={"pattern": patterns, "format": formats, "min_length": st.integers(0, 9)}
            )
        )
    if logical == "array":
        found = draw(
            st.fixed_dictionaries(
                {}, optional={"min_items": st.integers(0, 5), "unique_items": st.just(True)}
            )
        )
    if logical == "timestamp":
        found = {"timezone": draw(st.booleans())}
    return TypeOptions(**found) if found else None


rules = st.one_of(
    st.just(("not_null", {})),
    st.just(("unique", {})),
    st.just(("null", {})),
    st.tuples(st.just("in_set"), st.fixed_dictionaries({"values": values})),
    st.tuples(st.just("not_in_set"), st.fixed_dictionaries({"values": values})),
    st.tuples(st.just("between"), ranges()),
    st.tuples(st.just("matches"), st.fixed_dictionaries({"pattern": patterns})),
    st.tuples(st.just("not_matches"), st.fixed_dictionaries({"pattern": patterns})),
    st.tuples(
        st.just("matches_all"),
        st.fixed_dictionaries({"patterns": st.lists(patterns, min_size=1, max_size=2)}),
    ),
    st.tuples(st.just("length"), st.fixed_dictionaries({"min": st.integers(0, 5), "max": st.integers(5, 9)})),
    st.tuples(st.just("mean"), ranges()),
    st.tuples(st.just("distinct_count"), ranges(st.integers(0, 99))),
    st.tuples(st.just("null_share"), st.fixed_dictionaries({"max": st.sampled_from([0.1, 0.25, 0.5])})),
    st.tuples(st.just("zscore"), st.fixed_dictionaries({"max": st.just(3.0)})),
    st.tuples(
        st.just("freshness"), st.fixed_dictionaries({"max_age": st.sampled_from(["2h", "90m", "PT1H"])})
    ),
    st.just(("made_up", {"x": 1})),
)


@st.composite
def qualities(draw, column=None):
    kind, params = draw(rules)
    return rule(
        kind,
        column=column,
        params=params,
        tolerance=draw(st.sampled_from([None, None, 0.05, {"warn": 0.01, "fail": 0.1}])),
        where=draw(st.sampled_from([None, None, "a > 1"])),
        severity=draw(st.sampled_from([None, "WARNING", "INFO", "CRITICAL"])),
        name=draw(st.sampled_from([None, "check one"])),
        description=draw(st.none() | words),
        on_violation=draw(st.sampled_from([None, None, "block"])),
    )


library = st.one_of(
    st.builds(lambda value: Quality(metric="nullValues", must_be=value), st.sampled_from([0, 3])),
    st.builds(
        lambda value: Quality(metric="nullValues", must_be_less_or_equal_to=value, unit="percent"), st.just(5)
    ),
    st.builds(
        lambda found: Quality(metric="invalidValues", arguments={"validValues": found}, must_be=0), values
    ),
    st.builds(
        lambda found: Quality(metric="missingValues", arguments={"missingValues": [None, *found]}, must_be=0),
        values,
    ),
    st.just(Quality(metric="duplicateValues", must_be=0)),
    st.just(Quality(type="text", description="be good")),
    st.just(Quality(type="sql", query="SELECT count(*) FROM ${table}", must_be_greater_than=1)),
    st.just(Quality(type="custom", engine="other", implementation="x: 1")),
)


@st.composite
def properties(draw, name, depth=0):
    logical = draw(
        st.sampled_from(
            ["string", "integer", "number", "boolean", "date", "timestamp", None]
            + (["object", "array", "map"] if depth < 2 else [])
        )
    )
    prop = Property(
        name=name,
        logical_type=logical,
        required=draw(st.booleans()),
        unique=draw(st.integers(0, 4)) == 0,
        description=draw(st.none() | words),
        logical_type_options=draw(options(logical)),
        classification=draw(st.sampled_from([None, None, "pii"])),
    )
    if logical == "string" and draw(st.booleans()):
        prop.enum = [EnumValue(value=value) for value in draw(values)]
    if logical == "object":
        prop.properties = draw(members(depth + 1))
    if logical == "array":
        prop.items = draw(properties("items", depth + 1))
        prop.items.unique = False
    if logical == "map":
        key = Property(name="key", logical_type="string", required=True)
        prop.map = MapType(
            key=key, value=Property(name="value", logical_type="integer", required=draw(st.booleans()))
        )
    prop.quality = draw(st.lists(qualities() | library, max_size=2))
    if depth == 0 and draw(st.integers(0, 6)) == 0:
        prop.relationships = [Relationship(to="customers.id")]
    return prop


@st.composite
def members(draw, depth=0):
    chosen = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    return [draw(properties(name, depth)) for name in chosen]


@st.composite
def contracts(draw):
    found = draw(members())
    columns = [prop.name for prop in found]
    if draw(st.booleans()):
        for position, prop in enumerate(found[: draw(st.integers(0, 2))]):
            prop.primary_key, prop.primary_key_position = True, position + 1
    at_table = [
        rule("row_count", params=draw(ranges(st.integers(0, 100)))),
        rule("unique_together", columns=columns, params={"ignore_missing": "never"}),
        rule("unique_together", columns=columns),
        rule("expression", params={"sql": "a > 1"}),
        rule("columns_in_order", params={"columns": columns}),
        Quality(metric="rowCount", must_be_greater_than=5),
        rule("query_returns_none", params={"query": "SELECT * FROM ${table} WHERE a > 1"}),
    ]
    item = SchemaObject(
        name=draw(names),
        description=draw(st.none() | words),
        properties=found,
        quality=draw(st.lists(st.sampled_from(at_table), max_size=2))
        + draw(st.lists(qualities(column=columns[0]), max_size=1)),
    )
    return contract(draw(names), [item])
