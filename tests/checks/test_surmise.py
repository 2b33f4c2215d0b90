"""Checks without a contract: faults stand out, sound data stays quiet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from sentineldq.api import check
from sentineldq.checks.model import Outcome
from sentineldq.checks.spelling import lookalikes
from tests.checks.frames import frames, text_files


def found(data: Any) -> dict[str, Outcome]:
    """The outcomes that are no pass, by name."""
    return {outcome.name: outcome for outcome in check(data).checks if outcome.status != "pass"}


def csv(**columns: list[Any]) -> bytes:
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows), ""]).encode()


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(frames())
def test_no_frame_makes_a_check_that_cannot_run(frame: pl.DataFrame) -> None:
    assert [(item.name, item.message) for item in check(frame).checks if item.status == "error"] == []


@settings(max_examples=100)
@given(text_files())
def test_no_text_file_makes_a_check_that_cannot_run(content: bytes) -> None:
    assert [(item.name, item.message) for item in check(content).checks if item.status == "error"] == []


def test_text_that_reads_as_a_number_nearly_everywhere_is_one() -> None:
    outcome = found(csv(age=[*range(97), "x1", "x?", "12y"]))["age.type"]
    assert (outcome.failed, outcome.evaluated, outcome.severity) == (3, 100, "WARNING")
    assert outcome.description == "97.0 % of the values read as integer"


def test_codes_with_leading_zeros_are_no_numbers() -> None:
    assert found(csv(zip=[f"{n:05}" for n in range(100)])) == {}
    assert list(found(csv(zip=[*(f"{n:05}" for n in range(99)), "x"]))) == ["zip.matches"]


def test_formats() -> None:
    emails = [f"user{n}@example.com" for n in range(97)]
    assert found({"contact": [*emails, "nobody", "a@", "@b"]})["contact.format"].failed == 3


def test_shapes() -> None:
    codes = [f"AB-{n:04}" for n in range(99)]
    assert found({"code": [*codes, "AB_0001"]})["code.matches"].samples == ["AB_0001"]


def test_a_word_within_codes_is_spelled_like_the_others() -> None:
    values = [f"{n} patients" for n in range(99)]
    assert found({"sample": [*values, "99 patixnts"]})["sample.matches"].samples == ["99 patixnts"]


def test_missing_values() -> None:
    outcomes = found({"a": [None, 1, 2], "b": ["x", "N/A", ""], "c": [1, 2, 3]})
    assert {name: outcome.failed for name, outcome in outcomes.items()} == {
        "a.not_null": 1,
        "b.not_missing": 2,
    }
    assert all(outcome.dimension == "completeness" for outcome in outcomes.values())


def test_a_column_that_is_mostly_empty_is_a_remark() -> None:
    outcome = found({"note": ["x", *[None] * 9], "id": range(10)})["note.not_null"]
    assert (outcome.status, outcome.severity, outcome.failed) == ("warn", "INFO", 9)


def test_a_placeholder_among_codes_of_its_length_is_a_code() -> None:
    assert found({"country": ["DE", "NA", "FR", "US"] * 10}) == {}


def test_a_placeholder_in_a_column_of_numbers_is_missing_and_of_no_wrong_type() -> None:
    outcomes = found(csv(age=[*range(95), *["N/A"] * 5], day=range(100)))
    assert list(outcomes) == ["age.not_null"]
    assert outcomes["age.not_null"].failed == 5


def test_repeated_rows() -> None:
    rows = [{"a": n, "b": "x"} for n in range(50)]
    outcome = found([*rows, rows[7]])["rows.unique"]
    assert (outcome.failed, outcome.dimension) == (2, "uniqueness")


def test_keys() -> None:
    data = {"customer_id": [n // 2 for n in range(100)], "order_id": [*range(99), 5], "x": [1.0] * 100}
    assert list(found(data)) == ["order_id.unique"]


def test_outliers_are_remarks() -> None:
    outcome = found({"height": [170 + n % 30 for n in range(200)] + [17_000]})["height.iqr"]
    assert (outcome.status, outcome.severity, outcome.samples) == ("warn", "INFO", [17_000])


def test_a_long_tail_is_no_outlier() -> None:
    assert found({"price": [1.04**n for n in range(300)], "x": range(300)}) == {}


def test_numbers_that_stand_for_something_have_no_outliers() -> None:
    assert found({"zip": [*(10_000 + n for n in range(100)), 99_999_999]}) == {}


def test_misspellings() -> None:
    outcome = found({"status": [*["shipped"] * 50, *["pending"] * 40, "shiped", "Shipped", "refused"]})[
        "status.in_set"
    ]
    assert set(outcome.samples) == {"shiped", "Shipped"}
    assert outcome.description == "'Shipped' looks like 'shipped'; 'shiped' looks like 'shipped'"


@pytest.mark.parametrize(
    ("rare", "frequent", "alike"),
    [
        ("birminghxm", "birmingham", True),
        ("acute  care", "acute care", True),
        ("AMI-1", "ami-1", True),
        ("version 2", "version 3", False),
        ("ak_ami-1", "al_ami-1", False),
        ("male", "female", False),
        ("Iran", "Iraq", True),
        ("Mauritania", "Mauritius", False),
    ],
)
def test_what_looks_like_a_misspelling(rare: str, frequent: str, alike: bool) -> None:
    assert lookalikes({frequent: 100, "something else": 90, rare: 1}) == ({rare: frequent} if alike else {})


def test_names_and_free_text_are_not_spell_checked() -> None:
    assert lookalikes({f"Person {chr(97 + n)}anna": 1 for n in range(26)} | {"Person hanna": 9}) == {}


def test_a_value_unlike_others_of_its_code() -> None:
    zips = [10_000 + n // 20 for n in range(400)]
    cities = [f"city of number {code % 7}" for code in zips]
    cities[33] = "elsewhere"
    outcome = found({"zip": zips, "city": cities, "n": range(400)})["city.by_zip"]
    assert (outcome.failed, outcome.kind, outcome.dimension) == (1, "dependency", "consistency")
    assert outcome.description == "99.8 % of the rows have the usual city of their zip"


def test_groups_that_are_divided_depend_on_something_else() -> None:
    zips = [10_000 + n // 20 for n in range(400)]
    streets = [
        f"street {code % 7}{' b' if n % 20 > 9 and code == 10_003 else ''}" for n, code in enumerate(zips)
    ]
    assert found({"zip": zips, "street_nr": streets, "n": range(400)}) == {}


def test_blanks_around_values() -> None:
    assert (
        found({"city": [f"town {n}" for n in range(99)] + [" village"]})["city.not_matches"].severity
        == "INFO"
    )


def test_negative_amounts_are_a_remark() -> None:
    data = {"fare_amount": [*(5.0 + n % 40 for n in range(199)), -6.5], "trip": range(200)}
    assert found(data)["fare_amount.not_negative"].failed == 1


def test_tables_of_no_row_and_of_one() -> None:
    assert list(found({"a": [], "b": []})) == ["row_count"]
    assert found({"a": [1], "b": ["x"]}) == {}
    assert check(b"a,b\n").rows == 0


def test_two_thousand_columns() -> None:
    data = {f"c{n}": [n, n + 1, None if n == 7 else n] for n in range(2000)}
    assert list(found(data)) == ["c7.not_null"]


def test_fields_of_objects_that_are_always_there() -> None:
    data = [{"actor": {"login": f"a{n}", "org": None if n % 2 else "o"}, "n": n} for n in range(40)]
    data[3]["actor"]["login"] = None  # type: ignore[index]
    assert list(found(data)) == ["actor.login.not_null"]


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("market/AAPL.csv", set()),
        ("market/yahoofinance-SPY-20200901-20210113.csv", set()),
        ("ecommerce/olist/olist_customers_dataset.csv", set()),
        ("ecommerce/olist/olist_sellers_dataset.csv", set()),
        ("ecommerce/olist/olist_geolocation_dataset.csv", {"rows.unique"}),
        ("dirty/hospital/clean.csv", {"Score.not_missing", "Sample.not_missing"}),
    ],
)
def test_sound_files_are_calm(shared_data: Path, path: str, expected: set[str]) -> None:
    outcomes = found(str(shared_data / path))
    assert {name for name, outcome in outcomes.items() if outcome.status == "fail"} == expected
