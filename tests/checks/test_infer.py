"""A contract inferred from data: what it claims, and that the same data passes it."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from sentineldq.api import check, split
from sentineldq.checks.infer import infer_contract
from sentineldq.contracts.lint import lint_document
from sentineldq.contracts.load import load_contract
from sentineldq.contracts.model import Contract, Property
from sentineldq.readers.open import open_table
from sentineldq.readers.table import Table
from tests.checks.frames import frames, text_files

ROWS = 200


def infer(data: Any) -> Contract:
    return infer_contract(open_table(data))


def column(values: list[Any], name: str = "thing") -> Property:
    found = infer({name: values}).schema[0].find(name)
    assert found is not None
    return found


def assert_passes(table: Table) -> None:
    contract = infer_contract(table)
    document = contract.dump()
    assert load_contract(document) == contract
    assert [problem for problem in lint_document(document) if problem.level == "error"] == []
    result = check(table, document)
    assert [
        (found.name, found.status, found.message) for found in result.checks if found.status != "pass"
    ] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(frames())
def test_any_frame_passes_its_own_contract(frame: pl.DataFrame) -> None:
    assert_passes(open_table(frame))


@settings(max_examples=100)
@given(text_files())
def test_any_text_file_passes_its_own_contract(content: bytes) -> None:
    assert_passes(open_table(content, format="csv"))


@pytest.mark.corpus
@pytest.mark.parametrize(
    "pattern",
    [
        "market/*.csv",
        "ecommerce/olist/*.csv",
        "ecommerce/retail-by-day/2010-12-0*.csv.gz",
        "dirty/hospital/*.csv",
        pytest.param("github/*-0.json.gz", marks=pytest.mark.slow),
    ],
)
def test_real_files_pass_their_own_contracts(shared_data: Path, pattern: str) -> None:
    for path in sorted(shared_data.glob(pattern)):
        assert_passes(open_table(str(path)))


@pytest.mark.parametrize(
    ("form", "make"),
    [
        ("email", lambda n: f"user{n}@example.com"),
        ("uuid", lambda n: str(uuid.UUID(int=n))),
        ("url", lambda n: f"https://example.com/{n}"),
        ("ipv4", lambda n: f"10.0.{n // 250}.{n % 250}"),
        ("date-time", lambda n: f"2024-01-01T00:00:{n % 60:02}Z"),
        ("date", lambda n: str(date(2024, 1, 1) + timedelta(n))),
        ("phone", lambda n: f"+4930{n:06}"),
        ("mac", lambda n: f"00:00:00:00:00:{n:02x}"),
    ],
)
def test_names_formats(form: str, make: Any) -> None:
    assert column([make(n) for n in range(ROWS)]).options.format == form


def test_formats_that_look_like_much_else_need_the_name() -> None:
    codes = ["DE", "FR", "US", "GB"] * 50
    assert column(codes, "country").options.format == "country"
    assert column(codes, "team").options.format is None


def test_one_wrong_value_is_no_format() -> None:
    assert column([*(f"user{n}@example.com" for n in range(ROWS)), "nobody"]).options.format is None


def test_a_short_list_is_an_enum() -> None:
    assert [entry.value for entry in column(["new", "paid", "sent", "paid"] * 50).enum] == [
        "new",
        "paid",
        "sent",
    ]


def test_a_list_that_is_still_growing_is_no_enum() -> None:
    assert column([*(["new", "paid"] * 100), "refunded"]).enum == []


def test_measures_are_no_enum() -> None:
    found = column([1, 2, 3, 4] * 50, "quantity")
    assert found.enum == []
    assert (found.options.minimum, found.options.maximum) == (0, 10)


@pytest.mark.parametrize(
    ("values", "name", "low", "high"),
    [
        ([0.37, 99.12], "share_pct", 0, 100),
        ([0.37, 99.12], "points", 0, 100),
        ([3.5, 6735.0], "price", 0, 20_000),
        ([-12.0, 38.0], "celsius", -50, 100),
        ([0.1, 0.97], "y_proba", 0, 1),
        ([47.1, 55.2], "lat", -90, 90),
        ([35233, 36801], "zip", 10_000, 99_999),
        ([1, 5], "vendor_id", None, None),
    ],
)
def test_ranges_are_round_and_outside_the_data(values: list[Any], name: str, low: Any, high: Any) -> None:
    options = column(values * 100, name).options
    assert (options.minimum, options.maximum) == (low, high)


@pytest.mark.parametrize(
    ("make", "pattern"),
    [
        (lambda n: f"SKU-{n:04}", "^SKU-[0-9]{4}$"),
        (lambda n: f"{n:05}", "^[0-9]{5}$"),
        (lambda n: f"{n:04}{'ABC'[n % 3] if n % 2 else ''}", "^[0-9]{4}[A-Z]?$"),
        (lambda n: hashlib.md5(b"%d" % n).hexdigest(), "^[0-9a-f]{32}$"),
        (lambda n: f"{n} items", "^[0-9]+ items$"),
    ],
)
def test_codes_have_a_readable_pattern(make: Any, pattern: str) -> None:
    assert column([make(n) for n in range(ROWS)]).options.pattern == pattern


def test_a_single_fault_is_no_shape() -> None:
    assert column([*(f"SKU-{n:04}" for n in range(400)), "0017/x"]).options.pattern is None


def test_words_have_no_pattern() -> None:
    assert (
        column(
            [f"{a}{b}" for a in ["red", "blue", "green"] for b in ["ish", "est", "er"]] * 30
        ).options.pattern
        is None
    )


def test_the_key_is_the_column_that_identifies() -> None:
    found = infer({"total": range(ROWS), "order_id": range(ROWS), "name": ["a", "b"] * 100}).schema[0]
    assert found.primary_key == ["order_id"]


def test_two_columns_may_be_the_key() -> None:
    data = {
        "order_id": [n // 2 for n in range(ROWS)],
        "item_no": [n % 2 for n in range(ROWS)],
        "price": [1.5] * ROWS,
    }
    assert infer(data).schema[0].primary_key == ["order_id", "item_no"]


def test_a_column_that_determines_another_is_a_rule() -> None:
    zips = [10_000 + n // 20 for n in range(400)]
    rules = infer({"n": range(400), "zip": zips, "city": [f"c{code % 7}" for code in zips]}).schema[0].quality
    assert [(rule.name, rule.implementation) for rule in rules] == [
        ("zip determines city", {"check": "dependency", "columns": ["zip", "city"]})
    ]


def test_required_is_what_is_never_missing() -> None:
    found = infer(
        {"a": ["x"] * ROWS, "b": ["x"] * (ROWS - 1) + [None], "c": [float("nan")] + [1.0] * (ROWS - 1)}
    )
    assert [item.required for item in found.schema[0].properties] == [True, False, False]


def test_a_field_is_required_where_its_object_is() -> None:
    found = infer({"actor": [None, *({"login": "a", "org": None} for _ in range(ROWS))]}).schema[0]
    assert [(path, item.required) for path, item in found.walk()] == [
        ("actor", False),
        ("actor.login", True),
        ("actor.org", False),
    ]


def test_arrays_have_items() -> None:
    found = infer({"commits": [[{"sha": hashlib.md5(b"%d" % n).hexdigest()}] for n in range(ROWS)]}).schema[0]
    item = found.find("commits[].sha")
    assert item is not None
    assert item.options.pattern == "^[0-9a-f]{32}$"


def test_personal_data_is_tagged_with_its_reason() -> None:
    found = infer(
        {
            "contact": [f"user{n}@example.com" for n in range(ROWS)],
            "customer_name": ["Ada Byron", "Alan Turing"] * 100,
            "email_count": range(ROWS),
            "dob": [date(1980, 1, 1)] * ROWS,
            "product_name": ["Lamp", "Chair"] * 100,
        }
    ).schema[0]
    assert {item.name: (item.tags, item.classification) for item in found.properties if item.tags} == {
        "contact": (["pii:email"], "confidential"),
        "customer_name": (["pii:name"], "confidential"),
        "dob": (["pii:birth-date"], "confidential"),
    }
    assert found.properties[0].description == "Personal data (email): 100 % of the values are email values."


def test_little_data_claims_little() -> None:
    found = infer({"id": [1, 2, 3], "status": ["a", "a", "b"], "price": [1.0, 2.0, 3.0]}).schema[0]
    assert found.primary_key == ["id"]
    assert [(item.enum, item.logical_type_options) for item in found.properties] == [([], None)] * 3
    assert [item.required for item in found.properties] == [True, False, False]


def test_the_same_data_gives_the_same_contract() -> None:
    frame = pl.DataFrame({"id": range(ROWS), "kind": ["a", "b"] * 100})
    assert infer(frame).dump() == infer(frame).dump()


def test_more_rows_than_the_sample_are_all_confirmed() -> None:
    """The exception lies where no sample of a twentieth of the rows need find it."""
    rows = 400_000
    data = pl.DataFrame(
        {"code": pl.select(pl.format("K-{}", pl.int_range(rows) % 90_000 + 10_000)).to_series()}
    )
    data = data.with_columns(
        flag=pl.when(pl.int_range(rows) == 123_456).then(pl.lit("x")).otherwise(pl.lit("AB"))
    )
    late = data.with_columns(code=pl.when(pl.int_range(rows) == 77_777).then(pl.lit("?")).otherwise("code"))
    assert infer(data).schema[0].properties[0].options.pattern == "^K-[0-9]{5}$"
    assert infer(late).schema[0].properties[0].options.pattern is None
    assert_passes(open_table(late))


def test_two_thousand_columns() -> None:
    assert len(infer({f"c{n}": [1, 2, 3] for n in range(2000)}).schema[0].properties) == 2000


@pytest.mark.corpus
def test_a_contract_of_sound_data_finds_the_faults_of_its_dirty_twin(shared_data: Path) -> None:
    """509 cells of the hospital data (Raha) are wrong; a fault counts as found by the column it is told of."""
    clean, dirty = (
        open_table(str(shared_data / f"dirty/hospital/{name}.csv")) for name in ("clean", "dirty")
    )
    names = list(clean.frame.collect_schema())
    dirty = replace(
        dirty, frame=dirty.frame.select(pl.all().name.map(dict(zip(columns(dirty), names, strict=True)).get))
    )
    right, found = (table.frame.select(pl.all().cast(pl.String)).collect() for table in (clean, dirty))
    wrong = {
        (row, name)
        for name in names
        for row, same in enumerate(right[name].eq_missing(found[name]))
        if not same
    }
    told = set()
    for row in split(dirty, infer_contract(clean)).bad.to_native().collect().iter_rows(named=True):
        told |= {(int(row["index"]) - 1, error["columns"][-1]) for error in row["_errors"]}
    assert len(wrong) == 509
    assert len(told & wrong) >= 0.9 * len(wrong)
    assert len(told & wrong) >= 0.98 * len(told)


def columns(table: Table) -> list[str]:
    return list(table.frame.collect_schema())
