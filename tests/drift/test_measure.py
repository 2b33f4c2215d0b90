"""Every number agrees with SciPy, or with the closed formula on the raw values, within the sketch's stated error."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import jensenshannon

from sentineldq.drift import binned, moved, ranked, shares
from sentineldq.drift.bins import OTHER, bins_of, edges_of
from sentineldq.drift.chance import adjust, effective, homogeneity, kolmogorov, normal, proportions
from sentineldq.drift.settings import Settings
from tests.drift.frames import column

SETTINGS = Settings()
LARGE, SMALL = 60_000, 120


def numbers(size, *, shift=0.4, seed=7):
    rng = np.random.default_rng(seed)
    return rng.normal(10, 3, size), rng.normal(10 + 3 * shift, 4, size)


def categories(size, seed=7):
    rng = np.random.default_rng(seed)
    names = np.array(["push", "pull", "watch", "fork"])
    return names[rng.choice(4, size, p=[0.5, 0.3, 0.15, 0.05])], names[
        rng.choice(4, size, p=[0.4, 0.3, 0.15, 0.15])
    ]


def raw_shares(values, edges):
    """Shares of the raw values in the bins (-inf, e1], (e1, e2], …"""
    places = np.searchsorted(edges, values, side="left")
    return np.bincount(places, minlength=len(edges) + 1) / len(values)


def smooth(share, rows):
    return (share * rows + 0.5) / (rows + 0.5 * len(share))


def one(tests):
    assert len(tests) == 1
    return tests[0]


@pytest.mark.parametrize("size", [SMALL, 3000, LARGE])
def test_psi_of_numbers_is_the_formula_on_raw_shares(size):
    a, b = numbers(size)
    x, y = column(a), column(b)
    edges = edges_of(x.quantiles, 10)
    p, q = smooth(raw_shares(a, edges), size), smooth(raw_shares(b, edges), size)
    expected = float(((q - p) * np.log(q / p)).sum())
    off = x.quantiles.error + y.quantiles.error
    slack = float((off * (np.abs(np.log(q / p)) + np.abs(q - p) / np.minimum(p, q))).sum()) / 2
    assert one(binned.psi(x, y, SETTINGS)).statistic == pytest.approx(expected, abs=slack + 1e-9)


def test_bins_are_the_baselines_deciles_whatever_the_current_window_holds():
    a, b = numbers(LARGE)
    b[0] = 1e12  # an outlier that would stretch bins of equal width over nothing
    bins = bins_of(column(a), column(b), SETTINGS)
    assert len(bins.labels) == 10
    assert bins.baseline == pytest.approx(np.full(10, 0.1), abs=0.02)


@pytest.mark.parametrize("size", [400, LARGE])
def test_divergences_of_categories_are_scipys(size):
    a, b = categories(size)
    x, y = column(a), column(b)
    names = [name for name in bins_of(x, y, SETTINGS).labels if name != OTHER]
    p = smooth(np.array([(a == name).mean() for name in names] + [0.0]), size)
    q = smooth(np.array([(b == name).mean() for name in names] + [0.0]), size)
    assert one(binned.js(x, y, SETTINGS)).statistic == pytest.approx(jensenshannon(p, q, base=2))
    assert one(binned.kl(x, y, SETTINGS)).statistic == pytest.approx(stats.entropy(q, p))
    assert one(binned.psi(x, y, SETTINGS)).statistic == pytest.approx(
        stats.entropy(q, p) + stats.entropy(p, q)
    )
    hellinger = math.sqrt(1 - np.sqrt(p * q).sum())
    assert one(binned.hellinger(x, y, SETTINGS)).statistic == pytest.approx(hellinger)


@pytest.mark.parametrize("size", [400, LARGE])
def test_chi_square_is_scipys(size):
    a, b = categories(size)
    counts = np.array(
        [[(side == name).sum() for name in ("push", "pull", "watch", "fork")] for side in (a, b)]
    )
    expected = stats.chi2_contingency(counts, correction=False)
    test = one(binned.chi_square(column(a), column(b), SETTINGS))
    assert test.statistic == pytest.approx(expected.statistic)
    assert test.p_value == pytest.approx(expected.pvalue, abs=1e-12)


def test_chi_square_pools_rare_categories():
    a = ["often"] * 300 + [f"rare {n}" for n in range(15) for _ in range(2)]
    b = ["often"] * 300 + [f"scarce {n}" for n in range(15) for _ in range(2)]
    assert bins_of(column(a), column(b), SETTINGS).labels == ["often", OTHER]


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_kolmogorov_smirnov_is_scipys(size):
    a, b = numbers(size, shift=0.1)
    x, y = column(a), column(b)
    expected = stats.ks_2samp(a, b, method="asymp")
    test = one(ranked.ks(x, y, SETTINGS))
    error = x.quantiles.error + y.quantiles.error
    assert test.statistic == pytest.approx(expected.statistic, abs=error + 1e-9)
    if size == SMALL:
        assert error == 0
        assert test.p_value == pytest.approx(expected.pvalue, abs=0.05)


def test_the_sketchs_error_makes_rows_count_less():
    error = column(numbers(LARGE)[0]).quantiles.error
    assert error > 0
    assert effective(LARGE) == pytest.approx(LARGE)
    # as uncertain as the sample and the sketch together: variances add up
    assert 1 / effective(LARGE, error=error) == pytest.approx(1 / LARGE + (error / 2.001) ** 2)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_wasserstein_is_scipys_over_the_deviation(size):
    a, b = numbers(size)
    x, y = column(a), column(b)
    expected = stats.wasserstein_distance(a, b) / a.std(ddof=1)
    spread = (max(a.max(), b.max()) - min(a.min(), b.min())) / a.std(ddof=1)
    slack = (x.quantiles.error + y.quantiles.error) * spread / 4 + 1e-9
    assert one(ranked.wasserstein(x, y, SETTINGS)).statistic == pytest.approx(expected, abs=slack)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_mean_shift_is_glass_delta_with_welchs_p(size):
    a, b = numbers(size, shift=0.05)
    test = one(moved.mean(column(a), column(b), SETTINGS))
    assert test.statistic == pytest.approx((b.mean() - a.mean()) / a.std(ddof=1))
    assert test.p_value == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue, abs=0.01)
    percent = one(moved.mean_percent(column(a), column(b), SETTINGS))
    assert percent.statistic == pytest.approx(100 * (b.mean() / a.mean() - 1))


def test_deviation_is_the_ratio_with_the_p_of_a_log_variance():
    a, b = numbers(LARGE)
    test = one(moved.deviation(column(a), column(b), SETTINGS))
    assert test.statistic == pytest.approx(b.std(ddof=1) / a.std(ddof=1))
    assert test.effect == pytest.approx(math.log(b.std(ddof=1) / a.std(ddof=1)))


def test_deviation_has_uniform_p_values_without_drift():
    rng = np.random.default_rng(3)
    pairs = [(rng.normal(0, 1, 300), rng.normal(5, 1, 300)) for _ in range(200)]
    found = [one(moved.deviation(column(a), column(b), SETTINGS)).p_value for a, b in pairs]
    assert stats.kstest(found, "uniform").pvalue > 0.001


def test_tail_counts_values_beyond_the_baselines_outer_quantiles():
    rng = np.random.default_rng(5)
    a = rng.normal(0, 1, LARGE)
    b = np.where(rng.random(LARGE) < 0.2, 5.0, rng.normal(0, 1, LARGE))
    test = one(ranked.tail(column(a), column(b), SETTINGS))
    low, high = np.quantile(a, [0.05, 0.95])
    expected = ((b < low) | (b > high)).mean() - 0.1
    assert test.statistic == pytest.approx(expected, abs=0.04)
    assert test.p_value < 1e-6


def test_null_share_is_the_two_proportion_test():
    rng = np.random.default_rng(9)
    a = [None if hit else 1 for hit in rng.random(2000) < 0.05]
    b = [None if hit else 1 for hit in rng.random(1500) < 0.07]
    nulls = a.count(None), b.count(None)
    table = [[nulls[0], 2000 - nulls[0]], [nulls[1], 1500 - nulls[1]]]
    test = one(shares.null_share(column(a), column(b), SETTINGS))
    assert test.statistic == pytest.approx(nulls[1] / 1500 - nulls[0] / 2000)
    assert test.p_value == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)


def test_special_functions_are_scipys():
    for z in (0.0, 0.5, 1.96, -3.3, 8.0):
        assert normal(z) == pytest.approx(2 * stats.norm.sf(abs(z)))
    for x in (0.3, 0.8, 1.36, 2.5):
        assert kolmogorov(x / 1e4, 2e8, 2e8) == pytest.approx(stats.kstwobign.sf(x), rel=1e-3)
    given = [0.01, 0.04, 0.03, 0.005, 0.9, 0.5, 0.04]
    assert adjust(given) == pytest.approx(stats.false_discovery_control(given))
    assert adjust([]) == []


def test_homogeneity_and_proportions_agree_on_two_bins():
    p, q = np.array([0.3, 0.7]), np.array([0.35, 0.65])
    assert homogeneity(p, q, 500, 800)[1] == pytest.approx(proportions(0.3, 0.35, 500, 800))
    assert homogeneity(np.array([1.0, 0.0]), np.array([1.0, 0.0]), 5, 5) == (0.0, 1.0)


def test_a_design_effect_makes_rows_count_less():
    assert effective(1000, design=4) == pytest.approx(250)
    assert effective(0) == 0


def test_small_samples_of_one_distribution_have_no_psi_left_on_average():
    rng = np.random.default_rng(11)
    pairs = [(column(rng.normal(0, 1, 150)), column(rng.normal(0, 1, 150))) for _ in range(120)]
    tests = [one(binned.psi(a, b, SETTINGS)) for a, b in pairs]
    raw = np.mean([test.statistic for test in tests])
    chance = np.mean([bins_of(a, b, SETTINGS).chance for a, b in pairs])
    assert raw == pytest.approx(chance, rel=0.15)  # what the formula itself gives without any drift
    assert raw > 0.1  # and would be called a drift
    assert np.mean([test.effect for test in tests]) < 0.05


def test_an_atom_of_the_baseline_has_a_bin_of_its_own():
    rng = np.random.default_rng(2)
    a = np.where(rng.random(5000) < 0.6, 0.0, rng.normal(0, 10, 5000))
    bins = bins_of(column(a), column(np.where(a == 0, -1e-9, a)), SETTINGS)
    at = bins.labels.index("the value 0")
    assert bins.baseline[at] == pytest.approx(0.6, abs=0.03)
    assert bins.current[at] == 0
