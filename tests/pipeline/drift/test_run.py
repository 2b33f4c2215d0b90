"""Drift between stored hours: what is compared, what is written down, what is left out, what is said where little is there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sentineldq.drift.model import Window
from sentineldq.drift.settings import Settings as Drift
from sentineldq.drift.settings import Target, Windowing
from sentineldq.errors import UsageError
from sentineldq.pipeline.drift.hours import pick
from sentineldq.pipeline.drift.run import Windows, run_drift, windows_of
from sentineldq.store import drift as results
from sentineldq.store import feedback, findings, looks
from tests.pipeline.drift.stored import DATASET, END, HOUR, NOW, dearer, fill, project_in, rows, unpriced

WEEK = END - 192 * HOUR
TODAY = END - 24 * HOUR


@pytest.fixture
def project(tmp_path):
    return project_in(tmp_path)


def moved(compared):
    return {drift.field_name for drift in compared.comparison.drifts if drift.severity != "INFO"}


def still_open(store):
    return {finding.key: finding for finding in findings.query(store, dataset=DATASET, still=True)}


def test_a_quiet_day_is_no_drift(project, store):
    fill(store)
    compared = run_drift(project, store, DATASET, now=NOW)
    assert compared.worst in {None, "INFO"}
    assert compared.baseline.window == Window(start=WEEK, end=TODAY)
    assert compared.current.window == Window(start=TODAY, end=END)
    assert (compared.baseline.hours, compared.current.hours) == (168, 24)
    assert (compared.baseline.rows, compared.current.rows) == (168 * 60, 24 * 60)
    assert still_open(store) == {}


def test_what_moved_is_found_written_and_opened_once(project, store):
    fill(store, hours=168)
    fill(store, first=TODAY, hours=24, change=dearer)
    for _ in range(2):
        compared = run_drift(project, store, DATASET, now=NOW)
    assert moved(compared) == {"amount"}
    written = results.query(store, dataset=DATASET, limit=1_000)
    assert len(written) == len(compared.comparison.drifts)  # the same windows replace theirs
    assert {row.current_start for row in written} == {TODAY}
    assert {row.baseline_end for row in written} == {TODAY}
    assert all(0 <= row.drift_score <= 1 for row in written)
    (finding,) = still_open(store).values()
    assert finding.key == f"drift/{DATASET}/distribution/amount"
    assert (finding.severity, finding.count) == ("CRITICAL", 2)
    assert finding.title.startswith("amount: ")


def test_what_the_same_day_did_a_week_ago_is_no_drift(project, store):
    fill(store, hours=24, change=dearer)
    fill(store, first=WEEK + 24 * HOUR, hours=144)
    fill(store, first=TODAY, hours=24, change=dearer)
    compared = run_drift(project, store, DATASET, now=NOW)
    assert moved(compared) == set()
    assert still_open(store) == {}
    spoiled = {"since": WEEK, "until": WEEK + 24 * HOUR, "made_at": NOW, "verdict": "incident"}
    feedback.give(store, feedback.Feedback(series=DATASET, **spoiled))
    assert moved(run_drift(project, store, DATASET, now=NOW)) == {"amount"}


def test_a_finding_is_cleared_when_the_condition_is_gone(project, store):
    fill(store, hours=168)
    fill(store, first=TODAY, hours=24, change=dearer)
    run_drift(project, store, DATASET, now=NOW)
    assert still_open(store)
    fill(store, first=END, hours=400)
    run_drift(project, store, DATASET, now=NOW + 400 * HOUR)
    assert still_open(store) == {}


def test_a_condition_that_cannot_be_tested_stays_open(project, store):
    fill(store, hours=168)
    fill(store, first=TODAY, hours=24, change=dearer)
    run_drift(project, store, DATASET, now=NOW)
    fill(store, first=END, hours=24, change=lambda data: {**data, "amount": [None] * 58 + [50.0, 51.0]})
    run_drift(project, store, DATASET, now=NOW + 24 * HOUR)
    assert f"drift/{DATASET}/distribution/amount" in still_open(store)


def test_a_look_at_the_past_opens_and_clears_nothing(project, store):
    fill(store, hours=168)
    fill(store, first=TODAY, hours=24, change=dearer)
    windows = windows_of(Drift(), baseline="2026-11-13..2026-11-19", current=f"{TODAY:%Y-%m-%dT%H}..")
    assert not windows.live
    compared = run_drift(project, store, DATASET, windows=windows, now=NOW)
    assert moved(compared) == {"amount"}
    assert still_open(store) == {}
    assert results.query(store, dataset=DATASET)


def test_nothing_is_written_where_that_is_asked(project, store):
    fill(store, hours=168)
    fill(store, first=TODAY, hours=24, change=dearer)
    assert moved(run_drift(project, store, DATASET, now=NOW, keep=False)) == {"amount"}
    assert results.query(store, dataset=DATASET) == []
    assert still_open(store) == {}


@pytest.mark.parametrize("verdict", ["incident", "expected_change"])
def test_what_an_incident_spoiled_is_not_in_the_baseline(project, store, verdict):
    fill(store, hours=120)
    fill(store, first=WEEK + 120 * HOUR, hours=48, change=unpriced)
    fill(store, first=TODAY, hours=24, change=unpriced)
    said = feedback.Feedback(
        series=f"null_share/{DATASET}/amount",
        since=WEEK + 120 * HOUR,
        until=TODAY,
        verdict=verdict,
        made_at=NOW,
    )
    feedback.give(store, said)
    compared = run_drift(project, store, DATASET, now=NOW)
    assert (compared.baseline.hours, compared.baseline.left_out) == (120, 48)
    assert compared.comparison.baseline.columns["amount"].nulls == 0
    assert "48 hours of the baseline are left out, as feedback says" in compared.notes
    assert "amount" in moved(compared)


def test_a_false_positive_masks_nothing(project, store):
    fill(store)
    said = {"since": WEEK, "until": TODAY, "made_at": NOW, "verdict": "false_positive"}
    feedback.give(store, feedback.Feedback(series=DATASET, **said))
    assert run_drift(project, store, DATASET, now=NOW).baseline.left_out == 0


def test_the_volume_is_held_against_the_hours_before(project, store):
    fill(store, first=END - 28 * 24 * HOUR, hours=27 * 24)
    fill(store, first=TODAY, hours=24, count=15)
    compared = run_drift(project, store, DATASET, now=NOW)
    found = [drift for drift in compared.comparison.drifts if drift.drift_type == "volume"]
    assert [drift.metric_name for drift in found] == ["z_score"]
    assert found[0].severity == "CRITICAL"
    assert f"drift/{DATASET}/volume/{DATASET}" in still_open(store)


def test_the_hour_that_is_not_over_is_no_drop_of_volume(project, store):
    fill(store, first=END - 28 * 24 * HOUR, hours=28 * 24 - 1)
    fill(store, first=END - HOUR, hours=1, count=2)
    windows = Windows(baseline=timedelta(days=7), current=HOUR * 2)
    compared = run_drift(project, store, DATASET, windows=windows, now=NOW, keep=False)
    assert [drift for drift in compared.comparison.drifts if drift.drift_type == "volume"] == []


def test_volume_is_not_tested_where_the_target_leaves_it_out(store, tmp_path):
    fill(store, hours=168)
    fill(store, first=TODAY, hours=24, count=5)
    kinds = Drift(targets=[Target(dataset="ord*", kinds=["schema", "distribution"])])
    compared = run_drift(project_in(tmp_path, drift=kinds), store, DATASET, now=NOW)
    assert all(test.drift_type != "volume" for test in compared.comparison.tests)


def test_data_that_ended_is_told(project, store):
    fill(store)
    compared = run_drift(project, store, DATASET, now=NOW + 100 * HOUR)
    assert compared.current.window.end == END
    assert compared.notes == ["the data ends at 2026-11-20 15:00 UTC, and the current window with it"]


@pytest.mark.parametrize(
    ("hours", "told_of"),
    [(0, "no profile of orders is stored yet"), (5, "not enough history: no hour of the baseline")],
)
def test_too_little_history_is_said_plainly(project, store, hours, told_of):
    if hours:
        fill(store, first=END - hours * HOUR, hours=hours)
    compared = run_drift(project, store, DATASET, now=NOW)
    assert compared.comparison is None
    assert compared.worst is None
    assert told_of in compared.reason
    assert results.query(store, dataset=DATASET) == []


def test_a_short_history_is_told(project, store):
    fill(store, first=END - 60 * HOUR, hours=60)
    assert "of the baseline's 168 hours 36 are stored" in run_drift(project, store, DATASET, now=NOW).notes


def test_a_window_without_hours_is_told(project, store):
    fill(store)
    windows = windows_of(Drift(), current="2026-11-01")
    reason = run_drift(project, store, DATASET, windows=windows, now=NOW).reason
    assert reason.startswith("no hour of the current window (2026-11-01) is stored")


def test_windows_are_those_of_the_settings(project, store):
    given = Drift(windowing=Windowing(baseline="2d", current="6h"))
    fill(store)
    compared = run_drift(project, store, DATASET, settings=given, now=NOW)
    assert (compared.baseline.hours, compared.current.hours) == (48, 6)
    with pytest.raises(UsageError, match=r"drift\.windowing\.current"):
        windows_of(Drift(windowing=Windowing(current="90m")))


def test_drift_over_time_tests_each_day_against_those_before(project, store):
    fill(store, hours=96)
    fill(store, first=WEEK + 96 * HOUR, hours=24, change=dearer)
    fill(store, first=WEEK + 120 * HOUR, hours=72)
    heat = run_drift(project, store, DATASET, now=NOW, heat=True).heat
    assert len(heat.windows) == 8
    assert heat.windows[-1] == Window(start=TODAY, end=END)
    scores = heat.scores["amount"]
    assert scores[4] == max(scores[1:])
    assert scores[4] >= 0.75
    assert scores[0] is None  # nothing is known before it
    assert all(score < 0.25 for score in scores[1:4])
    assert all(score < 0.75 for score in scores[5:])  # the bad day is part of what is known by then
    assert all(score is not None and score < 0.5 for score in heat.scores["country"][1:])


def test_names_are_short_or_whole(project, store):
    fill(store, hours=1)
    assert pick(project, store, "silver.orders") == pick(project, store, DATASET) == DATASET
    with pytest.raises(UsageError, match="no dataset 'ordrs'") as refused:
        pick(project, store, "ordrs")
    assert "orders" in refused.value.hint


def test_the_rows_of_a_seed_are_the_same():
    assert rows(1) == rows(1)


def test_every_look_is_kept_and_the_first_has_those_before_it(project, store):
    fill(store, hours=168)
    fill(store, first=TODAY, hours=24, change=dearer)
    for _ in range(2):
        run_drift(project, store, DATASET, now=NOW)
    found = looks.query(store, datasets=[DATASET], since=WEEK, until=END)
    assert [look.current_end for look in found] == [END - at * 24 * HOUR for at in range(7, -1, -1)]
    assert {look.current_rows for look in found} == {24 * 60}
    today = found[-1]
    assert today.worst == today.scores["amount"] >= 0.75
    assert today.scores["country"] < 0.25
    assert found[0].scores["amount"] is None  # there is no time before it
    assert all(look.scores["amount"] < 0.25 for look in found[1:-1])


def test_a_look_that_is_not_kept_leaves_nothing(project, store):
    fill(store)
    run_drift(project, store, DATASET, now=NOW, keep=False)
    assert not looks.any_of(store, DATASET)


def test_what_has_too_little_data_has_no_score(project, store):
    fill(store, count=1)
    run_drift(project, store, DATASET, now=NOW)
    assert looks.newest(store, since=WEEK, until=END)[0].scores["amount"] is None
