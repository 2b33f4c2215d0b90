"""On public data the verdicts are those that the raw values give."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import polars as pl
import pytest

from sentineldq.drift.compare import compare
from sentineldq.drift.settings import settings_of
from sentineldq.profiles.build import profile
from tests.drift.raw import measured

pytestmark = pytest.mark.corpus
ALL = settings_of(
    {"targets": [{"tests": {"number": ["psi", "ks", "wasserstein", "mean", "tail", "null_share"],
                            "category": ["psi", "chi_square", "null_share"]}}]}
)  # fmt: skip
#: How far a sketch may move an effect: its rank error of both windows, over the bins or the range.
SLACK = {"psi": 0.05, "ks": 0.03, "wasserstein": 0.06, "tail": 0.05}
SURE = 1e-4


def agree(baseline: pl.DataFrame, current: pl.DataFrame, *, at_least: int = 10, settings=ALL):
    """Hold every verdict against the raw one; what lies within the sketch's error of a threshold is left out."""
    result = compare(profile(baseline), profile(current), settings=settings)
    compared, wrong = 0, []
    for test in result.tests:
        if (
            test.drift_type != "distribution"
            or test.status == "not enough data"
            or test.field_name not in baseline
        ):
            continue
        found = measured(test.metric_name, baseline[test.field_name], current[test.field_name])
        if found is None:
            continue
        effect, p_value = found
        slack = SLACK.get(test.metric_name, 1e-6)
        near = abs(effect - test.threshold) <= slack
        unsure = effect > test.threshold and SURE < p_value < 0.01
        if near or unsure:
            continue
        expected = effect >= test.threshold and p_value < 0.01
        compared += 1
        if (test.status == "drift") != expected:
            wrong.append((test.field_name, test.metric_name, test.effect, effect, test.adjusted, p_value))
    assert wrong == []
    assert compared >= at_least
    return result


def car(folder, name):
    return pl.read_csv(folder / f"drift/nannyml/synthetic_car_loan_{name}.csv.gz", try_parse_dates=True)


@pytest.mark.parametrize("part", ["first", "second"])
def test_car_loans_drift_in_the_second_half_of_what_is_analysed(shared_data, part):
    reference, analysis = car(shared_data, "reference").drop("repaid"), car(shared_data, "analysis")
    half = analysis[:25_000] if part == "first" else analysis[25_000:]
    drifted = {drift.field_name for drift in agree(reference, half).drifts}
    if part == "first":
        assert drifted == set()
    else:
        assert {"car_value", "salary_range", "loan_length", "repaid_loan_on_prev_car"} <= drifted
        assert not {"id", "driver_tenure", "timestamp", "size_of_downpayment"} & drifted


def test_car_loans_whose_quality_falls(shared_data):
    result = agree(car(shared_data, "dq_reference").drop("repaid"), car(shared_data, "dq_analysis"))
    found = {(drift.field_name, drift.metric_name) for drift in result.drifts}
    assert {("driver_tenure", "null_share"), ("salary_range", "null_share")} <= found
    assert ("size_of_downpayment", "new_values") in found


def test_halves_of_one_table_do_not_drift(shared_data):
    reference = car(shared_data, "reference")
    assert not agree(reference[::2], reference[1::2]).drifts
    assert not agree(reference[:25_000], reference[25_000:]).drifts


def test_taxis_drift_with_the_lockdown_and_not_before(shared_data):
    months = {
        file.name[-14:-7]: pl.read_csv(file, try_parse_dates=True)
        for file in sorted((shared_data / "drift/taxi-months").glob("*.csv.gz"))
    }
    first = months.pop("2019-09")
    for name in ("2019-12", "2020-04", "2020-06"):
        agree(first, months[name], at_least=40)
    before = profile(first)
    worst = {name: compare(before, profile(month)).worst for name, month in months.items()}
    drifted = [name for name, severity in worst.items() if severity]
    assert drifted == ["2020-03", "2020-04", "2020-05", "2020-06", "2020-07", "2020-08"]
    assert (
        worst["2020-03"] == "INFO"
    )  # New York stayed at home from the 22nd on: fewer rides with a rush-hour charge
    assert "INFO" not in {worst[name] for name in drifted[1:]}


def test_bikes_of_two_years(shared_data):
    with zipfile.ZipFile(shared_data / "drift/evidently/bike_sharing_dataset.zip") as archive:
        table = pl.read_csv(io.BytesIO(archive.read("hour.csv")), try_parse_dates=True)
    first, second = (table.filter(pl.col("yr") == year) for year in (0, 1))
    drifted = {drift.field_name for drift in agree(first, second).drifts}
    assert {"cnt", "registered", "yr"} <= drifted
    assert not {"hr", "mnth", "weekday", "temp", "windspeed"} & drifted
    winter, summer = (table.filter(pl.col("season") == season) for season in (1, 3))
    assert {"temp", "atemp"} <= {drift.field_name for drift in agree(winter, summer).drifts}


def events(path):
    with gzip.open(path, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    return pl.DataFrame(
        {
            "type": [row["type"] for row in rows],
            "public": [row["public"] for row in rows],
            "login": [row["actor"]["login"] for row in rows],
            "repo": [row["repo"]["name"] for row in rows],
            "org": [row.get("org", {}).get("login") for row in rows],
            "action": [row["payload"].get("action") for row in rows],
            "size": [row["payload"].get("size") for row in rows],
            "distinct_size": [row["payload"].get("distinct_size") for row in rows],
        }
    )


def test_two_hours_of_github_hardly_differ(shared_data):
    hours = [events(shared_data / f"github/2015-01-01-{hour}.json.gz") for hour in (0, 1)]
    result = agree(*hours, at_least=8)
    assert result.worst in {None, "INFO"}
    assert {drift.field_name for drift in result.drifts} <= {"org"}
