"""The evaluation of drift detection: its streams hold the truth they tell, and its score is what was found."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def streams(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return import_module("evaluate.streams")


@pytest.fixture
def score(streams):
    return import_module("evaluate.score")


def test_streams_are_the_same_for_a_seed_and_differ_with_it(streams):
    assert list(streams.streams(seed=5)) == list(streams.streams(seed=5))
    names = [one.name for one in streams.streams(seed=5)]
    assert len(set(names)) == len(names)
    assert not set(names) & {one.name for one in streams.streams(seed=500)}


def test_every_drift_is_checked_before_and_after_its_onset(streams):
    for one in streams.streams(seed=5):
        checks = [datetime.fromisoformat(check) for check in one.checks]
        assert {(check.hour, check.minute) for check in checks} == {(0, 0)}
        assert min(checks) - streams.START > timedelta(days=streams.BASELINE)
        assert max(checks) - streams.START <= timedelta(days=one.days)
        if one.onset:
            onset = datetime.fromisoformat(one.onset)
            assert timedelta(0) < checks[0] - onset <= timedelta(days=1)


@pytest.mark.parametrize("kind", ["mean", "nulls", "schema", "volume"])
def test_the_data_holds_what_the_stream_says(streams, tmp_path, kind):
    strength = "renamed" if kind == "schema" else "strong"
    stream = streams.drifting(kind, strength, 200, 3)
    frame = pl.read_parquet(streams.make(stream, tmp_path)).with_columns(
        pl.col("at").str.to_datetime(time_zone="UTC")
    )
    onset = datetime.fromisoformat(stream.onset)
    before, after = frame.filter(pl.col("at") < onset), frame.filter(pl.col("at") >= onset)
    match kind:
        case "mean":
            assert after["score"].mean() - before["score"].mean() == pytest.approx(6, abs=1)
        case "nulls":
            assert (before["country"].null_count(), after["country"].null_count() > after.height / 6) == (
                0,
                True,
            )
        case "schema":
            # The record in whose share of the volume the time lies may come a moment after it, as it was.
            assert (before["quota"].count(), after["ratio"].count() <= 1) == (0, True)
        case "volume":
            assert after.height / (stream.days - (onset - streams.START).total_seconds() / 86400) < 80
    told = json.loads((tmp_path / stream.name / "simulation.json").read_text())[0]["injected"]
    assert [one["records"] > 0 for one in told] == [True]


def test_a_stream_is_made_once_and_anew_when_it_changes(streams, tmp_path):
    stream = streams.quiet(200, 1, checks=1)
    first = streams.make(stream, tmp_path).stat().st_mtime_ns
    assert streams.make(stream, tmp_path).stat().st_mtime_ns == first
    other = streams.quiet(200, 1, checks=2)
    changed = pl.read_parquet(streams.make(other, tmp_path))
    assert changed.height > 8.5 * 200


def test_delay_counts_from_the_onset_to_the_first_check_that_names_it(streams, score):
    stream = streams.drifting("mean", "strong", 200, 3)
    second = stream.checks[1]
    alarms = {
        stream.name: {stream.checks[0]: ["ratio"], second: ["plan", "score"], stream.checks[2]: ["score"]}
    }
    hours = (datetime.fromisoformat(second) - datetime.fromisoformat(stream.onset)).total_seconds() / 3600
    assert score.delay(stream, alarms) == hours
    assert score.delay(stream, {}) is None
    assert score.delay(stream, {stream.name: {second: ["*"]}}) is None


def test_what_is_about_the_dataset_finds_changes_of_volume(streams, score):
    stream = streams.drifting("volume", "strong", 200, 3)
    assert score.delay(stream, {stream.name: {stream.checks[0]: ["*"]}}) is not None
    assert score.delay(stream, {stream.name: {stream.checks[0]: ["score"]}}) is None


def test_shares_and_false_alarms_are_counted(streams, score):
    pair = [streams.drifting("mean", "strong", 200, seed) for seed in (3, 4)]
    alarms = {pair[0].name: {pair[0].checks[0]: ["score"]}}
    one = score.found(pair, alarms)
    assert (one.streams, one.found) == (2, 1)
    still = streams.quiet(200, 1, checks=10)
    named = {still.name: {still.checks[0]: ["score", "plan", "*"], still.checks[4]: ["plan"]}}
    quiet = score.false([still], named)
    assert (quiet.column_days, quiet.alarms, quiet.days, quiet.of_dataset) == (140, 3, 10, 1)
    assert quiet.rate == pytest.approx(1000 * 3 / 140)
    assert score.false([still], named, columns=["score"]).rate == 100


def test_the_table_has_a_row_for_each_kind_and_a_column_for_each_tool(streams, score):
    chosen = list(streams.streams(seed=5))
    told = {
        "alarms": {one.name: {one.checks[0]: list(one.targets)} for one in chosen},
        "seconds": 2.0,
        "checks": 10,
    }
    nothing = {"alarms": {}, "seconds": 0.0, "checks": 0}
    lines = score.table(chosen, {"seer": told, "stone": nothing}).splitlines()
    assert lines[0] == "| | seer | stone |"
    row = next(line for line in lines if line.startswith("| mean"))
    assert row.split("|")[2].strip().startswith("3/3 3/3 3/3, ")
    assert row.split("|")[3].strip() == "0/3 0/3 0/3"
    assert all(line.count("|") == 4 for line in lines)
    assert any("200 ms" in line for line in lines)


def test_what_chance_would_find_is_taken_from_quiet_streams(streams, score):
    drifting = streams.drifting("mean", "strong", 200, 3)
    still = streams.quiet(200, 1, checks=10)
    first = {still.name: {still.checks[0]: ["score"]}}
    assert score.chance(drifting, [still], first) == pytest.approx(1 / 5)  # of five stretches of six checks
    middle = {still.name: {still.checks[4]: ["score"]}}
    assert score.chance(drifting, [still], middle) == 1
    assert score.chance(drifting, [still], {still.name: {still.checks[4]: ["plan"]}}) == 0
