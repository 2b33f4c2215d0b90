"""Fields that come, go, change their name, type, nulls or distinct values; chance is not called a change."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from sentineldq.drift.compare import compare
from sentineldq.drift.rename import name_alike
from sentineldq.drift.settings import settings_of
from sentineldq.profiles.build import profile
from tests.drift.frames import table

N = 4000


def rng(seed=1):
    return np.random.default_rng(seed)


def found(baseline, current, **kwargs):
    return {
        (drift.metric_name, drift.field_name): drift for drift in compare(baseline, current, **kwargs).drifts
    }


def people(seed, n=N):
    draw = rng(seed)
    return {
        "user_id": draw.integers(0, 10**9, n),
        "amount": draw.lognormal(3, 1, n),
        "city": draw.choice(["Rome", "Oslo", "Lima"], n),
        "flag": draw.random(n) < 0.3,
    }


def test_a_field_removed_and_a_field_added():
    before, after = people(1), people(2)
    del after["city"]
    after["score"] = rng().random(N)
    drifts = found(table(**before), table(**after))
    removed, added = drifts["removed", "city"], drifts["added", "score"]
    assert (removed.severity, removed.drift_type, removed.baseline_value) == ("CRITICAL", "schema", "string")
    assert (added.severity, added.current_value) == ("INFO", "number")
    assert set(drifts) == {("removed", "city"), ("added", "score")}


@pytest.mark.parametrize(
    ("old", "new"),
    [("user_id", "userId"), ("amount", "total_amount"), ("city", "town_city"), ("flag", "is_flag")],
)
def test_a_rename_is_told_with_its_evidence(old, new):
    before, after = people(1), people(2)
    after[new] = after.pop(old)
    drift = found(table(**before), table(**after))["renamed", old]
    assert drift.current_value == new
    assert drift.metadata["similarity of values"] > 0.9
    assert f"probably renamed to {new}" in drift.message


def test_another_field_of_the_same_type_is_no_rename():
    before, after = people(1), people(2)
    del after["amount"]
    after["temperature"] = rng().normal(-5, 2, N)
    drifts = found(table(**before), table(**after))
    assert set(drifts) == {("removed", "amount"), ("added", "temperature")}


def test_each_field_is_in_one_rename_at_most():
    before, after = people(1), people(2)
    after["amount_net"], after["amount_gross"] = after["amount"], after.pop("amount") * 1.0
    drifts = found(table(**before), table(**after))
    assert sorted(metric for metric, _ in drifts) == ["added", "renamed"]


def test_names_are_alike_whatever_joins_their_words():
    assert name_alike("user_id", "userId") == name_alike("payload.user-id", "payload.UserID") == 1
    assert name_alike("amount", "city") < 0.4


def test_a_struct_that_goes_is_one_finding():
    rows = [{"id": n, "payload": {"size": n, "kind": "a"}} for n in range(200)]
    before = profile(pl.DataFrame(rows))
    after = profile(pl.DataFrame([{"id": n} for n in range(200)]))
    assert set(found(before, after)) == {("removed", "payload")}


def test_a_field_inside_another_that_is_seldom_filled_may_be_missing_by_chance():
    rows = [{"p": {"a": n, "rare": 1 if n == 7 else None}} for n in range(500)]
    without = [{"p": {"a": n}} for n in range(500)]
    assert not found(profile(pl.DataFrame(rows)), profile(pl.DataFrame(without)))


def test_a_column_whose_type_changes():
    before, after = table(x=[str(n) for n in range(N)]), table(x=list(range(N)))
    drift = found(before, after)["type", "x"]
    assert drift.severity == "CRITICAL"
    assert "share of type" in drift.message


def test_whole_numbers_that_become_numbers_are_a_warning():
    drift = found(table(x=list(range(N))), table(x=[n + 0.5 for n in range(N)]))["type", "x"]
    assert drift.severity == "WARNING"


def test_nulls_in_a_field_that_never_had_any():
    values = list(range(N))
    drifts = found(table(x=values), table(x=[None] * 30 + values[30:]))
    assert drifts["nullable", "x"].severity == "INFO"
    assert "never null in 4,000 rows, now 30 of 4,000" in drifts["nullable", "x"].message
    assert not found(table(x=values), table(x=[None, None, *values[2:]]))  # one in four by chance


@pytest.mark.parametrize(("times", "severity"), [(1.2, None), (3, "WARNING"), (8, "CRITICAL")])
def test_distinct_values_explode(times, severity):
    before = table(x=[f"v{n}" for n in rng(1).integers(0, 300, N)])
    after = table(x=[f"v{n}" for n in rng(2).integers(0, int(300 * times), N)])
    drift = found(before, after).get(("cardinality", "x"))
    assert (drift and drift.severity) == severity


@pytest.mark.parametrize("rows", [N // 7, N * 3])
def test_an_identifier_grows_with_its_rows_and_explodes_not(rows):
    before = table(x=[f"id-{n}" for n in range(N)])
    after = table(x=[f"id-{n}" for n in range(10**6, 10**6 + rows)])
    assert ("cardinality", "x") not in found(before, after)


def test_a_sample_of_a_long_vocabulary_grows_without_an_explosion():
    draw = rng(3)
    before = table(x=[f"w{n}" for n in draw.zipf(1.4, N) % 10**7])
    after = table(x=[f"w{n}" for n in draw.zipf(1.4, 10 * N) % 10**7])
    assert ("cardinality", "x") not in found(before, after)


def test_a_new_value_of_an_enum():
    before = table(x=["a", "b", "c"] * 500)
    after = table(x=["a", "b", "c"] * 490 + ["d"] * 30)
    drift = found(before, after)["new_values", "x"]
    assert (drift.drift_type, drift.severity) == ("schema", "INFO")
    assert drift.message == "x: new value: d (2.0 % of values)"
    assert drift.current_value == {"d": 0.02}


def test_a_value_that_vanished():
    before, after = table(x=["a", "b", "c"] * 500), table(x=["a", "b"] * 750)
    drift = found(before, after)["vanished_values", "x"]
    assert (drift.drift_type, drift.severity) == ("distribution", "CRITICAL")


def test_rare_values_come_and_go_by_chance():
    before = table(x=["a", "b"] * 500 + ["once"])
    after = table(x=["a", "b"] * 500 + ["another"])
    assert not found(before, after)


def test_the_severity_of_a_removed_field_can_be_set():
    before, after = people(1), people(2)
    del after["city"]
    given = settings_of({"schema": {"removed": "WARNING"}})
    assert found(table(**before), table(**after), settings=given)["removed", "city"].severity == "WARNING"


def test_an_empty_window_is_no_schema_change():
    assert not compare(table(**people(1)), profile(pl.DataFrame())).drifts
