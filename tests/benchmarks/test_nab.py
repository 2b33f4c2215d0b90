"""The scoring of the Numenta Anomaly Benchmark, on cases computed by hand, and the benchmark's run."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.nabscore import PROFILES, Profile, Series, at, optimum, probation, reward, sigmoid, sweep

ROOT = Path(__file__).parents[2]
STANDARD = PROFILES["standard"]


def series(detections: dict[int, float], windows: list[tuple[int, int]], points: int = 1000) -> Series:
    return Series("made.csv", [detections.get(index, 0.0) for index in range(points)], windows)


def raw(result_score: float, windows: int, profile: Profile = STANDARD) -> float:
    """From the normalised score back to what was earned and lost, as the paper's examples give it."""
    return result_score * windows * (profile.tp + profile.fn) / 100 - windows * profile.fn


@pytest.mark.parametrize(
    ("position", "value"),
    [
        (-1.0, 0.98661),
        (-0.5, 0.84828),
        (0.0, 0.0),
        (0.5, -0.84828),
        (1.0, -0.98661),
        (3.0, -1.0),
        (9.0, -1.0),
    ],
)
def test_the_sigmoid_is_that_of_the_paper(position: float, value: float) -> None:
    assert sigmoid(position) == pytest.approx(value, abs=1e-5)


@pytest.mark.parametrize(
    ("points", "ignored"), [(100, 15), (1127, 169), (4032, 604), (5000, 750), (22695, 750)]
)
def test_the_probation_is_15_per_cent_of_at_most_5000_points(points: int, ignored: int) -> None:
    assert probation(points) == ignored


def test_a_detection_at_the_start_of_the_window_earns_all() -> None:
    found = at([series({500: 1.0}, [(500, 599)])], STANDARD, 0.5)
    assert raw(found.score, 1) == pytest.approx(1.0)
    assert (found.found, found.missed, found.false) == (1, 0, 0)


def test_a_detection_in_the_middle_earns_less_and_later_ones_nothing_more() -> None:
    middle = 2 / (1 + math.exp(-2.5)) - 1
    one = at([series({550: 1.0}, [(500, 599)])], STANDARD, 0.5)
    many = at([series({550: 1.0, 570: 1.0, 599: 1.0}, [(500, 599)])], STANDARD, 0.5)
    assert raw(one.score, 1) == pytest.approx(middle / 0.98661, abs=1e-4)
    assert many.score == one.score


def test_a_missed_window_costs_one() -> None:
    found = at([series({}, [(500, 599)])], STANDARD, 0.5)
    assert raw(found.score, 1) == pytest.approx(-1.0)
    assert found.score == 0.0


def test_a_false_detection_far_away_costs_its_weight_each_time() -> None:
    """Before any window, and more than three window lengths behind one: -0.11 each."""
    found = at([series({200: 1.0, 500: 1.0, 950: 1.0, 951: 1.0}, [(500, 599)])], STANDARD, 0.5)
    assert raw(found.score, 1) == pytest.approx(1 - 3 * 0.11)
    assert found.false == 3


def test_a_false_detection_right_behind_a_window_costs_less() -> None:
    _, near = reward(604, [(500, 599)], STANDARD)
    assert near == pytest.approx(0.11 * (2 / (1 + math.exp(5 * 5 / 99)) - 1))
    assert -0.015 < near < -0.013


def test_detections_on_probation_count_for_nothing() -> None:
    assert at([series({10: 1.0, 149: 1.0}, [(500, 599)])], STANDARD, 0.5).score == 0.0
    assert at([series({150: 1.0}, [(500, 599)])], STANDARD, 0.5).score == pytest.approx(-5.5)


def test_the_example_of_the_readme_of_this_score() -> None:
    """Two windows, the first found at its start, the second missed, one false detection far off: 1 - 1 - 0.11."""
    found = at([series({400: 1.0, 300: 1.0}, [(400, 449), (800, 849)])], STANDARD, 0.5)
    assert raw(found.score, 2) == pytest.approx(-0.11)
    assert found.score == pytest.approx(100 * (-0.11 + 2) / 4)


@pytest.mark.parametrize(
    ("profile", "silence", "score"),
    [
        ("standard", -1.0, 100 * (1 + 1 - 0.11) / 2),
        ("reward_low_FP_rate", -1.0, 100 * (1 + 1 - 0.22) / 2),
        ("reward_low_FN_rate", -2.0, 100 * (1 + 2 - 0.11) / 3),
    ],
)
def test_profiles_weigh_what_is_missed_and_what_is_false(profile: str, silence: float, score: float) -> None:
    file = series({200: 1.0, 500: 1.0}, [(500, 599)])
    assert at([file], PROFILES[profile], 0.5).score == pytest.approx(score)
    assert raw(at([file], PROFILES[profile], 2.0).score, 1, PROFILES[profile]) == silence


def test_the_threshold_is_the_best_one_over_all_files_together() -> None:
    """0.9 finds one window, 0.6 both at the price of one false detection, 0.1 costs more than it finds."""
    one = series({500: 0.9, 200: 0.1, 210: 0.1, 220: 0.1}, [(500, 599)])
    two = series({500: 0.6, 300: 0.7}, [(500, 599)])
    best = optimum([one, Series("other.csv", two.scores, two.windows)], STANDARD)
    assert (best.threshold, best.found, best.false) == (0.6, 2, 1)
    assert best.score == pytest.approx(100 * (2 + 2 - 0.11) / 4)


def test_no_detection_at_all_is_one_of_the_thresholds() -> None:
    noise = Series("noise.csv", [0.5] * 1000, [(500, 509)])
    best = optimum([noise], STANDARD)
    assert (best.score, best.threshold) == (0.0, math.inf)


def test_equal_scores_are_detected_together() -> None:
    """There is no threshold between two points of the same score."""
    results = sweep([series({500: 0.5, 200: 0.5, 201: 0.5}, [(500, 599)])], STANDARD)
    assert [result.threshold for result in results] == [math.inf, 0.5, 0.0]
    assert results[1].false == 2


def test_files_without_windows_only_cost() -> None:
    quiet = Series("quiet.csv", [0.0] * 900 + [1.0] * 2 + [0.0] * 98, [])
    found = at([quiet, series({500: 1.0}, [(500, 599)])], STANDARD, 0.5)
    assert found.score == pytest.approx(100 * (2 - 0.22) / 2)


@pytest.mark.slow
@pytest.mark.corpus
def test_the_detector_stays_above_what_is_promised(shared_data: Path) -> None:
    said = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "nab.py", shared_data / "nab", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    result = json.loads(said.stdout)
    assert result["files"] == 18
    assert result["standard"]["score"] >= 75
    assert result["standard"]["threshold_from_other_files"] >= 65
