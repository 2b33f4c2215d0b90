"""Shares of entities that change, entities that come and go, and those too small to mean it."""

from __future__ import annotations

import polars as pl

from sentineldq.drift.compare import compare
from sentineldq.drift.settings import settings_of
from sentineldq.profiles.build import profile
from sentineldq.profiles.plan import Plan

PLAN = Plan(entities=("type",))
ONLY = settings_of({"targets": [{"kinds": ["volume"]}]})


def window(**counts):
    values = [name for name, count in counts.items() for _ in range(count)]
    return profile(pl.DataFrame({"type": values}), plan=PLAN)


def found(before, after):
    return {
        (drift.metric_name, drift.entity): drift for drift in compare(before, after, settings=ONLY).drifts
    }


def test_an_entity_whose_share_fell():
    drifts = found(window(push=5000, watch=4500, fork=500), window(push=5000, watch=4900, fork=100))
    assert set(drifts) == {("entity_share", "type=fork")}
    drift = drifts["entity_share", "type=fork"]
    assert (drift.drift_type, drift.field_name, drift.severity) == ("volume", "type", "CRITICAL")
    assert drift.message.startswith("type: share of type=fork fell from 5.0 % to 1.0 % (-80 %;")


def test_everything_halving_is_no_drift_of_an_entity():
    assert not found(window(push=5000, watch=4500, fork=500), window(push=2500, watch=2250, fork=250))


def test_an_entity_that_vanished_and_one_that_is_new():
    drifts = found(window(push=9000, watch=1000), window(push=9000, fork=1000))
    assert set(drifts) == {("vanished_entity", "type=watch"), ("new_entity", "type=fork")}
    assert drifts["vanished_entity", "type=watch"].severity == "WARNING"
    assert drifts["new_entity", "type=fork"].baseline_value == {"rows": 0, "share": 0.0}


def test_a_small_entity_may_be_missing():
    assert not found(window(push=9980, watch=20), window(push=10_000))


def test_few_expected_rows_mean_nothing():
    assert not found(window(push=9000, watch=1000), window(push=50))
    assert found(window(push=9000, watch=1000), window(push=1000))


def test_thousands_of_small_entities_may_come_and_go():
    before = window(**{f"repo{n}": 3 for n in range(3000)})
    after = window(**{f"repo{n}": 3 for n in range(2000, 5000)})
    assert not found(before, after)
