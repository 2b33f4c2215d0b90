"""What holds of every measure, whatever the data: bounds, nothing for nothing, symmetry, scale, order."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentineldq.drift.chance import adjust, kolmogorov
from sentineldq.drift.compare import compare
from sentineldq.drift.judge import score_of, severity_of
from sentineldq.drift.registry import BUILT_IN, find
from sentineldq.drift.settings import LEVELS, Settings, levels_of
from tests.drift.frames import column, table

SETTINGS = Settings()
SYMMETRIC = ("js", "hellinger", "chi_square", "psi")
# a sketch keeps all of so few values: beyond them it draws at random
numbers = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=60, max_size=150)
names = st.lists(st.sampled_from("abcdefgh"), min_size=60, max_size=150)


def measured(name, a, b):
    return find(name)(column(a), column(b), SETTINGS)[0]


@settings(max_examples=30)
@given(
    values=st.one_of(numbers, names), metric=st.sampled_from(["psi", "js", "kl", "hellinger", "chi_square"])
)
def test_a_window_does_not_drift_from_itself(values, metric):
    test = measured(metric, values, values)
    assert test.statistic == pytest.approx(0, abs=1e-7)
    assert test.effect == 0
    assert test.p_value == pytest.approx(1)


@settings(max_examples=30)
@given(a=names, b=names, metric=st.sampled_from(SYMMETRIC))
def test_measures_of_categories_are_symmetric(a, b, metric):
    there, back = measured(metric, a, b), measured(metric, b, a)
    assert there.statistic == pytest.approx(back.statistic)
    assert there.effect == pytest.approx(back.effect)
    assert there.p_value == pytest.approx(back.p_value)


@settings(max_examples=30)
@given(a=numbers, b=numbers)
def test_kolmogorov_smirnov_is_symmetric_and_bounded(a, b):
    there, back = measured("ks", a, b), measured("ks", b, a)
    assert there.statistic == pytest.approx(back.statistic)
    assert 0 <= there.statistic <= 1
    assert 0 <= there.p_value <= 1


@settings(max_examples=30)
@given(a=st.one_of(numbers, names), b=st.one_of(numbers, names))
def test_bounded_measures_keep_their_bounds(a, b):
    if isinstance(a[0], str) != isinstance(b[0], str):
        return
    for metric in ("js", "hellinger"):
        assert 0 <= measured(metric, a, b).statistic <= 1
    for metric in ("psi", "kl", "js", "hellinger", "chi_square"):
        test = measured(metric, a, b)
        assert 0 <= test.effect <= abs(test.statistic) + 1e-12 or metric == "chi_square"
        assert 0 <= test.p_value <= 1
        assert math.isfinite(test.statistic)


@settings(max_examples=20)
@given(
    factor=st.sampled_from([0.001, 0.5, 2.0, 1000.0]), place=st.floats(-1e3, 1e3), seed=st.integers(0, 100)
)
def test_wasserstein_over_the_deviation_knows_no_unit(factor, place, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(0, 1, 150), rng.normal(0.5, 1, 150)
    plain = measured("wasserstein", a, b).statistic
    scaled = measured("wasserstein", a * factor + place, b * factor + place).statistic
    assert scaled == pytest.approx(plain, rel=1e-6)


@settings(max_examples=15)
@given(seed=st.integers(0, 1000), metric=st.sampled_from(["psi", "ks", "wasserstein", "mean", "js", "tail"]))
def test_a_greater_shift_is_a_greater_effect(seed, metric):
    a = np.random.default_rng(seed).normal(0, 1, 2000)
    effects = [measured(metric, a, a + shift).effect for shift in (0, 0.5, 1, 2)]
    assert effects == sorted(effects)
    assert effects[-1] > effects[0]


@settings(max_examples=50)
@given(
    levels=st.sampled_from(list(LEVELS.values())), effects=st.lists(st.floats(0, 50), min_size=2, max_size=20)
)
def test_the_score_rises_with_the_effect_and_names_the_severity(levels, effects):
    scores = [score_of(effect, levels) for effect in sorted(effects)]
    assert scores == sorted(scores)
    assert all(0 <= score <= 1 for score in scores)
    corners = {"INFO": 0.25, "WARNING": 0.5, "CRITICAL": 0.75}
    for effect in effects:
        if effect >= levels.info and effect > 0:
            assert score_of(effect, levels) >= corners[severity_of(effect, levels)] - 1e-12


@given(p=st.lists(st.floats(0, 1), max_size=30))
def test_adjusted_p_values_keep_the_order_and_are_never_smaller(p):
    adjusted = adjust(p)
    assert all(after >= before - 1e-15 for before, after in zip(p, adjusted, strict=True))
    order = np.argsort(p, kind="stable")
    assert list(np.array(adjusted)[order]) == sorted(adjusted)


@given(d=st.floats(0, 1), n=st.integers(5, 10**9), m=st.integers(5, 10**9))
def test_kolmogorovs_p_is_a_probability(d, n, m):
    assert 0 <= kolmogorov(d, n, m) <= 1


def test_a_number_alone_is_info_and_scales_the_others_as_psis_are():
    assert levels_of(0.1) == LEVELS["psi"]


@settings(max_examples=15)
@given(
    values=st.lists(st.one_of(st.none(), st.integers(-(2**53), 2**53)), min_size=1, max_size=120),
    others=st.lists(
        st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True)), min_size=1, max_size=120
    ),
)
def test_no_values_break_a_comparison(values, others):
    windows = [
        table(x=values),
        table(x=others),
        table(x=[None] * 60),
        table(x=["a"] * 60),
        table(x=[[1, 2]] * 60),
    ]
    for a in windows:
        for b in windows:
            result = compare(a, b)
            assert all(0 <= drift.drift_score <= 1 for drift in result.drifts)


def test_every_built_in_detector_takes_columns_of_any_kind():
    kinds = [
        [1, 2] * 30,
        [0.5] * 60,
        ["a b c d e"] * 60,
        [True, False] * 30,
        [[1]] * 60,
        [None] * 60,
        [b"x"] * 60,
    ]
    for name in BUILT_IN:
        for values in kinds:
            for test in find(name)(column(values), column(values), SETTINGS):
                assert test.status in {"same", "not enough data"}
                assert not test.effect
