"""What a comparison tells: what moved, in words; what is too little; what the settings and the contract say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import polars as pl
import pytest

from sentineldq.contracts.model import CustomProperty, Property, SchemaObject
from sentineldq.drift.compare import compare
from sentineldq.drift.model import at_least
from sentineldq.drift.settings import Override, overrides_of, settings_of
from sentineldq.errors import UsageError
from sentineldq.profiles.build import profile
from sentineldq.profiles.plan import Plan
from tests.drift.frames import table

N = 5000


def rng(seed=1):
    return np.random.default_rng(seed)


def found(baseline, current, **kwargs):
    return {drift.metric_name: drift for drift in compare(baseline, current, **kwargs).drifts}


def events(push, n=10_000):
    kinds = ["PushEvent"] * int(n * push) + ["WatchEvent"] * (n - int(n * push))
    return table(type=kinds)


def test_a_category_says_whose_share_moved():
    drift = found(events(0.521), events(0.31))["psi"]
    assert "share of PushEvent fell from 52.1 % to 31.0 %" in drift.message
    assert drift.baseline_value == {"PushEvent": 0.521, "WatchEvent": 0.479}
    assert drift.severity == "INFO"
    assert drift.metadata["contributions"][0].keys() == {"what", "baseline", "current", "share"}
    assert drift.metadata["n"] == [10_000, 10_000]


def test_a_number_says_which_quantiles_moved():
    values = rng().normal(20, 4, N)
    drifts = found(table(x=values), table(x=np.where(np.arange(N) % 4 == 0, values * 3, values)))
    assert "p95 rose from 2" in drifts["psi"].message
    assert "the mean rose from " in drifts["mean"].message
    assert "share of values above" in drifts["tail"].message


def test_too_few_values_are_said_and_not_measured():
    result = compare(table(x=list(range(20))), table(x=[n * 100 for n in range(20)]))
    assert not result.drifts
    assert {test.status for test in result.tests} == {"not enough data"}
    assert "20 values in the baseline and 20 now, 50 needed" in {test.note for test in result.tests}
    assert result.scores == {}


def test_a_window_of_no_rows_tells_nothing():
    result = compare(table(x=[1.0] * 99), table(x=[1.0] * 99).__class__())
    assert (result.drifts, result.tests, result.worst) == ([], [], None)


def test_findings_are_worst_first_and_the_worst_is_the_comparisons():
    values = rng().normal(0, 1, N)
    result = compare(table(a=values, b=values), table(a=values + 0.4, b=values + 5))
    assert at_least(result.drifts[0].severity, "CRITICAL")
    ranks = ["CRITICAL", "WARNING", "INFO"]
    order = [ranks.index(drift.severity) for drift in result.drifts]
    assert order == sorted(order)
    assert result.worst == "CRITICAL"
    assert result.scores["b"] > result.scores["a"] > 0.25


def test_findings_are_plain_json():
    result = compare(events(0.5), events(0.2))
    for drift in result.drifts:
        assert msgspec.json.decode(msgspec.json.encode(drift), type=type(drift)) == drift


def test_significance_alone_is_no_drift():
    values = rng().normal(0, 1, 200_000)
    result = compare(table(x=values), table(x=values + 0.05))
    mean = next(test for test in result.tests if test.metric_name == "mean")
    assert mean.adjusted < 1e-6
    assert mean.status == "same"
    assert not result.drifts


def test_effect_alone_is_no_drift():
    before, after = rng(3).normal(0, 1, 60), rng(4).normal(0.4, 1, 60)
    result = compare(table(x=before), table(x=after))
    mean = next(test for test in result.tests if test.metric_name == "mean")
    assert mean.effect > mean.threshold
    assert mean.adjusted > 0.01
    assert mean.status == "same"
    assert mean.score < 0.25


def test_small_windows_are_tested_by_rank_and_large_ones_by_bins():
    names = [
        {test.metric_name for test in compare(table(x=rng(1).random(n)), table(x=rng(2).random(n))).tests}
        for n in (999, 1000)
    ]
    assert ("ks" in names[0], "psi" in names[0]) == (True, False)
    assert ("ks" in names[1], "psi" in names[1]) == (False, True)


def test_a_sequence_is_not_called_drift():
    result = compare(table(id=list(range(N))), table(id=list(range(N, 2 * N))))
    assert not result.drifts
    assert {"null_share"} == {test.metric_name for test in result.tests if test.drift_type == "distribution"}


@pytest.mark.parametrize(
    ("name", "tested"), [("id", False), ("repo_id", False), ("repoId", False), ("paid", True)]
)
def test_numbers_that_are_names_have_no_distribution(name, tested):
    windows = [table(**{name: rng(seed).integers(0, 10**6 * seed, N)}) for seed in (1, 3)]
    assert bool(compare(*windows).drifts) == tested


def test_text_that_is_no_category_drifts_in_length_and_pattern():
    before = table(code=[f"AB-{n:04d}" for n in range(N)])
    after = table(code=[f"{n}/{n}/x{n}" for n in range(10**5, 10**5 + N)])
    drifts = found(before, after)
    assert {"length", "patterns"} <= drifts.keys()
    assert "of lengths, p05 rose from 7" in drifts["length"].message


def test_prose_drifts_in_its_words():
    def prose(words, seed):
        draw = rng(seed)
        return [" ".join(draw.choice(words, 9)) + f" {n}" for n in range(2000)]

    old = ["the", "order", "was", "shipped", "to", "customer", "today"]
    new = ["the", "payment", "is", "refused", "by", "bank", "again"]
    assert "words" not in found(table(note=prose(old, 1)), table(note=prose(old, 2)))
    assert "words" in found(table(note=prose(old, 1)), table(note=prose(new, 2)))


def times(hours, *, day=0, days=1, n=N, seed=1):
    start = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(days=day)
    draw = rng(seed)
    picked = draw.choice(np.asarray(hours), n) + 24 * draw.integers(0, days, n)
    ends = [start, start + timedelta(days=days) - timedelta(seconds=1)]
    return [
        *ends,
        *(start + timedelta(hours=float(h) + s) for h, s in zip(picked, draw.random(n), strict=True)),
    ]


def test_later_windows_of_a_stream_are_no_drift_of_its_times():
    week = table(at=times(range(24), days=7))
    assert not compare(week, table(at=times(range(24), day=7, seed=2))).drifts


def test_the_rhythm_of_a_day_is_held_against_the_same_weekday():
    week = table(at=times(range(24), days=7))
    drift = found(week, table(at=times(range(12), day=7, seed=2)))["rhythm"]
    assert "Monday" in drift.message


def test_times_of_1970_are_told():
    week = times(range(24), days=7)
    late = times(range(24), day=7)
    late[:200] = [datetime(1970, 1, 1, tzinfo=UTC)] * 200
    drift = found(table(at=week), table(at=late))["span"]
    assert drift.current_value["outside"] == pytest.approx(0.04, abs=0.02)
    assert "of times lie before 2025-12-29" in drift.message


def test_more_nulls_and_more_empties():
    before = table(x=["abc", "de", "xyz"] * 1000)
    after = table(x=[None] * 300 + [""] * 300 + ["abc", "de", "xyz"] * 800)
    drifts = found(before, after)
    assert drifts["null_share"].message == "x: share of nulls rose from 0.0 % to 10.0 %"
    assert drifts["empty_share"].severity == "WARNING"


def test_nulls_of_a_struct_are_told_once():
    def rows(missing):
        return [None if n < missing else {"a": n / 7, "b": n / 3} for n in range(2000)]

    drifts = compare(table(org=rows(100)), table(org=rows(600))).drifts
    assert [drift.field_name for drift in drifts if drift.metric_name == "null_share"] == ["org"]


def test_levels_come_from_the_column_then_the_settings():
    values = rng().normal(0, 1, N)
    windows = table(a=values, b=values), table(a=values + 0.6, b=values + 0.6)
    given = settings_of({"thresholds": {"mean": 2.0}, "targets": [{"tests": {"number": ["mean"]}}]})
    assert not compare(*windows, settings=given).drifts
    override = {"a": Override(thresholds={"mean": 0.1})}
    drifts = compare(*windows, settings=given, overrides=override).drifts
    assert [(drift.field_name, drift.severity) for drift in drifts] == [("a", "CRITICAL")]


def test_a_target_names_fields_tests_and_kinds():
    values = rng().normal(0, 1, N)
    windows = table(a=values, b=values, c=values), table(a=values + 3, b=values + 3)
    given = settings_of(
        {"targets": [{"dataset": "silver.*", "fields": ["a", "c"], "skip": ["c"], "kinds": ["distribution"]}]}
    )
    drifts = compare(*windows, dataset="silver.x", settings=given).drifts
    assert {drift.field_name for drift in drifts} == {"a"}
    assert {drift.entity for drift in drifts} == {"silver.x"}
    other = compare(*windows, dataset="gold.x", settings=given).drifts
    assert {drift.field_name for drift in other} == {"a", "b", "c"}


def test_a_skipped_column_is_skipped_with_all_that_is_in_it():
    values = rng().normal(0, 1, N)
    before, after = ([{"deep": float(v)} for v in side] for side in (values, values + 3))
    result = compare(table(p=before), table(p=after), overrides={"p": Override(skip=True)})
    assert (result.drifts, result.tests) == ([], [])


def test_a_contract_says_what_holds_for_a_column():
    drift = CustomProperty(
        property="drift", value={"tests": ["wasserstein"], "thresholds": {"wasserstein": 0.3}}
    )
    item = Property(name="amount", logical_type="number", custom_properties=[drift])
    overrides = overrides_of(SchemaObject(name="orders", properties=[item]))
    values = rng().normal(0, 1, N)
    result = compare(table(amount=values), table(amount=values + 0.5), overrides=overrides)
    test = next(test for test in result.tests if test.drift_type == "distribution")
    assert (test.metric_name, test.threshold, test.status) == ("wasserstein", 0.3, "drift")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tresholds": {}}, "thresholds"),
        ({"thresholds": {"psy": 0.1}}, "did you mean 'psi'"),
        ({"thresholds": {"psi": {"info": 1, "warning": 0.5, "critical": 2}}}, "info <= warning"),
        ({"windowing": {"baseline": "a while"}}, "not a duration"),
        ({"targets": [{"tests": {"number": ["kss"]}}]}, "'kss'"),
        ({"targets": [{"tests": {"numbers": ["ks"]}}]}, "did you mean 'number'"),
        ({"targets": [{"columns": {"a": {"tests": ["no"]}}}]}, "targets[*].columns.a.tests"),
    ],
    ids=["key", "metric", "levels", "window", "test", "kind", "column"],
)
def test_settings_that_make_no_sense_are_refused(given, words):
    with pytest.raises(UsageError) as refused:
        settings_of(given)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "value", ["psi", {"thresholds": {"psy": 1}}, {"test": []}], ids=["text", "metric", "key"]
)
def test_a_contract_that_makes_no_sense_is_refused(value):
    item = Property(name="a", custom_properties=[CustomProperty(property="drift", value=value)])
    with pytest.raises(UsageError, match="custom property drift of a"):
        overrides_of(SchemaObject(name="t", properties=[item]))


def test_a_detector_that_is_not_known_is_refused_by_name():
    with pytest.raises(UsageError, match="there is no drift test 'kss'"):
        compare(table(a=[1.5] * 99), table(a=[1.5] * 99), overrides={"a": Override(tests=["kss"])})


def test_of_a_classified_column_no_value_is_told():
    secrets = [["4012-8888", "5105-1051"] * 1000, ["4111-1111"] * 2000, ["5555-4444"] * 2000]
    plan = Plan(hidden=frozenset({"card"}))
    a, b = (
        profile(pl.DataFrame({"card": side}), plan=plan) for side in (secrets[0], secrets[1] + secrets[2])
    )
    result = compare(a, b)
    told = msgspec.json.encode([result.drifts, result.tests]).decode()
    assert not [value for value in ("4012", "5105", "4111", "5555") if value in told]


def test_duplicates_of_the_key():
    ids = np.arange(N)
    plan = Plan(key=("id",))
    windows = [
        profile(pl.DataFrame({"id": side}), plan=plan) for side in (ids, np.concatenate([ids, ids[:1500]]))
    ]
    drift = compare(*windows).drifts[0]
    assert (drift.metric_name, drift.field_name, drift.severity) == ("duplicate_share", None, "CRITICAL")
