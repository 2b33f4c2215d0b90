"""What moves a distribution moves that one, as much as the script says, and leaves the others where they were."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from statistics import correlation, fmean, median, stdev
from typing import Any

import pytest
import yaml

from sentineldq.sources.simulate import generate, truth

RECORDS = 8000
HALF = RECORDS // 2


def made(*faults: dict[str, Any], shape: str = "table", **options: Any) -> list[dict[str, Any]]:
    given = {"seed": 3, "records": RECORDS, "rate": 100, "faults": list(faults), **options}
    return [json.loads(record) for record in generate(shape, **given)]


def column(rows: list[dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in rows if row.get(name) is not None]


@pytest.fixture(scope="module")
def quiet():
    return made()


def test_the_table_is_what_the_guide_says(quiet):
    assert correlation(column(quiet, "score"), column(quiet, "grade")) == pytest.approx(0.9, abs=0.02)
    shares = Counter(column(quiet, "plan"))
    assert [shares[plan] / RECORDS for plan in ("free", "pro", "team")] == pytest.approx(
        [0.62, 0.29, 0.09], abs=0.03
    )
    assert len(column(quiet, "discount")) / RECORDS == pytest.approx(0.3, abs=0.02)
    assert max(column(quiet, "size")) > 50 * median(column(quiet, "size"))
    by_plan = {plan: fmean(row["amount"] for row in quiet if row["plan"] == plan) for plan in shares}
    assert by_plan["free"] < by_plan["pro"] < by_plan["team"]
    good = [row["outcome"] for row in quiet if row["score"] > 60]
    assert fmean(good) > fmean(column(quiet, "outcome")) + 0.1


def test_the_week_has_a_rhythm_unless_there_is_none():
    for rhythm, apart in ((True, 0.2), (False, 0.0)):
        rows = made(records=60_000, rate=200, rhythm=rhythm)
        ends = [row for row in rows if row["at"][8:10] in {"11", "12", "18", "19"}]
        days = [row for row in rows if row["at"][8:10] in {"07", "08", "09", "14", "15", "16"}]
        shares = [fmean(row["device"] == "mobile" for row in part) for part in (ends, days)]
        assert shares[0] - shares[1] == pytest.approx(apart, abs=0.02)
        slower = fmean(column(days, "latency_ms")) / fmean(column(ends, "latency_ms"))
        assert slower == pytest.approx(1.2 if rhythm else 1.0, abs=0.08)


def test_a_mean_moves_and_the_spread_does_not(quiet):
    rows = made({"kind": "shift", "field": "score", "add": 5})
    assert fmean(column(rows, "score")) == pytest.approx(fmean(column(quiet, "score")) + 5)
    assert stdev(column(rows, "score")) == pytest.approx(stdev(column(quiet, "score")))
    assert column(rows, "grade") == column(quiet, "grade")


def test_a_spread_grows_about_its_centre(quiet):
    rows = made({"kind": "spread", "field": "score", "factor": 2, "around": 50})
    assert fmean(column(rows, "score")) == pytest.approx(fmean(column(quiet, "score")), abs=0.5)
    assert stdev(column(rows, "score")) == pytest.approx(2 * stdev(column(quiet, "score")), rel=0.01)


def test_a_tail_grows_and_the_middle_stays(quiet):
    rows = made({"kind": "tail", "field": "amount", "rate": 0.05})
    assert median(column(rows, "amount")) == pytest.approx(median(column(quiet, "amount")), rel=0.05)
    assert sorted(column(rows, "amount"))[-8] > 1.2 * sorted(column(quiet, "amount"))[-8]
    assert stdev(column(rows, "amount")) > 1.5 * stdev(column(quiet, "amount"))


def test_categories_change_names(quiet):
    rows = made({"kind": "swap", "field": "country", "values": {"DE": "FR", "FR": "DE"}})
    before, after = Counter(column(quiet, "country")), Counter(column(rows, "country"))
    assert (after["DE"], after["FR"], after["US"]) == (before["FR"], before["DE"], before["US"])


@pytest.mark.parametrize("shape", ["table", "github"])
def test_a_prior_moves_the_share_and_not_what_depends_on_it(shape):
    field, wanted = {"table": ("plan", "team"), "github": ("type", "ForkEvent")}[shape]
    before = made(shape=shape)
    after = made({"kind": "prior", "value": wanted, "rate": 0.4}, shape=shape)
    share, grown = (fmean(row[field] == wanted for row in rows) for rows in (before, after))
    assert grown == pytest.approx(share + 0.4 * (1 - share), abs=0.02)
    assert len({row["id"] for row in after}) == RECORDS
    if shape == "table":
        of_team = [fmean(row["score"] for row in rows if row["plan"] == "team") for rows in (before, after)]
        assert of_team[0] == pytest.approx(of_team[1], abs=1)
        assert [row["at"] for row in after] == [row["at"] for row in before]


def test_a_covariate_moves_the_input_and_what_follows_from_it(quiet):
    rows = made({"kind": "covariate", "field": "score", "above": 60, "rate": 0.5})
    high = [fmean(row["score"] > 60 for row in part) for part in (quiet, rows)]
    assert high[1] == pytest.approx(0.5 + 0.5 * high[0], abs=0.02)
    given = [fmean(row["outcome"] for row in part if row["score"] > 60) for part in (quiet, rows)]
    assert given[0] == pytest.approx(given[1], abs=0.04)
    assert fmean(column(rows, "outcome")) > fmean(column(quiet, "outcome")) + 0.05


def test_what_comes_gradually_comes_more_and_more(quiet):
    rows = made({"kind": "shift", "field": "score", "add": 100, "from": 1000, "over": 4000})
    struck = [one["score"] != other["score"] for one, other in zip(rows, quiet, strict=True)]
    quarters = [fmean(struck[first : first + 1000]) for first in range(0, 7000, 1000)]
    assert quarters == pytest.approx([0, 0.125, 0.375, 0.625, 0.875, 1, 1], abs=0.05)


def test_the_time_it_takes_can_be_a_span(quiet):
    fault = {"kind": "shift", "field": "score", "add": 100, "from": "2025-01-07T00:00:00Z", "over": "24h"}
    rows = made(fault)
    struck = [row["at"][:13] for one, row in zip(quiet, rows, strict=True) if one["score"] != row["score"]]
    hours, all_hours = Counter(struck), Counter(row["at"][:13] for row in rows)
    assert min(hours) >= "2025-01-07T00"
    assert hours["2025-01-08T03"] == all_hours["2025-01-08T03"]
    assert 0.3 < hours["2025-01-07T12"] / all_hours["2025-01-07T12"] < 0.8


def test_fields_go_and_get_other_names():
    rows = made(
        {"kind": "schema_drop", "field": "ratio", "until": HALF},
        {"kind": "schema_rename", "field": "visits", "to": "views", "from": HALF},
    )
    assert {("ratio" in row, "visits" in row, "views" in row) for row in rows[:HALF]} == {
        (False, True, False)
    }
    assert {("ratio" in row, "visits" in row, "views" in row) for row in rows[HALF:]} == {(True, False, True)}


def test_the_truth_tells_what_gave_way():
    faults = [{"kind": "prior", "value": "team", "rate": 0.3}]
    lines = list(truth("table", seed=3, records=2000, faults=faults))
    assert {line.after for line in lines} == {"team"}
    assert {line.before for line in lines} == {"free", "pro", "team"}
    assert {(line.field, line.expected) for line in lines} == {("plan", "accepted")}


ADDED = {"kind": "schema_add", "field": "trace", "value": 7, "from": 1000}
MOVED = {"kind": "shift", "field": "score", "add": 100, "from": 2000}
SPOILT = {"kind": "bad_type", "field": "amount", "rate": 0.05}
SWAPPED = {"kind": "out_of_order", "rate": 0.05}


@pytest.mark.parametrize("script", [[ADDED, MOVED], [MOVED, ADDED]])
def test_a_field_more_and_a_later_shift_both_hold_in_any_order(quiet, script):
    rows = made(*script)
    assert [row.get("trace") for row in rows] == [None] * 1000 + [7] * (RECORDS - 1000)
    moved = [one["score"] != other["score"] for one, other in zip(rows, quiet, strict=True)]
    assert moved == [other["score"] is not None and at >= 2000 for at, other in enumerate(quiet)]
    told = Counter(line.kind for line in truth("table", seed=3, records=RECORDS, rate=100, faults=script))
    assert told == {"schema_add": RECORDS - 1000, "shift": sum(moved)}


@pytest.mark.parametrize("turned", [False, True])
def test_faults_of_single_records_strike_as_often_under_what_moves_all(turned):
    script = [ADDED, SPOILT, MOVED, SWAPPED]
    script = script[::-1] if turned else script
    rows = made(*script)
    lines = list(truth("table", seed=3, records=RECORDS, rate=100, faults=script))
    told = Counter(line.kind for line in lines)
    assert told["bad_type"] / RECORDS == pytest.approx(0.05, abs=0.01)
    assert told["out_of_order"] / RECORDS == pytest.approx(0.05, abs=0.012)
    refused = {line.position for line in lines if line.expected == "refused"}
    accepted = {line.position for line in lines if line.expected == "accepted"}
    assert not refused & accepted
    assert {at for at, row in enumerate(rows) if "trace" in row} == set(range(1000, RECORDS)) - refused


def test_what_is_over_another_fault_knows_the_type_it_has_become():
    script = [
        {"kind": "shift", "field": "size", "value": -1, "only": "team"},
        {"kind": "prior", "value": "team", "rate": 0.4},
        {"kind": "out_of_order", "rate": 0.1},
    ]
    rows = made(*script)
    assert {row["size"] for row in rows if row["plan"] == "team"} == {-1}
    assert all(row["size"] > 0 for row in rows if row["plan"] != "team")


def test_the_script_of_the_project_of_github_leaves_out_none_of_its_faults():
    folder = Path(__file__).parents[2] / "projects" / "github"
    listed = yaml.safe_load((folder / "faults.yaml").read_text())["faults"]
    lines = truth("github", seed=1, records=18_000, faults=listed)
    assert {line.fault for line in lines} == set(range(1, len(listed) + 1))
