"""JSON: always valid, as published, nothing lost."""

import json
import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from uuid import UUID

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.checks.model import Outcome, Result, Tolerance
from sentineldq.errors import UsageError
from sentineldq.readers.finding import Finding
from sentineldq.reports import FORMATS, render
from sentineldq.reports.json import schema

DOC = Path(__file__).parents[2] / "docs" / "reference" / "result.md"

texts = st.text(st.characters(codec=None, exclude_categories=()), max_size=12)  # lone surrogates too
shares = st.floats(0, 1)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), texts, st.binary(max_size=8), st.decimals(),
    st.dates(), st.datetimes(timezones=st.none() | st.just(UTC)), st.times(), st.timedeltas(), st.uuids(),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
outcomes = st.builds(
    Outcome,
    name=texts,
    kind=texts,
    column=st.none() | texts,
    evaluated=st.none() | st.integers(0),
    failed=st.none() | st.integers(0),
    failed_share=st.none() | shares,
    tolerance=st.none() | st.builds(Tolerance, warn=st.none() | shares, fail=shares),
    observed=values,
    expected=st.none() | texts,
    samples=st.lists(values, max_size=3),
    message=st.none() | texts,
    description=st.none() | texts,
    origin=st.none() | texts,
    weight=st.floats(0, 100),
    fingerprint=texts,
)
results = st.builds(
    Result,
    dataset=texts,
    contract=st.none() | texts,
    contract_version=st.none() | texts,
    engine=texts,
    rows=st.integers(0),
    score=st.none() | shares,
    dimensions=st.dictionaries(st.sampled_from(["accuracy", "uniqueness"]), shares),
    duration_s=st.floats(0, 1e6),
    checks=st.lists(outcomes, max_size=3),
    findings=st.lists(
        st.builds(Finding, type=texts, message=texts, cells=st.none() | st.lists(texts, max_size=2)),
        max_size=2,
    ),
    findings_count=st.integers(0),
    sentineldq=texts,
)


def refuse(constant):
    raise AssertionError(f"{constant} is not JSON")


def read(text):
    """The JSON in a text, and nothing that is not quite JSON; valid against the published schema."""
    tree = json.loads(text.encode("utf-8"), parse_constant=refuse)
    published = json.loads(files("sentineldq.reports").joinpath("result.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(published).validate(tree)
    return tree


def test_published_schema_is_that_of_the_structs():
    """To renew it: write `json.dumps(schema(), indent=2)` and a newline to result.schema.json."""
    text = files("sentineldq.reports").joinpath("result.schema.json").read_text("utf-8")
    assert json.loads(text) == schema()
    jsonschema.Draft202012Validator.check_schema(schema())


def test_every_field_is_documented():
    text = DOC.read_text("utf-8")
    for definition in schema()["$defs"].values():
        for field in definition["properties"]:
            assert f"`{field}`" in text, field


def test_real_result(result):
    tree = read(render(result, "json"))
    assert [check["name"] for check in tree["checks"]] == [check.name for check in result.checks]
    assert tree["rows"] == result.rows
    assert tree["passed"] is False


def test_nulls_are_kept(result):
    check = next(item for item in read(render(result, "json"))["checks"] if item["kind"] == "row_count")
    assert check["failed"] is None
    assert check["failed_share"] is None
    assert check["column"] is None


def test_it_reads_back_as_the_same_result(result):
    plain = msgspec.structs.replace(result, checks=[check for check in result.checks if not check.samples])
    assert msgspec.json.decode(render(plain, "json"), type=Result) == plain


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (Decimal("12.30"), "12.30"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02T03:04:00Z"),
        (time(3, 4), "03:04:00"),
        (timedelta(days=1), "P1D"),
        (UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        (b"\xff", "/w=="),
        (2**80, 2**80),
        ("\ud83d\ude00 \ud800", "😀 \ufffd"),
        ({"at": {1: (math.nan,)}}, {"at": {"1": ["NaN"]}}),
    ],
)
def test_values_of_the_data(result, value, written):
    result.checks = [msgspec.structs.replace(result.checks[0], observed=value, samples=[value])]
    (check,) = read(render(result, "json"))["checks"]
    assert check["observed"] == written
    assert check["samples"] == [written]


@given(result=results)
def test_any_result_is_valid(result):
    tree = read(render(result, "json"))
    assert len(tree["checks"]) == len(result.checks)
    assert [len(check["samples"]) for check in tree["checks"]] == [
        len(check.samples) for check in result.checks
    ]


@given(result=results)
def test_no_format_fails_on_any_result(result):
    for name in FORMATS:
        render(result, name).encode("utf-8")


def test_unknown_format_names_the_nearest(result):
    with pytest.raises(UsageError, match="did you mean 'json'"):
        render(result, "jsn")
